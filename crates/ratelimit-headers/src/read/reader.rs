//! A reader that knows more than values say.

use super::found::Found;
use super::member::Params;
use super::moment::Moments;
use super::own::{Names, RowError};
use super::places::Place;
use super::response::Response;
use super::row::{ResetUnit, Row, Says};
use super::rows::ROWS;
use super::{families, field, ietf, retry_after};
use crate::dialect::Dialect;
use crate::reading::Reading;
use http::HeaderMap;
use http::header::AGE;
use std::time::SystemTime;

/// Reads responses, with rows of the caller's own and with hints.
///
/// Everybody's headers are read without any of them: see [`read()`](crate::read()). Make it once, and read every
/// response with it.
///
/// ```
/// use http::{HeaderMap, HeaderValue};
/// use ratelimit_headers::{Dialect, Reader, ResetUnit, Row, Says};
/// use std::time::{Duration, SystemTime};
///
/// const ACME: Row = Row::new(
///     "acme",
///     &[("Acme-Quota", Says::Limit), ("Acme-Quota-Left", Says::Remaining)],
/// );
/// let reader = Reader::new()
///     .with_row(ACME)?
///     .with_reset_unit(Dialect::XRateLimitDashed, ResetUnit::Millis);
///
/// let mut headers = HeaderMap::new();
/// headers.insert("acme-quota", HeaderValue::from_static("100"));
/// headers.insert("x-rate-limit-reset", HeaderValue::from_static("1500"));
/// let reading = reader.read(&headers, SystemTime::UNIX_EPOCH);
/// let acme = |policy: &&ratelimit_headers::Policy| policy.dialect() == Dialect::Vendor("acme");
/// assert_eq!(reading.policies().iter().find(acme).unwrap().limit(), Some(100));
/// let others = reading.policies().iter().find(|policy| !acme(policy)).unwrap();
/// assert_eq!(others.reset_after(), Some(Duration::from_millis(1500)));
/// # Ok::<(), ratelimit_headers::RowError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Reader {
    rows: Vec<Row>,
    names: Names,
    hints: Vec<(Dialect, ResetUnit)>,
    counters: Params,
}

impl Reader {
    /// A reader that knows what values and names say, and no more.
    #[must_use]
    pub const fn new() -> Self {
        Reader {
            rows: Vec::new(),
            names: Names::NONE,
            hints: Vec::new(),
            counters: ietf::COUNTERS,
        }
    }

    /// Reads this row too. Its policy is one more, beside those of all other families. A name that this crate knows
    /// already means from now on what the row says.
    ///
    /// # Errors
    ///
    /// If the row cannot be read: see [`RowError`].
    pub fn with_row(mut self, row: Row) -> Result<Self, RowError> {
        let says_something = row.fields.iter().any(|(_, says)| is_reported(*says));
        if !says_something {
            return Err(RowError::SaysNothing);
        }
        let number = u16::try_from(ROWS.len() + self.rows.len()).map_err(|_| RowError::TooMany)?;
        for (field, (name, _)) in row.fields.iter().enumerate() {
            let field = u16::try_from(field).map_err(|_| RowError::TooMany)?;
            let place = Place::Row { row: number, field };
            self.names.add(name, place)?;
        }
        self.rows.push(row);
        Ok(self)
    }

    /// Sets what plain numbers in the resets of a family are, where their size misleads: Prisjakt, for one, states
    /// delays in milliseconds as `X-Rate-Limit-Reset`.
    ///
    /// It stands above the [`Row::with_reset_unit`] of its rows. [`Dialect::Ietf`] and [`Dialect::Ietf07`] are
    /// specified, and take no hint.
    #[must_use]
    pub fn with_reset_unit(mut self, dialect: Dialect, unit: ResetUnit) -> Self {
        self.hints.push((dialect, unit));
        self
    }

    /// Sets the parameters of `RateLimit` that say what is left (`r`) and when more comes (`t`): the drafts keep
    /// renaming them (`a` and `w` are proposed).
    #[must_use]
    pub const fn with_parameters(
        mut self,
        remaining: &'static str,
        reset_after: &'static str,
    ) -> Self {
        self.counters.count = remaining;
        self.counters.seconds = reset_after;
        self
    }

    /// Reads every rate-limit header, as [`read()`](crate::read()) does.
    ///
    /// Never fails and never panics: what cannot be read is absent.
    #[must_use]
    pub fn read(&self, headers: &HeaderMap, now: SystemTime) -> Reading {
        let mut found = Found::new();
        found.walk(headers, &self.names);
        let fields = found.as_slice();
        if fields.is_empty() {
            return Reading::default();
        }
        let response = Response::new(headers, Moments::new(headers, now), self);
        // Filled where it stands, for it is large.
        let mut reading = Reading::default();
        if !is_from_cache(headers) {
            families::read(fields, &response, &mut reading.policies);
        }
        reading.retry_after = retry_after::read(fields, &response);
        reading
    }

    pub(super) const fn names(&self) -> &Names {
        &self.names
    }

    pub(super) fn own_rows(&self) -> &[Row] {
        &self.rows
    }

    pub(super) const fn counters(&self) -> &Params {
        &self.counters
    }

    pub(super) fn hint(&self, of: Dialect) -> Option<ResetUnit> {
        let mut hints = self.hints.iter().rev();
        hints.find(|(dialect, _)| *dialect == of).map(|hint| hint.1)
    }
}

impl Default for Reader {
    fn default() -> Self {
        Self::new()
    }
}

/// Draft -10, section 7.3. Only "above zero" matters, so an age of any size counts (RFC 9111, section 1.2.2).
fn is_from_cache(headers: &HeaderMap) -> bool {
    field::single(headers, &AGE).is_some_and(|age| {
        age.iter().all(u8::is_ascii_digit) && age.iter().any(|digit| *digit != b'0')
    })
}

/// A policy of names and windows alone is never reported.
const fn is_reported(says: Says) -> bool {
    !matches!(says, Says::Name | Says::Window | Says::WindowMillis)
}
