//! Finds a number in the body of a response as it passes, without keeping the text.
//!
//! A response of a language model may be megabytes of text with three numbers at its end. However long
//! it is and however it is cut in pieces, a few bytes are kept of it.

use std::sync::Arc;

use super::events::Events;
use super::json::Json;
use super::media::Media;

/// What may stand before a text to say that it is UTF-8.
const MARK: &[u8] = b"\xEF\xBB\xBF";

/// Where a field is: the names of the members that lead to it.
#[derive(Clone, Debug)]
pub(super) struct Path(Arc<[Box<str>]>);

impl Path {
    /// # Panics
    /// If a member has no name.
    #[track_caller]
    pub(super) fn new(path: &str) -> Self {
        let members: Arc<[Box<str>]> = path.split('.').map(Into::into).collect();
        let is_whole = members.iter().all(|member| !member.is_empty());
        assert!(is_whole, "a member of the path {path:?} has no name");
        Self(members)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn member(&self, index: usize) -> Option<&str> {
        self.0.get(index).map(|member| &**member)
    }
}

/// Reads a body piece by piece.
#[derive(Debug)]
pub(super) struct Scanner {
    /// How much of the mark has come, all of it if something else has.
    mark: usize,
    /// Absent if it is not read any further.
    text: Option<Text>,
}

#[derive(Debug)]
enum Text {
    Json(Json),
    Events(Events),
}

impl Scanner {
    pub(super) fn new(path: Path, media: Media) -> Self {
        let text = match media {
            Media::Json => Text::Json(Json::new(path)),
            Media::Events => Text::Events(Events::new(path)),
        };
        Self {
            mark: 0,
            text: Some(text),
        }
    }

    /// The number that was there last, saturating.
    pub(super) fn found(&self) -> Option<u32> {
        match self.text.as_ref()? {
            Text::Json(json) => json.found(),
            Text::Events(events) => events.found(),
        }
    }

    pub(super) fn give_up(&mut self) {
        self.text = None;
    }

    /// The next piece of the body.
    pub(super) fn read(&mut self, mut piece: &[u8]) {
        let Some(text) = &mut self.text else { return };
        while let (Some(expected), [byte, rest @ ..]) = (MARK.get(self.mark), piece) {
            if byte == expected {
                self.mark += 1;
                piece = rest;
            } else {
                // What looked like it was the text.
                text.read(&MARK[..self.mark]);
                self.mark = MARK.len();
            }
        }
        text.read(piece);
    }

    /// There are no more pieces.
    pub(super) fn end(&mut self) {
        if let Some(Text::Json(json)) = &mut self.text {
            json.end();
        }
    }
}

impl Text {
    fn read(&mut self, piece: &[u8]) {
        match self {
            Self::Json(json) => json.read(piece),
            Self::Events(events) => events.read(piece),
        }
    }
}
