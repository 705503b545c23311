//! Reads what an earlier run wrote.
//!
//! Danger: it may have been killed while it wrote, so the last line may be torn. And results are long: of each line
//! only what says whether it succeeded is kept.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _};
use std::path::Path;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::ends::End;
use super::{Earlier, ResumeError};
use crate::fetch::fingerprint::Fingerprint;

/// The longest line that is looked at: the longest body that is taken unless another is asked for, each byte
/// escaped, and more.
const LONGEST: u64 = 512 << 20;

/// How each result begins.
const BEGINNING: &[u8] = b"{\"line\":";

/// What is looked at in a result.
#[derive(Deserialize)]
struct Line {
    line: u64,
    /// A line that stands for no request has none.
    item: Option<String>,
    status: Option<u16>,
    error: Option<IgnoredAny>,
    /// Only in results.
    #[serde(rename = "tries")]
    _tries: u32,
}

/// What there was beside the items that succeeded.
pub(super) struct Found {
    /// Lines that are no results.
    pub(super) others: u64,
    pub(super) end: End,
}

/// What a line is.
#[derive(Debug, PartialEq, Eq)]
enum Kind {
    Success(u64, Fingerprint),
    Failure,
    Blank,
    Other,
}

/// Adds the items of a file that succeeded.
pub(super) fn read(path: &Path, earlier: &mut Earlier) -> Result<Found, ResumeError> {
    let unread = |error| ResumeError::Unread(path.to_owned(), error);
    let file = File::open(path).map_err(unread)?;
    let (found, results) = lines(BufReader::new(file), earlier).map_err(unread)?;
    match results == 0 && found.others > 0 {
        true => Err(ResumeError::NoResults(path.to_owned())),
        false => Ok(found),
    }
}

/// What was found, and how many lines of it are results.
fn lines(mut input: impl BufRead, earlier: &mut Earlier) -> io::Result<(Found, u64)> {
    let (mut others, mut results) = (0, 0);
    let mut end = End::default();
    let mut line = Vec::new();
    loop {
        line.clear();
        let taken = input.by_ref().take(LONGEST).read_until(b'\n', &mut line)?;
        if taken == 0 {
            return Ok((Found { others, end }, results));
        }
        end.seen += taken as u64;
        let kind = kind(&line);
        let is_open = line.last() != Some(&b'\n');
        let is_torn = is_open && kind == Kind::Other && input.fill_buf()?.is_empty();
        if is_torn && (results > 0 || begins_as_one(&line)) {
            return Ok((Found { others, end }, results));
        }
        end.whole += taken as u64;
        end.is_open = is_open;
        results += u64::from(matches!(kind, Kind::Success(..) | Kind::Failure));
        others += u64::from(kind == Kind::Other);
        if let Kind::Success(number, item) = kind {
            earlier.succeeded(number, item);
        }
    }
}

/// Whether it is a result as far as it goes, or would be.
fn begins_as_one(line: &[u8]) -> bool {
    line.starts_with(BEGINNING) || BEGINNING.starts_with(line)
}

fn kind(line: &[u8]) -> Kind {
    if line.trim_ascii().is_empty() {
        return Kind::Blank;
    }
    let Ok(line) = serde_json::from_slice::<Line>(line) else {
        return Kind::Other;
    };
    match (line.item, line.status, line.error) {
        (item, Some(..400), None) => {
            let item = item.and_then(|item| item.parse().ok());
            item.map_or(Kind::Other, |item| Kind::Success(line.line, item))
        }
        (_, None, None) => Kind::Other,
        _ => Kind::Failure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OK: &str = r#"{"line":3,"item":"00000000000000aa","status":200,"body":"x","tries":1}"#;

    fn read(text: &str) -> (Earlier, u64, End, u64) {
        let mut earlier = Earlier::default();
        let (found, results) = lines(text.as_bytes(), &mut earlier).unwrap();
        (earlier, found.others, found.end, results)
    }

    #[test]
    fn a_status_below_400_without_an_error_is_a_success() {
        let with = |fields: &str| {
            let text = format!(r#"{{"line":3,"item":"00000000000000aa",{fields},"tries":1}}"#);
            kind(text.as_bytes())
        };
        let success = Kind::Success(3, "00000000000000aa".parse().unwrap());
        assert_eq!(with(r#""status":200,"body":"""#), success);
        assert_eq!(with(r#""url":"http://a.example","status":399"#), success);
        assert_eq!(with(r#""status":500"#), Kind::Failure);
        assert_eq!(with(r#""error":"cancelled""#), Kind::Failure);
        assert_eq!(
            kind(br#"{"line":1,"error":"no URL","tries":0}"#),
            Kind::Failure
        );
        for other in [
            "https://a.example",
            r#"{"url":"http://a.example"}"#,
            r#"{"line":3,"item":"aa","status":200,"tries":1}"#,
            r#"{"line":3,"status":200,"tries":1}"#,
            r#"{"line":3,"item":"00000000000000aa","tries":1}"#,
        ] {
            assert_eq!(kind(other.as_bytes()), Kind::Other, "{other}");
        }
    }

    #[test]
    fn a_line_that_was_torn_counts_for_nothing_and_is_not_whole() {
        let torn = format!("{OK}\n{}", &OK[..30]);
        let (earlier, others, end, results) = read(&torn);
        assert_eq!((earlier.left(), others, results), (1, 0, 1));
        let whole = OK.len() as u64 + 1;
        assert_eq!(
            end,
            End {
                whole,
                seen: torn.len() as u64,
                is_open: false
            }
        );
        // The first one, too.
        let (earlier, others, end, _) = read(&OK[..3]);
        assert_eq!((earlier.left(), others, end.whole), (0, 0, 0));
    }

    #[test]
    fn a_line_of_which_only_the_end_was_torn_off_counts() {
        let (earlier, others, end, _) = read(OK);
        assert_eq!((earlier.left(), others), (1, 0));
        assert_eq!(end.whole, OK.len() as u64);
        assert!(end.is_open);
    }

    #[test]
    fn what_is_torn_in_the_middle_costs_one_line() {
        let text = format!("{OK}\n{}\n\n{}\n", &OK[..30], OK.replace(":3", ":4"));
        let (earlier, others, end, _) = read(&text);
        assert_eq!((earlier.left(), others), (2, 1));
        assert_eq!(end.whole, text.len() as u64);
    }

    #[test]
    fn another_file_is_not_taken_for_results() {
        let (_, others, end, results) = read("https://a.example/");
        assert_eq!((others, results), (1, 0));
        assert_eq!(end.whole, 18);
    }
}
