//! The lines of the input, as few of them as possible.

use std::io::{self, BufRead, Read, Take};

use super::error::HeadError;
use super::status::{HTTP, status};

/// All heads together, in bytes. Servers and clients stop far below.
pub(super) const LONGEST: u64 = 1 << 20;

/// Lines without their ends, and how many there were.
pub(super) struct Lines<R> {
    input: Take<R>,
    /// Of the last one, from 1.
    pub(super) number: usize,
    /// Whether the input ended before the last one did.
    pub(super) is_cut: bool,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(input: R) -> Self {
        Self {
            input: input.take(LONGEST),
            number: 0,
            is_cut: false,
        }
    }

    /// The first line that is not blank.
    pub(super) fn first(&mut self) -> Result<Option<Vec<u8>>, HeadError> {
        const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
        while let Some(mut line) = self.next()? {
            if self.number == 1 && line.starts_with(BYTE_ORDER_MARK) {
                line.drain(..BYTE_ORDER_MARK.len());
            }
            if !line.is_empty() {
                return Ok(Some(line));
            }
        }
        Ok(None)
    }

    /// The next line; blank ones are empty.
    pub(super) fn next(&mut self) -> Result<Option<Vec<u8>>, HeadError> {
        self.line_with(Vec::new())
    }

    /// The status line of a further head, if that is what follows. Reads on only as long as it may be one: who sends a
    /// body may take for ever.
    pub(super) fn next_status_line(&mut self) -> Result<Option<Vec<u8>>, HeadError> {
        let mut begin = Vec::new();
        while begin.len() < HTTP.len() {
            let mut byte = [0];
            match self.input.read(&mut byte) {
                Ok(0) => return Ok(None),
                Ok(_) if matches!(byte[0], b'\r' | b'\n') && begin.is_empty() => {
                    self.number += usize::from(byte[0] == b'\n');
                    continue;
                }
                Ok(_) => begin.push(byte[0]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(HeadError::NotRead(error)),
            }
            if !HTTP.starts_with(&begin) {
                return Ok(None);
            }
        }
        let line = self.line_with(begin);
        Ok(line.ok().flatten().filter(|line| status(line).is_some()))
    }

    /// The rest of a line that begins with this.
    fn line_with(&mut self, mut line: Vec<u8>) -> Result<Option<Vec<u8>>, HeadError> {
        let read = self.input.read_until(b'\n', &mut line);
        read.map_err(HeadError::NotRead)?;
        if line.is_empty() && self.input.limit() > 0 {
            return Ok(None);
        }
        self.number += 1;
        if self.input.limit() == 0 {
            return Err(HeadError::TooLong);
        }
        let is_ended = line.ends_with(b"\n");
        let end = line.trim_ascii_end().len();
        line.truncate(end);
        self.is_cut = !is_ended && !line.is_empty();
        if line.contains(&b'\r') {
            let remedy = "end every line with LF or CRLF, as `tr '\\r' '\\n'` does";
            return Err(self.wrong("has a carriage return (CR) in the middle", remedy));
        }
        Ok(Some(line))
    }

    pub(super) fn wrong(&self, what: &'static str, remedy: &'static str) -> HeadError {
        HeadError::Line(self.number, what, remedy)
    }
}
