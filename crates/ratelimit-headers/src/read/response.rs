//! A response, and what is known of its reading.

use super::moment::Moments;
use super::reader::Reader;
use super::row::{ResetUnit, Row};
use super::rows::ROWS;
use http::HeaderMap;

#[derive(Clone, Copy)]
pub(super) struct Response<'h> {
    pub(super) headers: &'h HeaderMap,
    pub(super) moments: Moments<'h>,
    pub(super) reader: &'h Reader,
}

impl<'h> Response<'h> {
    pub(super) const fn new(
        headers: &'h HeaderMap,
        moments: Moments<'h>,
        reader: &'h Reader,
    ) -> Self {
        Response {
            headers,
            moments,
            reader,
        }
    }

    /// The row of this number: ours, and behind them the caller's.
    pub(super) fn row(&self, number: u16) -> Option<&'h Row> {
        let number = usize::from(number);
        match ROWS.get(number) {
            Some(row) => Some(row),
            None => self.reader.own_rows().get(number - ROWS.len()),
        }
    }

    pub(super) fn reset_unit(&self, row: &Row) -> ResetUnit {
        self.reader.hint(row.dialect).unwrap_or(row.reset_unit)
    }
}
