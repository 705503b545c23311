//! The head of a response as people have it: from `curl -si`, from a log, from a browser.
//!
//! Lines end with CRLF or LF, the status line may be missing, and folded lines (RFC 9112, section 5.2) are unfolded.
//! There may be several heads: of proxies, of `100 Continue`, of redirects that curl followed. Each follows the one
//! before without a body, and the last is the answer.
//!
//! Danger: a body may begin like a head. So another head is only looked for behind one that announces it, and what
//! does not read as one leaves the answer as it is.

use std::io::BufRead;

use http::{HeaderMap, HeaderName, HeaderValue};

use super::error::HeadError;
use super::lines::Lines;
use super::status::{HTTP, announces_another, is_interim, status};

/// How many lines are named that were left out.
const MOST_LEFT_OUT: usize = 8;

/// The head of a response.
#[derive(Debug, Default)]
pub(super) struct Head {
    /// Status and reason, as in `429 Too Many Requests`; empty if there was no status line.
    pub(super) status: String,
    pub(super) headers: HeaderMap,
    /// Whether it ends in the middle of a line, so that the last value may be cut short.
    pub(super) is_cut: bool,
    /// The first lines that are no headers, by number, and why not.
    pub(super) left_out: Vec<(usize, &'static str)>,
}

/// Reads the last head, and nothing behind it but the bytes that show that it is the last.
pub(super) fn read(input: impl BufRead) -> Result<Head, HeadError> {
    let mut lines = Lines::new(input);
    let Some(first) = lines.first()? else {
        return Err(HeadError::Empty);
    };
    let mut head = read_one(&mut lines, first)?;
    while announces_another(&head.status) {
        let awaits_final = is_interim(&head.status);
        let next = lines.next_status_line()?;
        head = match next.map(|line| read_one(&mut lines, line)) {
            Some(Ok(next)) => next,
            None | Some(Err(_)) if awaits_final => return Err(HeadError::NoFinal),
            None | Some(Err(_)) => return Ok(head),
        };
    }
    Ok(head)
}

fn read_one(lines: &mut Lines<impl BufRead>, first: Vec<u8>) -> Result<Head, HeadError> {
    let mut head = Head::default();
    let mut folding = Folding::default();
    let mut line = if first.starts_with(HTTP) {
        let status = status(&first);
        head.status = status.ok_or_else(|| lines.wrong(NO_STATUS, PASTE))?;
        lines.next()?
    } else {
        Some(first)
    };
    while let Some(text) = line.filter(|text| !text.is_empty()) {
        if text.starts_with(b" ") || text.starts_with(b"\t") {
            let folded = folding.fold(lines, &text);
            head.keep(folded)?;
        } else {
            let ended = folding.end(&mut head);
            head.keep(ended)?;
            let begun = folding.begin(lines, &text);
            head.keep(begun)?;
        }
        line = lines.next()?;
    }
    let ended = folding.end(&mut head);
    head.keep(ended)?;
    head.is_cut = lines.is_cut;
    Ok(head)
}

impl Head {
    /// One bad line does not spoil a head. Without a status line it is a sign that there is no head at all.
    fn keep(&mut self, line: Result<(), HeadError>) -> Result<(), HeadError> {
        match line {
            Err(HeadError::Line(number, what, _)) if !self.status.is_empty() => {
                if self.left_out.len() < MOST_LEFT_OUT {
                    self.left_out.push((number, what));
                }
                Ok(())
            }
            line => line,
        }
    }
}

const PASTE: &str = "paste the head as `curl -si URL` prints it: a status line, then a line `name: value` for each header";
const NO_STATUS: &str = "begins like a status line, but has no status";

/// A field whose value may go on in the next line.
#[derive(Default)]
struct Folding {
    field: Option<(HeaderName, Vec<u8>, usize)>,
}

impl Folding {
    fn begin(&mut self, lines: &Lines<impl BufRead>, line: &[u8]) -> Result<(), HeadError> {
        let colon = line.iter().position(|byte| *byte == b':');
        let name = colon.and_then(|colon| HeaderName::from_bytes(&line[..colon]).ok());
        let (Some(colon), Some(name)) = (colon, name) else {
            return Err(lines.wrong("is no header", remedy(line)));
        };
        self.field = Some((name, line[colon + 1..].trim_ascii().to_vec(), lines.number));
        Ok(())
    }

    fn fold(&mut self, lines: &Lines<impl BufRead>, line: &[u8]) -> Result<(), HeadError> {
        let remedy = "remove the indentation";
        let (_, value, _) = (self.field.as_mut())
            .ok_or_else(|| lines.wrong("is indented, and continues no header", remedy))?;
        value.push(b' ');
        value.extend_from_slice(line.trim_ascii());
        Ok(())
    }

    fn end(&mut self, head: &mut Head) -> Result<(), HeadError> {
        let Some((name, value, number)) = self.field.take() else {
            return Ok(());
        };
        let wrong = |what| HeadError::Line(number, what, "leave the line out");
        let value = HeaderValue::from_bytes(&value);
        let value = value.map_err(|_| wrong("has a control character in its value"))?;
        let appended = head.headers.try_append(name, value);
        appended.map_err(|_| wrong("is one header too many"))?;
        Ok(())
    }
}

fn remedy(line: &[u8]) -> &'static str {
    match line {
        [b'<' | b'>' | b'*', b' ', ..] => "this looks like `curl -v`: use `curl -si`",
        [b'\x1b', ..] => "this has colours in it: have it printed without",
        _ => PASTE,
    }
}
