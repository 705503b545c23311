//! Lines with their numbers, none of them endless.

use std::io::{self, BufRead, Read};

/// The longest line that is kept. A request's body is in it.
const LONGEST: u64 = 64 << 20;

/// Why a line cannot be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unfit {
    TooLong,
    NotText,
}

/// A line's number, from 1, and its text without the end.
pub(super) type Line = (u64, Result<String, Unfit>);

pub(super) struct Lines<R> {
    input: R,
    number: u64,
    is_over: bool,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(input: R) -> Self {
        Self {
            input,
            number: 0,
            is_over: false,
        }
    }

    fn line(&mut self) -> io::Result<Option<Line>> {
        let mut bytes = Vec::new();
        let taken = self
            .input
            .by_ref()
            .take(LONGEST + 1)
            .read_until(b'\n', &mut bytes)?;
        if taken == 0 {
            return Ok(None);
        }
        self.number += 1;
        if bytes.last() != Some(&b'\n') && taken as u64 > LONGEST {
            drop(bytes);
            self.skip()?;
            return Ok(Some((self.number, Err(Unfit::TooLong))));
        }
        let text = String::from_utf8(bytes).map_err(|_| Unfit::NotText);
        // What Windows puts before a file's first line.
        let text = text.map(|text| match text.strip_prefix('\u{feff}') {
            Some(rest) if self.number == 1 => rest.trim().to_owned(),
            _ => text.trim().to_owned(),
        });
        Ok(Some((self.number, text)))
    }

    /// Reads and forgets the rest of the line.
    fn skip(&mut self) -> io::Result<()> {
        loop {
            let buffer = self.input.fill_buf()?;
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let taken = end.map_or(buffer.len(), |end| end + 1);
            self.input.consume(taken);
            if end.is_some() || taken == 0 {
                return Ok(());
            }
        }
    }
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = io::Result<Line>;

    /// After an error there is nothing more.
    fn next(&mut self) -> Option<io::Result<Line>> {
        if self.is_over {
            return None;
        }
        let line = self.line().transpose();
        self.is_over = !matches!(line, Some(Ok(_)));
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(input: &[u8]) -> Vec<Line> {
        Lines::new(input).map(Result::unwrap).collect()
    }

    #[test]
    fn lines_have_numbers_and_no_ends() {
        let text = |text: &str| Ok(text.to_owned());
        assert_eq!(
            lines(b"\xef\xbb\xbfa\r\n\n  b \nc"),
            [
                (1, text("a")),
                (2, text("")),
                (3, text("b")),
                (4, text("c"))
            ]
        );
        assert_eq!(lines(b""), []);
    }

    #[test]
    fn what_is_no_text_costs_one_line() {
        let read = lines(b"a\n\xff\nb\n");
        assert_eq!(read[1], (2, Err(Unfit::NotText)));
        assert_eq!(read[2], (3, Ok("b".to_owned())));
    }

    #[test]
    fn an_endless_line_is_not_kept_and_costs_one_line() {
        let long = io::repeat(b'x').take(LONGEST + 5000);
        let input = io::BufReader::new(long.chain(&b"\nb\n"[..]));
        let read: Vec<_> = Lines::new(input).map(Result::unwrap).collect();
        assert_eq!(read, [(1, Err(Unfit::TooLong)), (2, Ok("b".to_owned()))]);
    }
}
