//! One policy of a plan: a quota that is counted in some way, or a cap on concurrency.

use std::error::Error as _;

use ratelimit_core::{ParseQuotaError, Policy, Quota};
use toml::Spanned;

use super::super::error::Found;
use super::super::file::{self, Word};
use super::{Checker, calendar};

impl Checker<'_> {
    /// A policy, if it makes sense.
    pub(super) fn policy(&mut self, raw: &file::Policy) -> Option<Policy> {
        let policy = match (&raw.quota, &raw.concurrency) {
            (Some(quota), None) => self.rate(raw, quota)?,
            (None, Some(cap)) => self.cap(raw, cap)?,
            (found, _) => {
                let message = match found {
                    Some(_) => "a policy is a quota or a cap on concurrency, not both",
                    None => "a policy needs a quota, or a cap on concurrency",
                };
                let hint = "write `quota = \"60/1m\"` or `concurrency = 10`; a plan may have both \
                            as two policies";
                self.wrong(raw.name.span().start, message, hint);
                return None;
            }
        };
        Some(match &raw.unit {
            Some(unit) => {
                self.warn_of_unit(unit);
                policy.with_unit(unit.get_ref().clone())
            }
            None => policy,
        })
    }

    fn rate(&mut self, raw: &file::Policy, quota: &Word) -> Option<Policy> {
        let name = raw.name.get_ref().clone();
        let text = quota.get_ref();
        if let Some(split) = calendar::split(text) {
            return self.by_calendar(raw, quota, split);
        }
        let parsed: Quota = match text.parse() {
            Ok(quota) => quota,
            Err(error) => {
                self.bad_quota(quota, &error);
                return None;
            }
        };
        self.no_calendar(raw);
        Some(match raw.algorithm.as_ref().map(Spanned::get_ref) {
            None | Some(file::Algorithm::Gcra) => Policy::gcra(name, parsed),
            Some(file::Algorithm::SlidingLog) => Policy::sliding_log(name, parsed),
            Some(file::Algorithm::SlidingCounter) => Policy::sliding_counter(name, parsed),
            Some(file::Algorithm::FixedWindow) => Policy::fixed_window(name, parsed),
        })
    }

    fn bad_quota(&mut self, quota: &Word, error: &ParseQuotaError) {
        let position = error.position();
        // The column says where.
        let message = error.to_string();
        let message = message.replace(&format!(" (at byte {position})"), "");
        let message = message.replace(&format!(" at byte {position}"), "");
        let at = self.inside(&quota.span(), quota.get_ref(), position);
        let found = Found::new(at, message);
        // A number that is out of range says so; what is no quota at all needs the grammar.
        self.found.push(match error.source() {
            Some(_) => found,
            None => found.hint(
                "write LIMIT/WINDOW, as in `120/1m` or `120/min` for 120 a minute; the units are ms, s, m, h and d, or second, minute and hour, and `day` and `month` by the calendar",
            ),
        });
    }

    fn cap(&mut self, raw: &file::Policy, cap: &Spanned<i64>) -> Option<Policy> {
        if let Some(algorithm) = &raw.algorithm {
            let message = "a cap on concurrency has no algorithm";
            self.wrong(algorithm.span().start, message, "leave `algorithm` out");
            return None;
        }
        self.no_calendar(raw);
        let cap = self.count(cap, "a cap on concurrency")?;
        Some(Policy::concurrency(raw.name.get_ref().clone(), cap))
    }
}
