//! `RateLimit` and `RateLimit-Policy`, in each of the shapes that they have had.
//!
//! Lists of named items since draft-ietf-httpapi-ratelimit-headers-08; a dictionary and a list of quotas in -07; in -04
//! to -06 that list alone. Strict in syntax and types, lenient in what may be missing: a field that does not parse, or
//! in which a parameter that the draft defines has the wrong type or range, is ignored whole; a parameter that is
//! missing is unknown, and parameters that the draft does not define are comments.

use super::dictionary::{self, Counters};
use super::field::Field;
use super::join::join;
use super::member::{self, Member, Params};
use super::places::Place;
use super::quota::{self, Quota};
use super::response::Response;
use crate::dialect::Dialect;
use crate::few::Few;
use crate::policy::Policy;
use std::borrow::Cow;

/// `RateLimit` (draft -10, section 4.1).
pub(crate) const COUNTERS: Params<'_> = Params {
    count: "r",
    seconds: "t",
    unit: None,
    partition_key: "pk",
    aliases: &[],
};

/// `RateLimit-Policy` (draft -10, section 3.1).
pub(crate) const POLICIES: Params<'_> = Params {
    count: "q",
    seconds: "w",
    unit: Some("qu"),
    partition_key: "pk",
    aliases: &[],
};

/// The values of both fields, empty if absent.
pub(super) struct Fields<'h> {
    counters: Cow<'h, [u8]>,
    policies: Cow<'h, [u8]>,
}

impl<'h> Fields<'h> {
    pub(super) fn new(fields: &[Field<'h>], response: &Response<'h>) -> Self {
        let value = |place| {
            let field = fields.iter().find(|field| field.place == place);
            field.map(|field| field.joined(response.headers))
        };
        Fields {
            counters: value(Place::Counters).unwrap_or_default(),
            policies: value(Place::Policies).unwrap_or_default(),
        }
    }

    /// Adds what the drafts -07 and later say; nothing if neither field is readable as such.
    pub(super) fn add_policies(&self, response: &Response<'_>, policies: &mut Few<Policy>) {
        let quotas = || members(&self.policies, &POLICIES);
        match dictionary::parse(&self.counters) {
            Some(Ok(counters)) => {
                let policy = policy(&counters, response);
                quota::join(policy, self.quotas().as_mut_slice(), policies);
            }
            // One field does not spoil the other: `RateLimit-Policy` may still be a list of names.
            Some(Err(_)) => join(&[], quotas().as_slice(), policies),
            None => {
                let counters = members(&self.counters, &response.reader.counters());
                join(counters.as_slice(), quotas().as_slice(), policies);
            }
        }
    }

    /// `RateLimit-Policy` as the drafts -04 to -07 have it.
    pub(super) fn quotas(&self) -> Few<Quota> {
        quota::parse(&self.policies).unwrap_or_default()
    }
}

/// The members of a list; none if it is blank or to be ignored.
pub(crate) fn members<'a>(text: &'a [u8], params: &Params<'_>) -> Few<Member<'a>> {
    member::parse(text, params).unwrap_or_default()
}

fn policy(counters: &Counters, response: &Response<'_>) -> Policy {
    let mut policy = Policy::empty(Dialect::Ietf07);
    policy.limit = counters.limit;
    policy.remaining = counters.remaining;
    let reset = counters.reset;
    policy.set_reset(reset.and_then(|reset| response.moments.by_size(reset)));
    policy
}
