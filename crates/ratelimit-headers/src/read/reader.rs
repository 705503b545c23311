//! A reader that knows more than values say.

use super::found::Found;
use super::hint::HintError;
use super::member::{Alias, Params};
use super::moment::Moments;
use super::own::{Names, RowError};
use super::places::Place;
use super::response::Response;
use super::row::{ResetUnit, Row, Says};
use super::rows::ROWS;
use super::{families, field, ietf, retry_after, zendesk};
use crate::dialect::Dialect;
use crate::reading::Reading;
use http::HeaderMap;
use http::header::AGE;
use sfv::KeyRef;
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
///     .with_reset_unit(Dialect::XRateLimitDashed, ResetUnit::Millis)?;
///
/// let mut headers = HeaderMap::new();
/// headers.insert("acme-quota", HeaderValue::from_static("100"));
/// headers.insert("x-rate-limit-reset", HeaderValue::from_static("1500"));
/// let reading = reader.read(&headers, SystemTime::UNIX_EPOCH);
/// let acme = |policy: &&ratelimit_headers::Policy| policy.dialect() == Dialect::Vendor("acme");
/// assert_eq!(reading.policies().iter().find(acme).unwrap().limit(), Some(100));
/// let others = reading.policies().iter().find(|policy| !acme(policy)).unwrap();
/// assert_eq!(others.reset_after(), Some(Duration::from_millis(1500)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Reader {
    rows: Vec<Row>,
    names: Names,
    hints: Vec<(Dialect, ResetUnit)>,
    aliases: Vec<(&'static str, Alias)>,
}

impl Reader {
    /// A reader that knows what values and names say, and no more.
    #[must_use]
    pub const fn new() -> Self {
        Reader {
            rows: Vec::new(),
            names: Names::NONE,
            hints: Vec::new(),
            aliases: Vec::new(),
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
    /// It stands above the [`Row::with_reset_unit`] of its rows, and is nothing to [`Says::ResetAfter`]. Rows of your
    /// own come first, then hints about them.
    ///
    /// # Errors
    ///
    /// [`HintError::NoResets`] if the family has no field that it could be about. [`Dialect::Ietf`] and
    /// [`Dialect::Ietf07`] are specified, and take no hint.
    pub fn with_reset_unit(mut self, dialect: Dialect, unit: ResetUnit) -> Result<Self, HintError> {
        let mut rows = ROWS.iter().chain(&self.rows);
        if dialect != zendesk::DIALECT && !rows.any(|row| row.dialect == dialect && row.has_reset())
        {
            return Err(HintError::NoResets(dialect));
        }
        self.hints.push((dialect, unit));
        Ok(self)
    }

    /// Also takes this parameter of `RateLimit` for what is left, in members without `r`: the drafts keep renaming
    /// their parameters (`a` is proposed).
    ///
    /// # Errors
    ///
    /// If it is no key of a structured field (RFC 9651, section 3.1.2), or means something already.
    pub fn with_remaining_parameter(self, key: &'static str) -> Result<Self, HintError> {
        self.with_alias(key, Alias::Count)
    }

    /// Also takes this parameter of `RateLimit` for the seconds until more comes, in members without `t` (`w` is
    /// proposed).
    ///
    /// # Errors
    ///
    /// As [`with_remaining_parameter`](Self::with_remaining_parameter).
    pub fn with_reset_parameter(self, key: &'static str) -> Result<Self, HintError> {
        self.with_alias(key, Alias::Seconds)
    }

    fn with_alias(mut self, key: &'static str, alias: Alias) -> Result<Self, HintError> {
        let known = ietf::COUNTERS;
        let known = [known.count, known.seconds, known.partition_key];
        KeyRef::from_str(key).map_err(|_| HintError::IllegalParameter(key))?;
        let mut aliases = self.aliases.iter();
        if known.contains(&key) || aliases.any(|(known, _)| *known == key) {
            return Err(HintError::TakenParameter(key));
        }
        self.aliases.push((key, alias));
        Ok(self)
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
        if let Some((wait, field)) = retry_after::read(fields, &response) {
            (reading.retry_after, reading.retry_after_field) = (Some(wait), field);
        }
        reading
    }

    pub(super) const fn names(&self) -> &Names {
        &self.names
    }

    pub(super) fn own_rows(&self) -> &[Row] {
        &self.rows
    }

    pub(super) fn counters(&self) -> Params<'_> {
        Params {
            aliases: &self.aliases,
            ..ietf::COUNTERS
        }
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

/// Whether a response comes from a cache, because its `Age` is above 0 (RFC 9111, section 5.1), however large: the
/// policies that it states were somebody else's, so [`read`](crate::read) leaves them out
/// (draft-ietf-httpapi-ratelimit-headers-10, section 7.3).
#[must_use]
pub fn is_from_cache(headers: &HeaderMap) -> bool {
    field::single(headers, &AGE).is_some_and(|age| {
        age.iter().all(u8::is_ascii_digit) && age.iter().any(|digit| *digit != b'0')
    })
}

/// A policy of names and windows alone is never reported.
const fn is_reported(says: Says) -> bool {
    !matches!(says, Says::Name | Says::Window | Says::WindowMillis)
}
