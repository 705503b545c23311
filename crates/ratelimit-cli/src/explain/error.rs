//! Why there is nothing to explain.

use std::fmt;
use std::io;

use super::lines::LONGEST;

#[derive(Debug)]
pub(super) enum HeadError {
    Empty,
    /// There were heads of the kind of `100 Continue` only.
    NoFinal,
    TooLong,
    NotRead(io::Error),
    /// The number of the line, from 1, what is wrong with it and what to do.
    Line(usize, &'static str, &'static str),
}

impl fmt::Display for HeadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HeadError::Empty => f.write_str(
                "there is nothing to explain\n  hint: pipe the head of a response in, as in `curl -si URL | ratelimit explain`",
            ),
            HeadError::NoFinal => f.write_str(
                "no final response followed\n  hint: what is there only announces one, as `100 Continue` does: read on until it comes",
            ),
            HeadError::TooLong => write!(
                f,
                "the head does not end within {LONGEST} bytes\n  hint: this is something else than the head of a response"
            ),
            HeadError::NotRead(error) => write!(f, "cannot read the head: {error}"),
            HeadError::Line(number, what, remedy) => {
                write!(f, "line {number} {what}\n  hint: {remedy}")
            }
        }
    }
}
