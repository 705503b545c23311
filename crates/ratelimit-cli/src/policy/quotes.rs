//! Texts whose quote is missing.
//!
//! A reader of TOML notices that where the line ends, or what follows makes no sense, which may be lines later. Whoever
//! forgot the quote looks for it where the text begins.

use super::error::Found;

/// The first text of a file that has no end.
pub(super) struct Unclosed {
    /// Where it begins.
    pub(super) at: usize,
    quote: &'static str,
}

/// As they are looked for: three before one.
const QUOTES: [&str; 4] = ["\"\"\"", "'''", "\"", "'"];

/// The first text that is not closed where it has to be: on its line, or in the file if it begins with three quotes.
pub(super) fn unclosed(source: &str) -> Option<Unclosed> {
    let mut at = 0;
    while let Some(byte) = source.as_bytes().get(at) {
        let rest = &source[at..];
        let quote = QUOTES.into_iter().find(|quote| rest.starts_with(quote));
        at += match (byte, quote) {
            (b'#', _) => rest.find('\n').unwrap_or(rest.len()),
            (_, Some(quote)) => match length(&rest[quote.len()..], quote) {
                Some(length) => length + 2 * quote.len(),
                None => return Some(Unclosed { at, quote }),
            },
            _ => rest.chars().next().map_or(1, char::len_utf8),
        };
    }
    None
}

/// How long a text is up to its closing quote.
fn length(text: &str, quote: &str) -> Option<usize> {
    let (has_escapes, may_have_lines) = (quote.starts_with('"'), quote.len() == 3);
    let mut is_escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' if has_escapes => is_escaped = true,
            // Five quotes are two that belong to the text, and the end.
            _ if text[at..].starts_with(quote) => {
                let more = text[at + quote.len()..].bytes();
                let more = more.take_while(|byte| quote.as_bytes()[0] == *byte);
                return Some(at + more.take(quote.len() - 1).count());
            }
            _ => {}
        }
        if c == '\n' && !may_have_lines {
            return None;
        }
    }
    None
}

impl From<Unclosed> for Found {
    fn from(unclosed: Unclosed) -> Self {
        let quote = unclosed.quote;
        let (message, hint) = match quote.len() {
            3 => (
                "a text begins here and has no end in this file",
                format!("close it with {quote}"),
            ),
            _ => (
                "a text begins here and has no end on this line",
                format!("close it with {quote}; if it is closed, a quote before it is missing"),
            ),
        };
        Self::new(unclosed.at, message).hint(hint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begins(source: &str) -> Option<usize> {
        unclosed(source).map(|unclosed| unclosed.at)
    }

    #[test]
    fn texts_that_are_closed_are_passed_over() {
        for whole in [
            "",
            "a = \"b\" # it's \"\nc = 'd\"'",
            r#"a = "b\"c\\" "#,
            "a = \"\"\nb = ''",
            "a = \"\"\"\n\"b\" \\\"\"\"\"\"\"\nb = 1",
            "a = '''\nit's \\'''''\nb = 'c'",
            "\"ü\" = 'ü' # ü",
        ] {
            assert_eq!(begins(whole), None, "{whole}");
        }
    }

    #[test]
    fn a_text_without_an_end_is_found_where_it_begins() {
        for open in [
            "a = \"b\nc = \"d\"",
            "a = \"b",
            "a = \"b\\\nc\"",
            "a = 'b\\\nc'",
            "a = \"\"\"b\"\"\nc = 1",
            "a = '''b''",
        ] {
            assert_eq!(begins(open), Some(4), "{open}");
        }
        assert_eq!(begins("a = 1 # ü\r\nb = \"c\r\n"), Some(16));
    }
}
