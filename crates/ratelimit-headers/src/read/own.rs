//! The names that rows of the caller have, and what is wrong with them.

use super::places::Place;
use http::HeaderName;
use std::{error, fmt};

/// The names, sorted.
#[derive(Clone, Debug)]
pub(super) struct Names(Vec<(HeaderName, Place)>);

impl Names {
    pub(super) const NONE: Names = Names(Vec::new());

    #[inline]
    pub(super) fn place(&self, name: &HeaderName) -> Option<Place> {
        if self.0.is_empty() {
            return None;
        }
        let at = self.find(name.as_str()).ok()?;
        self.0.get(at).map(|(_, place)| *place)
    }

    pub(super) fn add(&mut self, name: &'static str, place: Place) -> Result<(), RowError> {
        let illegal = |_| RowError::IllegalName(name);
        let parsed = HeaderName::from_bytes(name.as_bytes()).map_err(illegal)?;
        match self.find(parsed.as_str()) {
            Ok(_) => Err(RowError::Taken(name)),
            Err(at) => {
                self.0.insert(at, (parsed, place));
                Ok(())
            }
        }
    }

    fn find(&self, name: &str) -> Result<usize, usize> {
        self.0
            .binary_search_by(|(known, _)| known.as_str().cmp(name))
    }
}

/// Why a [`Row`](crate::Row) cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RowError {
    /// None of its fields says a limit, what is left, what is used, a reset or a delay.
    SaysNothing,
    /// This is not the name of a header field (RFC 9110, section 5.1).
    IllegalName(&'static str),
    /// This name stands in the row twice, or in another row of this reader.
    Taken(&'static str),
    /// There are more than 65,535 rows, or fields in one.
    TooMany,
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RowError::SaysNothing => f.write_str("no field of the row says anything about a limit"),
            RowError::IllegalName(name) => write!(f, "{name:?} is not the name of a header field"),
            RowError::Taken(name) => write!(f, "{name:?} has a meaning already"),
            RowError::TooMany => f.write_str("more rows, or fields in a row, than can be numbered"),
        }
    }
}

impl error::Error for RowError {}
