//! The policy of one row: a fact in each field.

use super::field::{Field, trim};
use super::moment::{Moments, Stated};
use super::number::Number;
use super::places::Place;
use super::quota::{self, Quota};
use super::response::Response;
use super::row::{Row, Says};
use super::{duration, limit};
use crate::few::Few;
use crate::policy::Policy;
use crate::text::Text;
use std::time::Duration;

/// Adds what the fields of one row say, with the quotas of a `RateLimit-Policy`: a policy, and with lists of quotas
/// more than one.
pub(super) fn read(
    row: &Row,
    fields: &[Field<'_>],
    quotas: Few<Quota>,
    response: &Response<'_>,
    policies: &mut Few<Policy>,
) {
    let mut facts = Facts::default();
    for field in fields {
        if let Some(says) = says(row, field) {
            facts.read(says, field, row, response);
        }
    }
    if !quotas.is_empty() {
        facts.quotas = quotas;
    }
    let policy = facts.policy(row);
    quota::join(policy, facts.quotas.as_mut_slice(), policies);
}

pub(super) fn says(row: &Row, field: &Field<'_>) -> Option<Says> {
    match field.place {
        Place::Row { field, .. } => Some(row.fields.get(usize::from(field))?.1),
        _ => None,
    }
}

#[derive(Default)]
struct Facts {
    limit: Option<u64>,
    /// Stated, but perhaps not to be read: then it is not for the others to say.
    has_limit: bool,
    quotas: Few<Quota>,
    remaining: Option<u64>,
    has_remaining: bool,
    used: Option<u64>,
    reset: Option<Stated>,
    name: Option<Text>,
    window: Option<Duration>,
}

impl Facts {
    /// The first that can be read stands.
    fn read(&mut self, says: Says, field: &Field<'_>, row: &Row, response: &Response<'_>) {
        let text = || field.single(response.headers);
        match says {
            Says::Limit | Says::LimitList if self.limit.is_none() => {
                self.limit = text().and_then(limit::number);
                if self.limit.is_none() && says == Says::LimitList {
                    self.limit = limit::list(field, response.headers, &mut self.quotas);
                }
                self.has_limit |= self.limit.is_some() || !field.is_blank(response.headers);
            }
            Says::LimitOrWindow if self.limit.is_none() => {
                self.read_limit_or_window(text(), field.is_blank(response.headers));
            }
            Says::Remaining => {
                or(&mut self.remaining, || count(item(text()?)));
                self.has_remaining |= self.remaining.is_some() || !field.is_blank(response.headers);
            }
            Says::Used => or(&mut self.used, || count(item(text()?))),
            Says::UsedOfLimit => self.read_used_of_limit(text()),
            Says::Reset => or(&mut self.reset, || {
                let unit = response.reset_unit(row);
                response.moments.reset(item(text()?), unit)
            }),
            Says::ResetAfter => or(&mut self.reset, || {
                let after = Moments::delay(item(text()?))?;
                Some(Stated { after, at: None })
            }),
            Says::Name => or(&mut self.name, || {
                Some(Text::from(std::str::from_utf8(text()?).ok()?))
            }),
            Says::Window => or(&mut self.window, || duration::window(text()?)),
            Says::WindowMillis => or(&mut self.window, || {
                duration::whole_seconds(Number::parse(text()?)?.millis()?)
            }),
            Says::Limit | Says::LimitList | Says::LimitOrWindow | Says::RetryAfter => {}
        }
    }

    fn read_limit_or_window(&mut self, text: Option<&[u8]>, is_blank: bool) {
        self.limit = text.and_then(limit::number);
        let period = text.and_then(duration::period);
        self.has_limit |= self.limit.is_some() || period.is_none() && !is_blank;
        or(&mut self.window, || period);
    }

    fn read_used_of_limit(&mut self, text: Option<&[u8]>) {
        let numbers = || {
            let text = text?;
            let slash = text.iter().position(|byte| *byte == b'/')?;
            Some((count(&text[..slash])?, count(&text[slash + 1..])?))
        };
        if let Some((used, limit)) = numbers() {
            or(&mut self.used, || Some(used));
            or(&mut self.limit, || Some(limit));
        }
    }

    fn policy(&mut self, row: &Row) -> Policy {
        let sum = || count_sum(self.used?, self.remaining?);
        let difference = || Some(self.limit?.saturating_sub(self.used?));
        Policy {
            name: row.name.map(Text::Static).or_else(|| self.name.take()),
            unit: row.unit.map(Text::Static),
            limit: if self.has_limit {
                self.limit
            } else {
                self.limit.or_else(sum)
            },
            remaining: if self.has_remaining {
                self.remaining
            } else {
                difference()
            },
            reset_after: self.reset.map(|reset| reset.after),
            reset_at: self.reset.and_then(|reset| reset.at),
            window: row.window.or(self.window),
            partition_key: None,
            dialect: row.dialect,
        }
    }
}

fn or<T>(known: &mut Option<T>, read: impl FnOnce() -> Option<T>) {
    if known.is_none() {
        *known = read();
    }
}

fn count(text: &[u8]) -> Option<u64> {
    Number::parse(text)?.count()
}

fn count_sum(a: u64, b: u64) -> Option<u64> {
    let sum = a.checked_add(b)?;
    i64::try_from(sum).is_ok().then_some(sum)
}

/// Without parameters: draft -06, section 2.3, has them ignored, and Docker sends them.
fn item(text: &[u8]) -> &[u8] {
    match text.iter().position(|byte| *byte == b';') {
        Some(end) => trim(&text[..end]),
        None => text,
    }
}
