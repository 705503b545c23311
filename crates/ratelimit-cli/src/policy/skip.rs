//! Paths that no limit binds.
//!
//! Danger: whoever can make another path look like one of these is bound by nothing. So dots in a
//! request are segments like others: `/healthz/../api` is not `/api`, and `/x/../healthz` not
//! `/healthz`. Only what every service reads alike is alike here: escapes and empty segments.

use super::check::path::{decoded, segments};

/// One path, however it is escaped; not what is below it.
#[derive(Clone, Debug)]
pub(crate) struct SkipPath {
    text: String,
    segments: Vec<Vec<u8>>,
}

impl SkipPath {
    pub(super) fn new(text: String) -> Self {
        let segments = segments(&text);
        Self { text, segments }
    }

    /// As it stands in the file.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Whether both are one path, however they are written.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.segments == other.segments
    }

    pub(crate) fn is(&self, path: &str) -> bool {
        let mut own = self.segments.iter();
        let mut asked = path.split('/').filter(|raw| !raw.is_empty());
        let same = asked.all(|raw| own.next() == Some(&decoded(raw.as_bytes())));
        // `*` and the target of a CONNECT are no paths.
        same && own.next().is_none() && path.starts_with('/')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_known_however_it_is_escaped_and_no_other_passes_for_it() {
        let skip = SkipPath::new("/a//health%7A".to_owned());
        for same in ["/a/healthz", "//a/healthz/", "/%61/healthz"] {
            assert!(skip.is(same), "{same}");
        }
        for other in [
            "/a",
            "/a/healthz/x",
            "/a/Healthz",
            "/a%2Fhealthz",
            "/a/./healthz",
            "/x/../a/healthz",
            "/a/healthz/..",
            "/a/healthz/%2e%2e",
            "a/healthz",
            "*",
            "",
            "/",
        ] {
            assert!(!skip.is(other), "{other}");
        }
        let root = SkipPath::new("/".to_owned());
        assert!(root.is("/") && !root.is("") && !root.is("/x"));
    }
}
