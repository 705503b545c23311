//! Finds a number in a stream of events as it passes (WHATWG HTML, section 9.2, "Server-sent events").
//!
//! An event has one text of JSON in its lines of data. The last event that has the number counts, as
//! language models have it; one that is no JSON (as `[DONE]` is none) says nothing.
//!
//! A browser throws away an event that no blank line ends. Some servers end their last one with its
//! line, and what it says was used all the same: so what counts is whether its line has ended.

use super::field::Path;
use super::json::Json;

const DATA: &[u8] = b"data";

/// The events of one stream.
#[derive(Debug)]
pub(super) struct Events {
    /// What the event that has not ended says.
    json: Json,
    /// The number in the whole lines of that event.
    said: Option<u32>,
    /// The last number in the events before.
    found: Option<u32>,
    line: Line,
    /// Whether a line has ended with `\r`, which a `\n` may belong to.
    is_returned: bool,
}

/// Where in a line the reader is.
#[derive(Clone, Copy, Debug)]
enum Line {
    /// So much was as in the name of a field of data.
    Name(usize),
    Data,
    /// In a comment or in a field that says nothing.
    Other,
}

impl Events {
    pub(super) fn new(path: Path) -> Self {
        Self {
            json: Json::new(path),
            said: None,
            found: None,
            line: Line::Name(0),
            is_returned: false,
        }
    }

    /// The number that was there last.
    pub(super) fn found(&self) -> Option<u32> {
        self.said.or(self.found)
    }

    pub(super) fn read(&mut self, mut text: &[u8]) {
        while let [first, rest @ ..] = text {
            if std::mem::take(&mut self.is_returned) && *first == b'\n' {
                text = rest;
                continue;
            }
            let end = text.iter().position(|byte| matches!(byte, b'\r' | b'\n'));
            let (line, rest) = text.split_at(end.unwrap_or(text.len()));
            self.read_line(line);
            text = match rest {
                [end, rest @ ..] => {
                    self.is_returned = *end == b'\r';
                    self.end_line();
                    rest
                }
                [] => rest,
            };
        }
    }

    /// A part of a line.
    fn read_line(&mut self, mut part: &[u8]) {
        while let (Line::Name(seen), [byte, rest @ ..]) = (self.line, part) {
            part = rest;
            self.line = match DATA.get(seen) {
                Some(expected) if expected == byte => Line::Name(seen + 1),
                None if *byte == b':' => Line::Data,
                _ => Line::Other,
            };
        }
        // The space that may follow the colon is one to JSON, too.
        if let Line::Data = self.line {
            self.json.read(part);
        }
    }

    fn end_line(&mut self) {
        match std::mem::replace(&mut self.line, Line::Name(0)) {
            Line::Name(0) => {
                self.found = self.said.take().or(self.found);
                self.json.restart();
            }
            Line::Name(seen) if seen < DATA.len() => {}
            Line::Other => {}
            // A name without a colon is a field without a value.
            Line::Data | Line::Name(_) => {
                self.json.read(b"\n");
                let is_complete = self.json.is_complete();
                self.said = self.json.found().filter(|_| is_complete);
            }
        }
    }
}
