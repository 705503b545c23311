//! What the body of a refusal calls itself.
//!
//! A month's quota that is used up is a 429 for some servers, as is a minute's, and only a word in the body tells
//! the two apart. Sending again helps with one of them; with the other it costs, at some servers even the
//! little that comes free.
//!
//! Danger: a body is anything that a server likes to send. Nothing is believed but a few words, in the few places where
//! such words stand; what is no JSON has none, and what is nested more deeply than that is passed over.

use std::iter::Peekable;
use std::slice::Iter;

/// Refusals are short. What is longer is something else, and is not looked at.
pub(super) const LONGEST: usize = 4096;

/// Time cures none of these before a month is over, or money is there: whatever their case.
const USED_UP: [&str; 2] = ["quota_exceeded", "insufficient_quota"];

/// Where such words stand, the most specific first.
const PLACES: [&[&str]; 5] = [
    &["code"],
    &["error", "code"],
    &["error", "type"],
    &["type"],
    &["error"],
];

/// Whether one of the codes of a JSON body says that a quota is used up.
pub(super) fn is_used_up(body: &[u8]) -> bool {
    let says = |code: &str| USED_UP.iter().any(|known| known.eq_ignore_ascii_case(code));
    codes(body).into_iter().flatten().any(says)
}

/// The texts at these places, as far as there are any.
pub(super) fn codes(body: &[u8]) -> [Option<&str>; PLACES.len()] {
    let mut found = [None; PLACES.len()];
    if body.len() > LONGEST {
        return found;
    }
    let mut texts = Texts::of(body);
    while let Some((path, text)) = texts.next() {
        for (place, found) in PLACES.iter().zip(&mut found) {
            if path.iter().copied().eq(place.iter().map(|key| Some(*key))) {
                *found = found.or(Some(text));
            }
        }
    }
    found
}

/// Walks over all texts of a JSON document, with the keys that lead to each.
struct Texts<'a> {
    body: &'a [u8],
    bytes: Peekable<std::iter::Enumerate<Iter<'a, u8>>>,
    /// A key for each object that is open; none for an array, and before the first key.
    path: Vec<Option<&'a str>>,
}

impl<'a> Texts<'a> {
    fn of(body: &'a [u8]) -> Self {
        Self {
            body,
            bytes: body.iter().enumerate().peekable(),
            path: Vec::new(),
        }
    }

    /// The next text that is a value.
    fn next(&mut self) -> Option<(&[Option<&'a str>], &'a str)> {
        while let Some((at, byte)) = self.bytes.next() {
            match byte {
                b'{' | b'[' => self.path.push(None),
                b'}' | b']' => drop(self.path.pop()),
                b'"' => {
                    let text = self.text(at + 1)?;
                    match self.is_key() {
                        true => *self.path.last_mut()? = Some(text),
                        false => return Some((&self.path, text)),
                    }
                }
                _ => {}
            }
        }
        None
    }

    /// The text that begins here, as it is written: a code has nothing in it that would have to be escaped.
    fn text(&mut self, start: usize) -> Option<&'a str> {
        loop {
            match self.bytes.next()? {
                (_, b'\\') => drop(self.bytes.next()?),
                (end, b'"') => return std::str::from_utf8(&self.body[start..end]).ok(),
                _ => {}
            }
        }
    }

    fn is_key(&mut self) -> bool {
        while self
            .bytes
            .next_if(|(_, byte)| byte.is_ascii_whitespace())
            .is_some()
        {}
        self.bytes.peek().is_some_and(|(_, byte)| **byte == b':')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quota_that_is_used_up_is_known_by_its_code_in_the_usual_places() {
        for body in [
            r#"{"code":"QUOTA_EXCEEDED"}"#,
            r#"{ "type" : "quota_exceeded" , "message": "a \"word\"" }"#,
            r#"{"error":"QUOTA_EXCEEDED","limit":3}"#,
            r#"{"error":{"message":"You exceeded your current quota","type":"insufficient_quota","code":null}}"#,
            r#"{"ok":[1,{"x":[]}],"error":{"details":{"a":1},"code":"insufficient_quota"}}"#,
        ] {
            assert!(is_used_up(body.as_bytes()), "{body}");
        }
    }

    #[test]
    fn the_word_elsewhere_is_only_a_word() {
        for body in [
            "",
            r#""quota_exceeded""#,
            r#"["quota_exceeded"]"#,
            r#"{"code":"RATE_LIMIT_EXCEEDED","message":"no quota_exceeded"}"#,
            r#"{"message":"QUOTA_EXCEEDED"}"#,
            r#"{"details":{"code":"QUOTA_EXCEEDED"}}"#,
            r#"{"error":{"details":{"code":"QUOTA_EXCEEDED"}}}"#,
            r#"{"error":[{"code":"QUOTA_EXCEEDED"}]}"#,
            r#"{"code":["QUOTA_EXCEEDED"]}"#,
            r#"{"quota_exceeded":"code"}"#,
            r#"{"code":"QUOTA_EXCEEDED"#,
            "}}]]{\"\\",
            "\"\\\"",
        ] {
            assert!(!is_used_up(body.as_bytes()), "{body}");
        }
        let long = format!(
            r#"{{"x":"{}","code":"QUOTA_EXCEEDED"}}"#,
            "x".repeat(LONGEST)
        );
        assert!(!is_used_up(long.as_bytes()));
    }

    #[test]
    fn the_most_specific_code_comes_first() {
        let body = br#"{"type":"rate_limit_error","error":{"type":"tokens","code":"slow_down"}}"#;
        let codes = codes(body);
        assert_eq!(codes.iter().flatten().next(), Some(&"slow_down"));
    }
}
