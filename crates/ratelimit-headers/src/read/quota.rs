//! The quotas of the early drafts: numbers with a window, `100;w=60`.
//!
//! `RateLimit-Policy` up to draft -07, and before that the rest of `RateLimit-Limit`. They have no names to be joined by
//! (Envoy gives some), so the limit in force is found by its size; and two quotas of one size are "invalid" (draft -06,
//! section 2.2), for nobody could tell which is meant.

use super::structured::{Members, NotOurs, integer, list, name};
use crate::dialect::Dialect;
use crate::few::Few;
use crate::policy::Policy;
use crate::text::Text;
use sfv::BareItemFromInput;
use std::time::Duration;

#[derive(Debug)]
pub(super) struct Quota {
    pub(super) size: u64,
    window: Option<u64>,
    name: Option<Text>,
}

/// All quotas of a list, in order; `None` if the field is to be ignored.
pub(super) fn parse(text: &[u8]) -> Option<Few<Quota>> {
    list(text, &Quotas)
}

/// Adds the policy, with what the quota of its size says, and before it the other quotas.
pub(super) fn join(mut policy: Policy, quotas: &mut [Quota], joined: &mut Few<Policy>) {
    let dialect = policy.dialect;
    for quota in distinct(quotas) {
        if Some(quota.size) == policy.limit {
            policy.name = policy.name.or_else(|| quota.name.clone());
            policy.window = quota.window().or(policy.window);
        } else {
            joined.push(quota.alone(dialect));
        }
    }
    if policy.says_something() {
        joined.push(policy);
    }
}

/// Nothing if two are of one size.
fn distinct(quotas: &mut [Quota]) -> &[Quota] {
    quotas.sort_unstable_by_key(|quota| quota.size);
    let repeats = quotas.windows(2).any(|two| two[0].size == two[1].size);
    if repeats { &[] } else { quotas }
}

impl Quota {
    pub(super) const fn has_window(&self) -> bool {
        self.window.is_some()
    }

    /// A window of 0 says nothing.
    fn window(&self) -> Option<Duration> {
        let seconds = self.window.filter(|window| *window > 0);
        seconds.map(Duration::from_secs)
    }

    fn alone(&self, dialect: Dialect) -> Policy {
        let mut policy = Policy::empty(dialect);
        policy.limit = Some(self.size);
        policy.window = self.window();
        policy.name = self.name.clone();
        policy
    }
}

struct Quotas;

/// A quota in the making; a parameter of the wrong type is `Some(Err)` until a later one replaces it.
struct Draft {
    size: u64,
    window: Option<Result<u64, NotOurs>>,
    name: Option<Result<Text, NotOurs>>,
}

impl<'de> Members<'de> for Quotas {
    type Draft = Draft;
    type Member = Quota;

    fn begin(&self, item: BareItemFromInput<'de>) -> Result<Draft, NotOurs> {
        Ok(Draft {
            size: integer(&item)?,
            window: None,
            name: None,
        })
    }

    fn parameter(&self, draft: &mut Draft, key: &str, value: BareItemFromInput<'de>) {
        match key {
            // Envoy, as it began, and draft-polli-ratelimit-headers say `window`.
            "w" | "window" => draft.window = Some(integer(&value)),
            "name" => draft.name = Some(name(value).map(|name| Text::from(&*name))),
            _ => {}
        }
    }

    fn finish(&self, draft: Draft) -> Result<Quota, NotOurs> {
        Ok(Quota {
            size: draft.size,
            window: draft.window.transpose()?,
            name: draft.name.transpose()?,
        })
    }
}
