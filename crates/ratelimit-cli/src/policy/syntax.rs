//! From what the TOML reader says to a problem with a hint.
//!
//! Danger: serde repeats the value that it did not expect, and that value may be a key. Only words
//! that belong to the format itself (fields, and the words they take) are repeated, and what stands
//! unquoted in the place of a field and looks like one.

use super::error::{Found, line_and_column};
use super::{quotes, twice};

/// The longest name that is taken for a field's.
const LONGEST_FIELD: usize = 40;

/// Fields that are easily written before the first table. (`key` may as well be meant for [[keys]].)
const OF_CALLER: [&str; 3] = ["also", "anonymous", "unknown"];

/// Reads the file's text.
pub(super) fn read(source: &str) -> Result<super::file::File, Found> {
    toml::from_str(source).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        let line = |at| line_and_column(source, at).0;
        // Whatever was noticed of it there or later, this is what to mend.
        match quotes::unclosed(source).filter(|unclosed| line(unclosed.at) <= line(at)) {
            Some(unclosed) => unclosed.into(),
            None => explain(source, at, error.message()),
        }
    })
}

/// The candidate that was probably meant.
pub(super) fn nearest<'c>(
    word: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<&'c str> {
    let word = word.to_lowercase().replace('_', "-");
    let distance = |candidate: &'c str| (strsim::damerau_levenshtein(&word, candidate), candidate);
    let (distance, candidate) = candidates.into_iter().map(distance).min()?;
    (distance <= candidate.chars().count() / 3).then_some(candidate)
}

/// `did you mean ...?`, or else what there is.
pub(crate) fn suggest(word: &str, candidates: &[&str]) -> String {
    match nearest(word, candidates.iter().copied()) {
        Some(candidate) => format!("did you mean `{candidate}`?"),
        None => format!("expected {}", list(candidates)),
    }
}

/// `a`, `b` or `c`.
pub(super) fn list(words: &[&str]) -> String {
    match words {
        [] => "nothing".to_owned(),
        [one] => format!("`{one}`"),
        [first @ .., last] => format!("`{}` or `{last}`", first.join("`, `")),
    }
}

fn explain(source: &str, at: usize, message: &str) -> Found {
    let (what, expected) = message.rsplit_once(", expected ").unwrap_or((message, ""));
    if let Some(word) = what.strip_prefix("unknown field ") {
        let looks_like_one = is_field(source, at, word.trim_matches('`'));
        return unknown(at, "field", word, expected, looks_like_one);
    }
    if let Some(word) = what.strip_prefix("unknown variant ") {
        return unknown(at, "word", word, expected, false);
    }
    if what == "missing field `version`" {
        return Found::new(at, what).hint("begin the file with `version = 1`");
    }
    if what == "duplicate key" {
        let first = twice::first_line(source, at);
        let first = first.map_or(String::new(), |line| format!(", first on line {line}"));
        return Found::new(at, format!("this name stands twice{first}"))
            .hint("a field or a table stands once");
    }
    if what.starts_with("invalid ") {
        let message = format!("{}, expected {}", without_value(what), in_toml(expected));
        return Found::new(at, message);
    }
    Found::new(at, message.trim_end())
}

/// Whether what stands there is written as fields are: unquoted, short, and of their letters.
fn is_field(source: &str, at: usize, word: &str) -> bool {
    let letter = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-');
    let unquoted = source.get(at..).is_some_and(|rest| rest.starts_with(word));
    unquoted && !word.is_empty() && word.len() <= LONGEST_FIELD && word.bytes().all(letter)
}

/// A word that is not known is repeated only if it is nearly one that is, or `safe`: it may be a key
/// that stands in the wrong place.
fn unknown(at: usize, kind: &str, word: &str, expected: &str, safe: bool) -> Found {
    let word = word.trim_matches('`');
    let known: Vec<&str> = expected.split('`').skip(1).step_by(2).collect();
    if kind == "field" && known.contains(&"caller") && OF_CALLER.contains(&word) {
        return Found::new(at, format!("unknown field `{word}` at the top"))
            .hint("it belongs into [caller]");
    }
    let message = if safe || nearest(word, known.iter().copied()).is_some() {
        format!("unknown {kind} `{}`", word.escape_debug())
    } else {
        format!("unknown {kind}")
    };
    Found::new(at, message).hint(suggest(word, &known))
}

/// What serde calls a type, as it is called in TOML.
fn in_toml(expected: &str) -> &str {
    match expected {
        "a string" => "a text in quotes",
        "i64" => "a whole number",
        "a sequence" => "a list",
        "a boolean" => "true or false",
        expected if expected.starts_with("struct ") => "a table",
        expected => expected,
    }
}

/// `invalid type: string "secret"` without what follows the type.
fn without_value(what: &str) -> &str {
    let end = what.find(['"', '`']).unwrap_or(what.len());
    what[..end].trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_that_was_meant_is_found() {
        let fields = ["name", "algorithm", "quota", "concurrency", "unit"];
        assert_eq!(nearest("qouta", fields), Some("quota"));
        assert_eq!(nearest("Concurency", fields), Some("concurrency"));
        assert_eq!(nearest("nmae", fields), Some("name"));
        assert_eq!(nearest("color", fields), None);
        assert_eq!(nearest("retry_after", ["retry-after"]), Some("retry-after"));
        assert_eq!(nearest("x", []), None);
        assert_eq!(nearest("b", ["a"]), None);
    }

    #[test]
    fn values_are_not_repeated() {
        let problem = without_value("invalid type: string \"secret, expected\"");
        assert_eq!(problem, "invalid type: string");
        assert_eq!(without_value("invalid type: map"), "invalid type: map");
    }

    #[test]
    fn lists_are_read_out() {
        assert_eq!(list(&["a", "b", "c"]), "`a`, `b` or `c`");
        assert_eq!(list(&["a"]), "`a`");
    }
}
