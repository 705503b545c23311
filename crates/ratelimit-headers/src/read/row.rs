//! What one family of headers is called and means, as data.
//!
//! A vendor is a row, not code: which of its fields says what. What a value looks like is not said, because servers do
//! not keep to it: numbers, dates and durations are told apart by shape and size, whoever sends them. Only where that
//! cannot work does a row give a hint, a [`ResetUnit`].

use crate::dialect::Dialect;
use std::time::Duration;

/// What a field says about its policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Says {
    /// The whole quota: a number.
    Limit,
    /// The whole quota: a number, or the list of the early IETF drafts (`100, 100;w=60`), which may state the window
    /// and further policies.
    LimitList,
    /// The whole quota, or (`1s`, `15m`) the window that it counts over.
    LimitOrWindow,
    /// What is left.
    Remaining,
    /// What is used up: stands in for the limit or for what is left, whichever is missing.
    Used,
    /// What is used up and the whole quota, as `32/40`.
    UsedOfLimit,
    /// When the quota is renewed: a delay in seconds, epoch seconds or milliseconds, told apart by their size
    /// ([`ResetUnit::BySize`]); an ISO 8601 moment, an HTTP-date, or a duration as Go prints it (`6m0s`).
    Reset,
    /// How long until the quota is renewed: seconds of any size, or a duration as Go prints it. Never a moment, and no
    /// [`ResetUnit`] changes it.
    ResetAfter,
    /// The name of the policy, in UTF-8.
    Name,
    /// The window, in seconds or with a unit (`30s`, `15m`, `1h`, `1d`).
    Window,
    /// The window, in milliseconds.
    WindowMillis,
    /// How long to wait before the next request, in what [`Says::Reset`] understands. Counts only where `Retry-After`
    /// and those like it say nothing.
    RetryAfter,
}

/// What a plain number in a [`Says::Reset`] field is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ResetUnit {
    /// Below 10⁹ a delay in seconds, below 10¹¹ epoch seconds, below 10¹⁴ epoch milliseconds, above that nothing.
    #[default]
    BySize,
    /// A delay in seconds.
    Seconds,
    /// A delay in milliseconds, which no value can be told from seconds by.
    Millis,
    /// A moment, in seconds since 1970.
    EpochSeconds,
    /// A moment, in milliseconds since 1970.
    EpochMillis,
}

/// One family of headers, that states one policy: a row for [`Reader::with_row`](crate::Reader::with_row).
///
/// ```
/// use ratelimit_headers::{ResetUnit, Row, Says};
///
/// const ACME: Row = Row::new(
///     "acme",
///     &[
///         ("Acme-Quota", Says::Limit),
///         ("Acme-Quota-Left", Says::Remaining),
///         ("Acme-Quota-Renewal", Says::Reset),
///     ],
/// )
/// .with_unit("credits")
/// .with_reset_unit(ResetUnit::Millis);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    pub(super) dialect: Dialect,
    pub(super) fields: &'static [(&'static str, Says)],
    pub(super) name: Option<&'static str>,
    pub(super) unit: Option<&'static str>,
    pub(super) window: Option<Duration>,
    pub(super) reset_unit: ResetUnit,
}

impl Row {
    /// A row of this vendor, with these fields. Of several that say the same the first counts that is there and can be
    /// read.
    ///
    /// Names of fields match exactly, in any case. They are static because policies point to the row that they came
    /// from: who has them from a configuration may `String::leak` them once.
    #[must_use]
    pub const fn new(vendor: &'static str, fields: &'static [(&'static str, Says)]) -> Self {
        Self::of(Dialect::Vendor(vendor), fields)
    }

    pub(super) const fn of(dialect: Dialect, fields: &'static [(&'static str, Says)]) -> Self {
        Row {
            dialect,
            fields,
            name: None,
            unit: None,
            window: None,
            reset_unit: ResetUnit::BySize,
        }
    }

    /// Sets the name of the policy, where the names of the fields say it.
    #[must_use]
    pub const fn with_name(mut self, name: &'static str) -> Self {
        self.name = Some(name);
        self
    }

    /// Sets what is counted.
    #[must_use]
    pub const fn with_unit(mut self, unit: &'static str) -> Self {
        self.unit = Some(unit);
        self
    }

    /// Sets the window, where the names of the fields say it.
    #[must_use]
    pub const fn with_window(mut self, window: Duration) -> Self {
        self.window = Some(window);
        self
    }

    /// Sets what plain numbers in its resets are.
    #[must_use]
    pub const fn with_reset_unit(mut self, unit: ResetUnit) -> Self {
        self.reset_unit = unit;
        self
    }

    /// Whether a [`ResetUnit`] can matter to it.
    pub(super) fn has_reset(&self) -> bool {
        let is_one = |says: &Says| matches!(says, Says::Reset | Says::RetryAfter);
        self.fields.iter().any(|(_, says)| is_one(says))
    }

    /// A window and its name at once: `minute`.
    pub(super) const fn per(self, period: (&'static str, u64)) -> Self {
        self.with_name(period.0)
            .with_window(Duration::from_secs(period.1))
    }
}
