//! `Retry-After` (RFC 9110, section 10.2.3), with the decimals that some servers send, and those like it.
//!
//! The danger is in a zero: servers that send `X-RateLimit-Retry-After` with every response mean by it that nobody is
//! limited now. Taken for a wait of nothing it would hide, on a refusal, every other field that says how long to wait.

use super::field::Field;
use super::moment::up_to_millis;
use super::number::Number;
use super::places::Place;
use super::response::Response;
use super::row::{ResetUnit, Says};
use std::time::Duration;

/// What the value of such a field is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Wait {
    Millis,
    /// Seconds or an HTTP-date.
    Standard,
    /// As resets are read.
    Reset,
}

/// All of them, in the order of precedence: what is more precise comes first, what is not specified last.
pub(super) const FIELDS: [(&str, Wait); 6] = [
    // OpenAI and Azure (sources of their clients).
    ("retry-after-ms", Wait::Millis),
    ("x-ms-retry-after-ms", Wait::Millis),
    ("retry-after", Wait::Standard),
    // MailerLite has seconds here, Smoobu epoch seconds (both captured).
    (X_RETRY_AFTER, Wait::Reset),
    // bucket4j.
    ("x-rate-limit-retry-after-seconds", Wait::Reset),
    // tower-governor, src/lib.rs.
    ("x-ratelimit-after", Wait::Reset),
];

/// The names of all of them.
#[cfg(test)]
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    FIELDS.iter().map(|(name, _)| *name)
}

/// The one that is also written.
pub(crate) const X_RETRY_AFTER: &str = "x-ratelimit-retry-after";

pub(super) fn is_written(field: u16) -> bool {
    let field = FIELDS.get(usize::from(field));
    field.is_some_and(|(name, _)| *name == X_RETRY_AFTER)
}

/// The first that can be read, and the name of its field.
pub(super) fn read(
    fields: &[Field<'_>],
    response: &Response<'_>,
) -> Option<(Duration, &'static str)> {
    let first = fields.partition_point(|field| field.place < Place::Retry(0));
    let (others, ours) = fields.split_at(first);
    let asked = |field: &Field<'_>| wait(field, response).filter(asks);
    ours.iter().find_map(asked).or_else(|| {
        if response.reader.own_rows().is_empty() {
            return None;
        }
        others.iter().find_map(asked)
    })
}

/// Whether a field by itself can be read, be it as a wait or as none.
pub(super) fn is_read(field: &Field<'_>, response: &Response<'_>) -> bool {
    wait(field, response).is_some()
}

/// Whether what a field says is a wish. That nobody is limited now is none.
fn asks((wait, name): &(Duration, &'static str)) -> bool {
    !wait.is_zero() || *name != X_RETRY_AFTER
}

fn wait(field: &Field<'_>, response: &Response<'_>) -> Option<(Duration, &'static str)> {
    let (name, wait, unit) = match field.place {
        Place::Retry(at) => {
            let (name, wait) = *FIELDS.get(usize::from(at))?;
            (name, wait, ResetUnit::BySize)
        }
        Place::Row { row, field } => {
            let row = response.row(row)?;
            let (name, says) = *row.fields.get(usize::from(field))?;
            (says == Says::RetryAfter).then_some(())?;
            (name, Wait::Reset, response.reset_unit(row))
        }
        _ => return None,
    };
    let text = field.single(response.headers)?;
    Some((delay(wait, unit, text, response)?, name))
}

fn delay(wait: Wait, unit: ResetUnit, text: &[u8], response: &Response<'_>) -> Option<Duration> {
    match wait {
        Wait::Millis => up_to_millis(Number::parse(text)?.millis()?),
        Wait::Standard => response.moments.delay_or_date(text),
        Wait::Reset => Some(response.moments.reset(text, unit)?.after),
    }
}
