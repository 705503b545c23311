//! Finds a number in JSON as it passes, without keeping the text.
//!
//! A response of a language model may be megabytes of text with three numbers at its end. What has to be
//! kept of it is where in the structure the reader stands, and the beginning of a token that the next
//! piece completes.
//!
//! Danger: a body is the upstream's, and may be anything. Nesting and the size of a token are bounded;
//! what goes beyond, or is no JSON, is not read any further, and then nothing was found.

use std::sync::Arc;

use json_event_parser::{JsonEvent, LowLevelJsonParser};

use super::media::Media;

/// How deep the structure may be.
const MAX_DEPTH: usize = 128;
/// The longest token, or line of an event, that may be cut in pieces, in bytes.
const MAX_KEPT: usize = 16 * 1024;

/// Where a field is: the names of the members that lead to it.
#[derive(Clone, Debug)]
pub(super) struct Path(Arc<[Box<str>]>);

impl Path {
    pub(super) fn new(path: &str) -> Self {
        Self(path.split('.').map(Into::into).collect())
    }
}

/// Reads a body piece by piece.
#[derive(Debug)]
pub(super) struct Scanner {
    media: Media,
    json: Json,
    /// What of the body has come and cannot be understood yet.
    kept: Vec<u8>,
    found: Option<u32>,
    gave_up: bool,
}

/// One text of JSON.
struct Json {
    path: Path,
    parser: LowLevelJsonParser,
    /// How many objects and arrays are open.
    depth: usize,
    /// How many of the path's members lead to where the reader is.
    matched: usize,
    /// Whether the value that follows is that of the member that the path names next.
    is_next: bool,
}

impl Scanner {
    pub(super) fn new(path: Path, media: Media) -> Self {
        Self {
            media,
            json: Json::new(path),
            kept: Vec::new(),
            found: None,
            gave_up: false,
        }
    }

    /// The number that was there last, saturating.
    pub(super) fn found(&self) -> Option<u32> {
        self.found
    }

    pub(super) fn give_up(&mut self) {
        self.gave_up = true;
        self.found = None;
        self.kept = Vec::new();
    }

    /// The next piece of the body.
    pub(super) fn read(&mut self, piece: &[u8]) {
        if self.gave_up {
            return;
        }
        let mut kept = std::mem::take(&mut self.kept);
        let text = match kept.is_empty() {
            true => piece,
            false => {
                kept.extend_from_slice(piece);
                &kept
            }
        };
        let used = match self.media {
            Media::Json => self.json.read(text, false, &mut self.found),
            Media::Events => Some(self.events(text)),
        };
        match used.map(|used| &text[used..]) {
            Some(rest) if rest.len() <= MAX_KEPT => self.kept = rest.to_vec(),
            _ => self.give_up(),
        }
    }

    /// There are no more pieces.
    pub(super) fn end(&mut self) {
        let kept = std::mem::take(&mut self.kept);
        if self.media == Media::Json
            && !self.gave_up
            && self.json.read(&kept, true, &mut self.found).is_none()
        {
            self.give_up();
        }
    }

    /// Reads whole lines, and says how many bytes they are. Each line of data is taken for a text of
    /// its own: the events that are looked for have one.
    fn events(&mut self, text: &[u8]) -> usize {
        let mut read = 0;
        for line in text.split_inclusive(|byte| *byte == b'\n') {
            if !line.ends_with(b"\n") {
                break;
            }
            read += line.len();
            if let Some(data) = line.strip_prefix(b"data:") {
                let mut found = None;
                let mut json = Json::new(self.json.path.clone());
                // What is no JSON (as `[DONE]` is none) says nothing.
                if json.read(data, true, &mut found).is_some() {
                    self.found = found.or(self.found);
                }
            }
        }
        read
    }
}

impl Json {
    fn new(path: Path) -> Self {
        Self {
            path,
            parser: LowLevelJsonParser::new().with_max_stack_size(MAX_DEPTH),
            depth: 0,
            matched: 0,
            is_next: false,
        }
    }

    /// Reads tokens, and says how many bytes they are; `None` if this is no JSON.
    fn read(&mut self, text: &[u8], is_end: bool, found: &mut Option<u32>) -> Option<usize> {
        let mut read = 0;
        loop {
            let step = self.parser.parse_next(&text[read..], is_end);
            read += step.consumed_bytes;
            match step.event {
                None | Some(Ok(JsonEvent::Eof)) => return Some(read),
                Some(Err(_)) => return None,
                Some(Ok(event)) => *found = self.follow(&event).or(*found),
            }
        }
    }

