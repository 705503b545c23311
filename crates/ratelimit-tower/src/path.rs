//! Whether a path lies under a prefix, however the service behind will read it.
//!
//! Danger: a limit on `/login` that `/%6Cogin`, `//login`, `/x/../login` or `/login/..` slips past is
//! none, and which of these a service takes for `/login` differs from service to service: some resolve
//! dots, some decode `%2F` before they split. So a path is covered if it is in *any* of these readings.
//! Letters count as they are written.

use std::borrow::Cow;

/// A prefix of whole segments, for hooks that look at paths as [endpoints](crate::limit::Endpoint) do:
/// `/api/chat` covers `/api/chat` and `/api/chat/1`, not `/api/chats`, in every spelling that a service may
/// take for such a path.
///
/// ```
/// use ratelimit_tower::PathPrefix;
///
/// let chat = PathPrefix::new("/api/chat");
/// assert!(chat.covers("/api/chat/1") && chat.covers("//api/%63hat"));
/// assert!(!chat.covers("/api/chats"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PathPrefix(Vec<Box<[u8]>>);

impl PathPrefix {
    /// The paths under `prefix`, as it is written in a request: percent-encoded where it must be.
    #[must_use]
    pub fn new(prefix: &str) -> Self {
        let segments = resolved(split(prefix)).into_iter();
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

    /// Whether a path lies under the prefix in any reading.
    #[must_use]
    pub fn covers(&self, path: &str) -> bool {
        if is_plain(path) {
            return self.begins(path.split('/').skip(1).map(str::as_bytes));
        }
        let whole = decode(path);
        let decoded = || whole.split(|&byte| byte == b'/').map(Cow::Borrowed);
        self.begins_any(split(path)) || self.begins_any(decoded())
    }

    /// Whether it begins these segments as they are, or with their dots resolved.
    fn begins_any<'s>(&self, segments: impl Iterator<Item = Cow<'s, [u8]>> + Clone) -> bool {
        let as_they_are: Vec<_> = segments.clone().filter(|s| !is_nothing(s)).collect();
        self.begins(as_they_are.iter().map(AsRef::as_ref))
            || self.begins(resolved(segments).iter().map(AsRef::as_ref))
    }

    fn begins<'s>(&self, mut segments: impl Iterator<Item = &'s [u8]>) -> bool {
        self.0.iter().all(|own| segments.next() == Some(own))
    }
}

/// Whether all readings of the path are one; that is nearly always so.
fn is_plain(path: &str) -> bool {
    path.starts_with('/') && !path.contains('%') && !path.contains("//") && !path.contains("/.")
}

/// The segments of a path, each decoded.
fn split(path: &str) -> impl Iterator<Item = Cow<'_, [u8]>> + Clone {
    path.split('/').map(decode)
}

fn is_nothing(segment: &[u8]) -> bool {
    matches!(segment, b"" | b".")
}

/// The segments without those that mean nothing or lead back (RFC 3986, section 5.2.4).
fn resolved<'s>(segments: impl Iterator<Item = Cow<'s, [u8]>>) -> Vec<Cow<'s, [u8]>> {
    let mut kept = Vec::new();
    for segment in segments.filter(|s| !is_nothing(s)) {
        if segment.as_ref() == b".." {
            kept.pop();
        } else {
            kept.push(segment);
        }
    }
    kept
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
        check("/api/chat", "/api/chat/..", true);
        check("/api/chat", "/api/chat/x/../..", true);
        check("/api/chat", "/api%2Fchat", true);
        check("/api/chat", "/api%2fchat%2F..", true);
        check("/api/chat", "/other/api/chat", false);
        check("/api/chat", "/../../api/chat", true);
        check("/a%20b", "/a b", true);
        check("/a", "/%zz", false);
        check("/a", "/a%", false);
        check("/a%2", "/a%2", true);
    }
}
