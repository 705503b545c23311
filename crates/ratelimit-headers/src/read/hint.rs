//! What is wrong with a hint. A hint that changes nothing would be believed to have worked, so it is refused.

use crate::dialect::Dialect;
use std::{error, fmt};

/// Why a [`Reader`](crate::Reader) cannot take a hint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HintError {
    /// No field of this family, as far as the reader knows it by now, says a reset that may be one thing or another.
    NoResets(Dialect),
    /// This is not the key of a parameter (RFC 9651, section 3.1.2).
    IllegalParameter(&'static str),
    /// This parameter means something already.
    TakenParameter(&'static str),
}

impl fmt::Display for HintError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HintError::NoResets(dialect) => {
                write!(f, "{dialect} has no reset that a hint could be about")
            }
            HintError::IllegalParameter(key) => write!(f, "{key:?} is not the key of a parameter"),
            HintError::TakenParameter(key) => {
                write!(f, "the parameter {key:?} has a meaning already")
            }
        }
    }
}

impl error::Error for HintError {}