    /// Goes one token further; if it is the number that is looked for, here it is.
    fn follow(&mut self, event: &JsonEvent<'_>) -> Option<u32> {
        let is_next = std::mem::take(&mut self.is_next);
        match event {
            JsonEvent::ObjectKey(key) => {
                let next = self.path.0.get(self.matched);
                self.is_next = self.depth == self.matched + 1 && next.is_some_and(|n| **n == **key);
            }
            JsonEvent::StartObject => {
                self.matched += usize::from(is_next);
                self.depth += 1;
            }
            JsonEvent::StartArray => self.depth += 1,
            JsonEvent::EndObject | JsonEvent::EndArray => {
                self.depth = self.depth.saturating_sub(1);
                self.matched = self.matched.min(self.depth.saturating_sub(1));
            }
            JsonEvent::Number(number) if is_next && self.matched + 1 == self.path.0.len() => {
                return whole(number);
            }
            _ => {}
        }
        None
    }
}

impl std::fmt::Debug for Json {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Json")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// A whole number, the largest one if it is larger.
fn whole(number: &str) -> Option<u32> {
    let is_whole = number.bytes().all(|digit| digit.is_ascii_digit());
    is_whole.then(|| number.parse().unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is found when the text comes in pieces of each size.
    #[track_caller]
    fn finds(path: &str, media: Media, text: &str, expected: Option<u32>) {
        for size in [1, 2, 3, 7, 64, text.len().max(1)] {
            let mut scanner = Scanner::new(Path::new(path), media);
            text.as_bytes()
                .chunks(size)
                .for_each(|piece| scanner.read(piece));
            scanner.end();
            assert_eq!(scanner.found(), expected, "{text} in pieces of {size}");
        }
    }

    #[test]
    fn a_number_is_found_where_the_path_leads_and_nowhere_else() {
        let json = |text, expected| finds("usage.total_tokens", Media::Json, text, expected);
        json(r#"{"usage":{"total_tokens":42}}"#, Some(42));
        json(
            r#" {"a":[{"usage":{"total_tokens":1}}],"usage":{"x":{},"total_tokens" : 7 , "y":[1]}} "#,
            Some(7),
        );
        json(
            r#"{"usage":{"total_tokens":1},"usage":{"total_tokens":2}}"#,
            Some(2),
        );
        json(r#"{"u\u0073age":{"total_tokens":3}}"#, Some(3));
        json(r#"{"total_tokens":1}"#, None);
        json(r#"{"usage":[{"total_tokens":1}]}"#, None);
        json(r#"[{"usage":{"total_tokens":1}}]"#, None);
        json(r#"{"usage":{"in":{"total_tokens":1}}}"#, None);
        json(
            r#"{"x":{"usage":{"total_tokens":1}},"total_tokens":2}"#,
            None,
        );
        json(r#"{"usage":{"total_tokens":"9"}}"#, None);
        json(r#"{"usage":{"total_tokens":9.5}}"#, None);
        json(r#"{"usage":{"total_tokens":-9}}"#, None);
        json(r#"{"usage":{"total_tokens":99999999999}}"#, Some(u32::MAX));
        finds("n", Media::Json, r#"{"n":5}"#, Some(5));
    }

    #[test]
    fn what_is_no_json_says_nothing() {
        for text in [
            "",
            "{",
            "nothing",
            r#"{"n":5"#,
            r#"{"n":5}}"#,
            r#"{"n":5,}"#,
            "\u{0}",
        ] {
            finds("n", Media::Json, text, None);
        }
        finds("n", Media::Json, &"[".repeat(1_000), None);
    }

    #[test]
    fn of_a_stream_of_events_the_last_one_that_says_it_counts() {
        let stream = concat!(
            "event: message\n",
            "data: {\"usage\":null}\n\n",
            "data: {\"usage\":{\"total\":3}}\r\n\r\n",
            ": a comment\n",
            "data:{\"usage\":{\"total\":8}}\n\n",
            "data: {\"done\":true}\n\n",
            "data: [DONE]\n\n",
        );
        finds("usage.total", Media::Events, stream, Some(8));
        finds(
            "usage.total",
            Media::Events,
            "data: {\"usage\":{\"total\":3}}",
            None,
        );
    }

    #[test]
    fn long_texts_pass_and_a_token_that_is_cut_may_not_be_longer_than_what_is_kept() {
        let long = format!(r#"{{"text":"{}","n":5}}"#, "x".repeat(10_000));
        finds("n", Media::Json, &long, Some(5));
        let much: String = (0..20_000).map(|i| format!("\"k{i}\":[1,2],")).collect();
        let mut scanner = Scanner::new(Path::new("n"), Media::Json);
        let text = format!("{{{much}\"n\":5}}");
        text.as_bytes()
            .chunks(1_000)
            .for_each(|piece| scanner.read(piece));
        assert!(scanner.kept.len() < 64);
        scanner.end();
        assert_eq!(scanner.found(), Some(5));
        let mut scanner = Scanner::new(Path::new("n"), Media::Json);
        let text = format!(r#"{{"text":"{}","n":5}}"#, "x".repeat(100_000));
        text.as_bytes()
            .chunks(4_000)
            .for_each(|piece| scanner.read(piece));
        scanner.end();
        assert_eq!((scanner.found(), scanner.kept.capacity()), (None, 0));
    }
}
