//! Which item it is, in few bytes: by it a later run finds what an earlier one has done.
//!
//! It is of the method, the URL, the body and the id, and the same on every machine. Headers and credentials are
//! no part of it: who replaces a key that ran out means the same items. So an item that brings its own is known only
//! together with its line.
//!
//! Danger: it stands in the results, and whoever guesses all that it is of can see that the guess is right. So a
//! password in a body is no better kept in results than a password is that was hashed without salt.

use std::fmt;
use std::hash::Hasher;
use std::str::FromStr;

use siphasher::sip::SipHasher24;

use super::input::Item;

/// Of an item. Two that differ have different ones, but for one pair in some 18 million million million.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Fingerprint(u64);

impl Fingerprint {
    pub(super) fn of(item: &Item) -> Self {
        let id = item.id.as_ref().map(ToString::to_string);
        let mut hasher = SipHasher24::new();
        for part in [
            item.method.as_str().as_bytes(),
            item.url.as_str().as_bytes(),
            &item.body,
            id.unwrap_or_default().as_bytes(),
        ] {
            // With its length, so that no part runs into the next.
            hasher.write(&(part.len() as u64).to_le_bytes());
            hasher.write(part);
        }
        Self(hasher.finish())
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl FromStr for Fingerprint {
    type Err = ();

    /// Reads what is printed, and nothing else.
    fn from_str(text: &str) -> Result<Self, ()> {
        let found = u64::from_str_radix(text, 16).map(Self).map_err(|_| ())?;
        match found.to_string() == text {
            true => Ok(found),
            false => Err(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fetch::input::read_item;

    fn of(text: &str) -> Fingerprint {
        Fingerprint::of(&read_item(text))
    }

    #[test]
    fn it_never_changes() {
        // Results that are older than this program are read, too.
        assert_eq!(of("http://a.example/").to_string(), "caa1106dcb847f39");
    }

    #[test]
    fn whatever_makes_another_request_makes_another_one() {
        let all = [
            r#"{"url":"http://a.example/"}"#,
            r#"{"url":"http://a.example/b"}"#,
            r#"{"url":"http://a.example/","method":"HEAD"}"#,
            r#"{"url":"http://a.example/","method":"POST"}"#,
            r#"{"url":"http://a.example/","body":"b"}"#,
            r#"{"url":"http://a.example/","body":"c"}"#,
            r#"{"url":"http://a.example/","id":"b"}"#,
            r#"{"url":"http://a.example/","id":null}"#,
        ];
        let all: std::collections::BTreeSet<_> = all.into_iter().map(of).collect();
        assert_eq!(all.len(), 8);
    }

    #[test]
    fn who_is_asked_with_another_key_is_asked_the_same() {
        let plain = of("http://a.example/");
        assert_eq!(of("http://me:pass@a.example/"), plain);
        let headers = r#"{"url":"http://a.example/","headers":{"authorization":"x"},"priority":1}"#;
        assert_eq!(of(headers), plain);
    }

    #[test]
    fn it_is_read_as_it_is_printed() {
        let one = of("http://a.example/");
        assert_eq!(one.to_string().parse(), Ok(one));
        for wrong in [
            "",
            "1",
            "+00000000000000f",
            "000000000000000F",
            "00000000000000001",
        ] {
            assert_eq!(wrong.parse::<Fingerprint>(), Err(()), "{wrong}");
        }
    }
}
