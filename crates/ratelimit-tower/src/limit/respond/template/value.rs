//! The values of fields.

use std::borrow::Cow;
use std::time::Duration;

use http::StatusCode;
use ratelimit_core::{Decision, PolicyStatus};
use ratelimit_headers::{http_date, retry_after_seconds, rfc3339};

use super::field::Field;
use crate::limit::respond::Refusal;
use crate::limit::respond::json::kind_and_code;
use crate::limit::wording::Digits;

/// The value of a field.
#[derive(Clone, Debug)]
pub(super) enum Value<'v> {
    Text(Cow<'v, str>),
    Number(u64),
    Unknown,
}

impl Value<'_> {
    pub(super) fn put(&self, part: &mut impl FnMut(&str)) {
        match self {
            Self::Text(text) => part(text),
            Self::Number(number) => part(itoa::Buffer::new().format(*number)),
            Self::Unknown => {}
        }
    }
}

impl<'v> From<&'v str> for Value<'v> {
    fn from(text: &'v str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl<N: Into<u64>> From<Option<N>> for Value<'_> {
    fn from(number: Option<N>) -> Self {
        number.map_or(Self::Unknown, |number| Self::Number(number.into()))
    }
}

/// What is known of a refusal.
pub(super) struct Facts<'f> {
    refusal: Refusal<'f>,
    status: StatusCode,
}

impl<'f> Facts<'f> {
    /// Of a refusal that is answered with this status.
    pub(super) fn of(refusal: &Refusal<'f>, status: StatusCode) -> Self {
        // The layer writes no `Retry-After` into a 402: more money helps, and not more time.
        let wait = refusal
            .wait()
            .filter(|_| status != StatusCode::PAYMENT_REQUIRED);
        let refusal = Refusal::of(refusal.rejection(), wait, refusal.unix_now());
        Self { refusal, status }
    }

    pub(super) fn value(&self, field: Field) -> Value<'f> {
        let (binding, wait) = (self.binding(), self.refusal.wait());
        match field {
            Field::Policy => text(binding.map(|policy| policy.name())),
            Field::Unit => text(binding.map(|policy| policy.policy().unit().unwrap_or("requests"))),
            Field::Limit => binding.map(|policy| policy.limit()).into(),
            Field::Remaining => binding.map(|policy| policy.remaining()).into(),
            Field::Reset => self.reset().map(seconds).into(),
            Field::ResetMs => self.reset().map(milliseconds).into(),
            Field::ResetAfter => self.reset_after().map(seconds).into(),
            Field::ResetAt => self.reset().map_or(Value::Unknown, |at| rfc3339(at).into()),
            Field::ResetDate => self
                .reset()
                .map_or(Value::Unknown, |at| http_date(at).into()),
            Field::RetryAfter => wait.map(retry_after_seconds).into(),
            Field::RetryAfterMs => wait.map(|wait| milliseconds(wait).max(1)).into(),
            Field::Message => self.message().into(),
            Field::Code => kind_and_code(self.refusal.rejection()).1.into(),
            Field::Status => Some(self.status.as_u16()).into(),
            Field::Cost => self.decision().map(Decision::cost).into(),
        }
    }

    fn decision(&self) -> Option<&'f Decision> {
        self.refusal.rejection().decision()
    }

    fn binding(&self) -> Option<PolicyStatus<'f>> {
        self.decision().map(Decision::binding)
    }

    /// Permits know no time.
    fn reset_after(&self) -> Option<Duration> {
        let of_rates = self.binding().filter(|policy| policy.window().is_some());
        of_rates.map(|policy| policy.reset_after())
    }

    /// Since the epoch.
    fn reset(&self) -> Option<Duration> {
        Some(self.refusal.unix_now()?.saturating_add(self.reset_after()?))
    }

    fn message(&self) -> String {
        self.refusal
            .wording()
            .pieces(&mut Digits::default())
            .concat()
    }
}

/// What a field may look like. No text is one that JSON has a value for without quotes.
pub(super) fn sample(field: Field) -> Value<'static> {
    match field {
        Field::Policy => "minute".into(),
        Field::Unit => "requests".into(),
        Field::Limit => Value::Number(100),
        Field::Remaining => Value::Number(0),
        Field::Reset => Value::Number(1_704_067_260),
        Field::ResetMs => Value::Number(1_704_067_260_000),
        Field::ResetAfter | Field::RetryAfter => Value::Number(60),
        Field::ResetAt => "2024-01-01T00:01:00Z".into(),
        Field::ResetDate => "Mon, 01 Jan 2024 00:01:00 GMT".into(),
        Field::RetryAfterMs => Value::Number(60_000),
        Field::Message => "Rate limit exceeded. Please retry after 60 seconds.".into(),
        Field::Code => "rate_limit_exceeded".into(),
        Field::Status => Value::Number(429),
        Field::Cost => Value::Number(1),
    }
}

fn text(text: Option<&str>) -> Value<'_> {
    text.map_or(Value::Unknown, Value::from)
}

/// Rounded up.
fn seconds(time: Duration) -> u64 {
    time.as_secs()
        .saturating_add(u64::from(time.subsec_nanos() > 0))
}

/// Rounded up.
fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX)
}
