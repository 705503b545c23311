//! Texts inside of other texts.
//!
//! Danger: the names of policies come from whoever configures the limiter, and a quote in one of them must
//! not end a string of the body, nor a `<` begin a script.

use std::borrow::Cow;

use http::HeaderValue;

/// How a text is put into a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Escaping {
    /// Into a string of JSON.
    Json,
    /// As it is: nothing reads it but people.
    Plain,
    /// As character references of HTML and XML.
    Markup,
    /// Into a form that nobody here knows: what no form is likely to have a use for, and `?` for the rest.
    Unknown,
}

impl Escaping {
    /// How texts are put into bodies of this type.
    pub(super) fn of(content_type: &HeaderValue) -> Self {
        let text = content_type.to_str().unwrap_or_default();
        let essence = text.split(';').next().unwrap_or_default();
        let essence = essence.trim().to_ascii_lowercase();
        let is = |subtype| {
            essence
                .strip_suffix(subtype)
                .is_some_and(|before| before.ends_with(['/', '+']))
        };
        if essence == "text/plain" {
            Self::Plain
        } else if is("json") {
            Self::Json
        } else if is("html") || is("xml") {
            Self::Markup
        } else {
            Self::Unknown
        }
    }

    pub(super) fn escape(self, text: Cow<'_, str>) -> Cow<'_, str> {
        match self {
            Self::Plain => text,
            Self::Json => each(text, in_json),
            Self::Markup => each(text, in_markup),
            Self::Unknown => each(text, in_unknown),
        }
    }
}

/// The content of a JSON string (RFC 8259, section 7).
pub(in crate::limit) fn json(text: &str) -> Cow<'_, str> {
    let text = Cow::Borrowed(text);
    // Most names are plain, and this is faster to see by bytes than by characters.
    let is_plain = |byte| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\';
    if text.bytes().all(is_plain) {
        return text;
    }
    each(text, in_json)
}

/// Replaces the characters for which `escape` has something else. Most texts have none, and stay what they are.
fn each(text: Cow<'_, str>, escape: fn(char) -> Option<String>) -> Cow<'_, str> {
    if !text.chars().any(|c| escape(c).is_some()) {
        return text;
    }
    let escaped = text.chars().map(|c| escape(c).unwrap_or_else(|| c.into()));
    Cow::Owned(escaped.collect())
}

fn in_json(character: char) -> Option<String> {
    match character {
        '"' | '\\' => Some(format!("\\{character}")),
        c if c.is_control() => Some(format!("\\u{:04x}", u32::from(c))),
        _ => None,
    }
}

fn in_markup(character: char) -> Option<String> {
    let special = matches!(character, '&' | '<' | '>' | '"' | '\'');
    special.then(|| format!("&#{};", u32::from(character)))
}

fn in_unknown(character: char) -> Option<String> {
    let harmless = character.is_alphanumeric() || " .,:_-".contains(character);
    (!harmless).then(|| "?".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_escaped() {
        assert_eq!(json("a\"b\\c\n\u{1}é"), "a\\\"b\\\\c\\u000a\\u0001é");
        assert!(matches!(json("per-minute"), Cow::Borrowed(_)));
    }

    #[track_caller]
    fn check(content_type: &str, expected: &str) {
        let escaping = Escaping::of(&HeaderValue::try_from(content_type).unwrap());
        assert_eq!(escaping.escape(r#"<é's "1", 2>"#.into()), expected);
    }

    #[test]
    fn the_content_type_says_what_is_special() {
        let in_json = r#"<é's \"1\", 2>"#;
        check("application/json", in_json);
        check("Application/Problem+JSON; charset=utf-8", in_json);
        check("text/plain; charset=utf-8", r#"<é's "1", 2>"#);
        let in_markup = "&#60;é&#39;s &#34;1&#34;, 2&#62;";
        check("text/html", in_markup);
        check("application/xml", in_markup);
        check("image/svg+xml", in_markup);
        for unknown in ["text/csv", "application/notjson", "", "json"] {
            check(unknown, "?é?s ?1?, 2?");
        }
    }
}
