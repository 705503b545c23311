//! Whether a path lies under a prefix, as the service behind would see it.
//!
//! Danger: a limit on `/login` that `/%6Cogin`, `//login` or `/x/../login` slips past is none. So both
//! are compared by their segments, decoded, without empty and dot segments (RFC 3986, sections 5.2.4
//! and 6.2.2). Letters count as they are written.

use std::borrow::Cow;

/// A prefix of whole segments: `/api/chat` covers `/api/chat` and `/api/chat/1`, not `/api/chats`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PathPrefix(Vec<Box<[u8]>>);

impl PathPrefix {
    pub(crate) fn new(prefix: &str) -> Self {
        let segments = segments(prefix).into_iter();
        Self(
            segments
                .map(|s| s.into_owned().into_boxed_slice())
                .collect(),
        )
    }

    /// How many segments it has: of two that cover a path, the longer is the more specific.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn covers(&self, path: &str) -> bool {
        if is_plain(path) {
            return self.covers_segments(path.split('/').skip(1).map(str::as_bytes));
        }
        self.covers_segments(segments(path).iter().map(AsRef::as_ref))
    }

    fn covers_segments<'s>(&self, mut segments: impl Iterator<Item = &'s [u8]>) -> bool {
        self.0.iter().all(|own| segments.next() == Some(own))
    }
}

/// Whether the path is its own normal form; nearly all are.
fn is_plain(path: &str) -> bool {
    !path.contains('%') && !path.contains("//") && !path.contains("/.")
}

fn segments(path: &str) -> Vec<Cow<'_, [u8]>> {
    let mut segments = Vec::new();
    for raw in path.split('/') {
        let segment = decode(raw);
        match segment.as_ref() {
            b"" | b"." => {}
            b".." => {
                segments.pop();
            }
            _ => segments.push(segment),
        }
    }
    segments
}

/// Undoes percent-encoding; what is no valid escape stays as it is.
fn decode(raw: &str) -> Cow<'_, [u8]> {
    if !raw.contains('%') {
        return Cow::Borrowed(raw.as_bytes());
    }
    let mut decoded = Vec::with_capacity(raw.len());
    let mut rest = raw.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        let escape = match (byte, tail) {
            (b'%', [high, low, ..]) => hex(*high).zip(hex(*low)),
            _ => None,
        };
        decoded.push(escape.map_or(byte, |(high, low)| high << 4 | low));
        rest = &tail[if escape.is_some() { 2 } else { 0 }..];
    }
    Cow::Owned(decoded)
}

fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(prefix: &str, path: &str, expected: bool) {
        assert_eq!(PathPrefix::new(prefix).covers(path), expected, "{path}");
    }

    #[test]
    fn a_prefix_covers_whole_segments() {
        check("/api/chat", "/api/chat", true);
        check("/api/chat", "/api/chat/", true);
        check("/api/chat/", "/api/chat", true);
        check("/api/chat", "/api/chat/1", true);
        check("/api/chat", "/api/chats", false);
        check("/api/chat", "/api", false);
        check("/", "/anything", true);
        check("", "*", true);
    }

    #[test]
    fn another_spelling_of_the_path_does_not_slip_past() {
        check("/api/chat", "/api/%63hat", true);
        check("/api/chat", "/api/%63%68%61%74/x", true);
        check("/api/chat", "//api//chat", true);
        check("/api/chat", "/api/./chat", true);
        check("/api/chat", "/x/../api/chat", true);
        check("/api/chat", "/x/%2e%2E/api/chat", true);
        check("/api/chat", "/api/chat/..", false);
        check("/api/chat", "/../../api/chat", true);
        check("/a%20b", "/a b", true);
        check("/a", "/%zz", false);
        check("/a", "/a%", false);
        check("/a%2", "/a%2", true);
    }
}
