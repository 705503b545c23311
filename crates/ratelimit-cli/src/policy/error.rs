//! What is wrong with a policy file: where, what, and what to do about it.
//!
//! Danger: a policy file holds keys. So an error names a place by line and column and never shows
//! the line itself, and no message repeats a value or a quoted name that may be a key.

use std::fmt;
use std::ops::Range;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    line: usize,
    column: usize,
    message: String,
    hint: Option<String>,
}

/// Why a policy file cannot be used: the first thing that makes it none, or else everything that is wrong with it.
#[derive(Clone, Debug)]
pub struct PolicyError {
    file: String,
    problems: Vec<Problem>,
}

/// A problem whose place is still an offset in bytes.
pub(super) struct Found {
    at: usize,
    message: String,
    hint: Option<String>,
}

// === impl Problem ===

impl Problem {
    /// The line, from 1; 0 if the file as a whole cannot be read.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }

    /// The column in characters, from 1.
    #[must_use]
    pub fn column(&self) -> usize {
        self.column
    }

    /// What is wrong.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

// === impl PolicyError ===

impl PolicyError {
    /// What is wrong, in the order of the file; at least one problem.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    pub(super) fn unreadable(file: &str, error: &std::io::Error) -> Self {
        let hint = "name a policy file, as in `ratelimit check policy.toml`";
        Self {
            file: file.to_owned(),
            problems: vec![Problem {
                line: 0,
                column: 0,
                message: format!("cannot read the file: {error}"),
                hint: Some(hint.to_owned()),
            }],
        }
    }

    pub(super) fn new(file: &str, source: &str, found: Vec<Found>) -> Self {
        Self {
            file: file.to_owned(),
            problems: in_order(source, found),
        }
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.problems.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            f.write_str(&self.file)?;
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Problem {
    /// What follows the file's name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line > 0 {
            write!(f, ":{}:{}", self.line, self.column)?;
        }
        write!(f, ": {}", self.message)?;
        match &self.hint {
            Some(hint) => write!(f, "\n  hint: {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for PolicyError {}

// === impl Found ===

impl Found {
    pub(super) fn new(at: usize, message: impl Into<String>) -> Self {
        Self {
            at,
            message: message.into(),
            hint: None,
        }
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// Problems by their place, as people count places.
pub(super) fn in_order(source: &str, mut found: Vec<Found>) -> Vec<Problem> {
    found.sort_by_key(|found| found.at);
    let place = |found: Found| {
        let (line, column) = line_and_column(source, found.at);
        Problem {
            line,
            column,
            message: found.message,
            hint: found.hint,
        }
    };
    found.into_iter().map(place).collect()
}

/// Line and column of a byte, both from 1; a column is a character.
pub(super) fn line_and_column(source: &str, at: usize) -> (usize, usize) {
    let before = &source.as_bytes()[..at.min(source.len())];
    let line_start = before
        .iter()
        .rposition(|b| *b == b'\n')
        .map_or(0, |i| i + 1);
    let line = before.iter().filter(|b| **b == b'\n').count() + 1;
    // Every byte that is not a continuation begins a character.
    let starts = |bytes: &[u8]| bytes.iter().filter(|b| **b & 0xc0 != 0x80).count();
    (line, starts(&before[line_start..]) + 1)
}

/// The place in the file of a byte inside a string, if the string is written as it reads; else where
/// it begins.
pub(super) fn inside(source: &str, span: &Range<usize>, value: &str, offset: usize) -> usize {
    let written = source.get(span.start + 1..span.end.saturating_sub(1));
    if written == Some(value) {
        span.start + 1 + offset
    } else {
        span.start
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_as_people_count_them() {
        let source = "a\nбв = 1\r\nc";
        assert_eq!(line_and_column(source, 0), (1, 1));
        assert_eq!(line_and_column(source, 2), (2, 1));
        assert_eq!(line_and_column(source, 4), (2, 2));
        assert_eq!(line_and_column(source, source.len()), (3, 2));
        assert_eq!(line_and_column(source, 999), (3, 2));
        assert_eq!(line_and_column("", 0), (1, 1));
    }

    #[test]
    fn a_place_in_a_string_is_exact_when_it_is_written_as_it_reads() {
        let source = r#"q = "60/1x""#;
        assert_eq!(inside(source, &(4..11), "60/1x", 4), 9);
        let escaped = r#"q = "60\u002f1x""#;
        assert_eq!(inside(escaped, &(4..16), "60/1x", 4), 4);
    }
}
