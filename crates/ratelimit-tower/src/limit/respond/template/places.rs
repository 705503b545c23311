//! Where in JSON a field stands, which says what becomes of it when its value is unknown.
//!
//! Danger: this is no parser of JSON. It follows strings, which is enough for a text that is JSON with its
//! fields filled in; of any other it makes nothing better and nothing worse.

use super::parse::Piece;
use super::value::Value;

/// Where a field stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// In a text, or in a string of JSON beside other things.
    Within,
    /// Where JSON has a value.
    Bare,
    /// It is all of a string. The quotes belong to the field, for `null` has none.
    Whole,
}

impl Place {
    /// What is written for a field of this value.
    pub(super) fn put(self, value: &Value<'_>, part: &mut impl FnMut(&str)) {
        match (self, value) {
            (Self::Within, Value::Unknown) => {}
            (_, Value::Unknown) => part("null"),
            (Self::Whole, known) => {
                part("\"");
                known.put(part);
                part("\"");
            }
            (_, known) => known.put(part),
        }
    }
}

/// What has been seen of the text so far.
#[derive(Clone, Copy, Default)]
struct Strings {
    is_inside: bool,
    /// The last character has opened a string.
    is_opened: bool,
    /// The last character was a backslash that escapes the next.
    is_escaped: bool,
}

impl Strings {
    fn pass(&mut self, text: &str) {
        for character in text.chars() {
            let is_quote = character == '"' && !self.is_escaped;
            self.is_opened = is_quote && !self.is_inside;
            self.is_escaped = self.is_inside && !self.is_escaped && character == '\\';
            self.is_inside ^= is_quote;
        }
    }
}

/// Finds the place of each field, and gives it its quotes where it is all of a string.
pub(super) fn find(pieces: &mut [Piece]) {
    let mut strings = Strings::default();
    let mut before: Option<&mut Piece> = None;
    let mut rest = pieces;
    while let Some((piece, after)) = rest.split_first_mut() {
        match piece {
            Piece::Text(text) => strings.pass(text),
            Piece::Field(_, place) => {
                let quoted = strings.is_opened && take_quotes(before, after.first_mut());
                *place = match (quoted, strings.is_inside) {
                    (true, _) => Place::Whole,
                    (false, true) => Place::Within,
                    (false, false) => Place::Bare,
                };
                strings = Strings {
                    is_inside: strings.is_inside && !quoted,
                    ..Strings::default()
                };
            }
        }
        before = Some(piece);
        rest = after;
    }
}

/// Takes the quotes from the texts before and after a field, if the one after has one.
fn take_quotes(before: Option<&mut Piece>, after: Option<&mut Piece>) -> bool {
    match (before, after) {
        (Some(Piece::Text(before)), Some(Piece::Text(after))) if after.starts_with('"') => {
            before.pop();
            after.remove(0);
            true
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limit::respond::template::parse::pieces;

    /// What a text is with nothing known.
    #[track_caller]
    fn check(text: &str, expected: &str) {
        let mut pieces = pieces(text).unwrap();
        find(&mut pieces);
        let mut out = String::new();
        for piece in &pieces {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Field(_, place) => {
                    place.put(&Value::Unknown, &mut |part| out.push_str(part));
                }
            }
        }
        assert_eq!(out, expected);
    }

    #[test]
    fn what_is_unknown_is_null_where_a_value_stands_and_else_nothing() {
        check("${limit}", "null");
        check(r#"{"a":${limit}}"#, r#"{"a":null}"#);
        check(r#"{"a":"${limit}"}"#, r#"{"a":null}"#);
        check(r#"["${limit}","${cost}",${cost}]"#, "[null,null,null]");
        check(r#""${limit} of ${cost}""#, r#"" of ""#);
        check(r#""of ${limit}""#, r#""of ""#);
        check(r#""${limit}${cost}""#, r#""""#);
    }

    #[test]
    fn a_quote_that_is_escaped_ends_no_string() {
        check(r#""\"${limit}\"""#, r#""\"\"""#);
        check(r#"["\\",${limit}]"#, r#"["\\",null]"#);
        check(r#"["\\","${limit}"]"#, r#"["\\",null]"#);
        check(r#""\\\"${limit}""#, r#""\\\"""#);
    }

    #[test]
    fn what_is_no_json_stays_what_it_is() {
        check(r#"""${limit}"#, r#"""null"#);
        check(r#""${limit}"#, r#"""#);
        check(r#""""${limit}""""#, r#"""null"""#);
    }
}
