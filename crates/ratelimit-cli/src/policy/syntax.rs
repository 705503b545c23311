//! From what the TOML reader says to a problem with a hint.
//!
//! Danger: serde repeats the value that it did not expect, and that value may be a key. Only words
//! that belong to the format itself (fields, and the words they take) are repeated.

use super::error::Found;

/// Reads the file's text.
pub(super) fn read(source: &str) -> Result<super::file::File, Found> {
    toml::from_str(source).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        explain(at, error.message())
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
    (distance <= (candidate.chars().count() / 3).max(1)).then_some(candidate)
}

/// `did you mean ...?`, or else what there is.
pub(super) fn suggest(word: &str, candidates: &[&str]) -> String {
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

fn explain(at: usize, message: &str) -> Found {
    let (what, expected) = message.rsplit_once(", expected ").unwrap_or((message, ""));
    if let Some(kind) = ["unknown field ", "unknown variant "]
        .into_iter()
        .find(|kind| what.starts_with(kind))
    {
        let word = what[kind.len()..].trim_matches('`');
        let kind = kind.trim_end().replace("variant", "word");
        let hint = suggest(word, &quoted_words(expected));
        return Found::new(at, format!("{kind} `{}`", word.escape_debug())).hint(hint);
    }
    if what.starts_with("missing field `version`") {
        return Found::new(at, what).hint("begin the file with `version = 1`");
    }
    if what.starts_with("invalid ") {
        return Found::new(at, format!("{}, expected {expected}", without_value(what)));
    }
    Found::new(at, message.trim_end())
}

/// The words between backticks.
fn quoted_words(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
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
