//! One limit in the fields of one family, beside what is already there.
//!
//! These fields state one limit, whichever of their forms they have. So either the side that is there stands or ours
//! does, whole: to take some fields of each would state a limit that nobody has.

use super::{Existing, digits};
use crate::read::read;
use crate::state::PolicyState;
use http::{HeaderMap, HeaderName, HeaderValue};
use std::time::SystemTime;

/// What one family is to say.
#[derive(Clone, Debug)]
pub(super) struct Family {
    /// Whatever speaks of this limit, ours and that of others.
    fields: &'static [HeaderName],
    /// Units left, by ours.
    remaining: u64,
    values: Vec<(HeaderName, HeaderValue)>,
}

impl Family {
    /// A family that says nothing yet of this policy.
    pub(super) const fn of(fields: &'static [HeaderName], policy: &PolicyState<'_>) -> Self {
        Self {
            fields,
            remaining: policy.remaining,
            values: Vec::new(),
        }
    }

    /// Adds a field.
    pub(super) fn with(mut self, name: &HeaderName, value: HeaderValue) -> Self {
        self.values.push((name.clone(), value));
        self
    }

    /// Adds a field with a number.
    pub(super) fn with_number(self, name: &HeaderName, number: u64) -> Self {
        self.with(name, digits::value(number))
    }

    pub(super) fn write(&self, headers: &mut HeaderMap, existing: Existing) {
        let is_there = self.fields.iter().any(|name| headers.contains_key(name));
        if is_there {
            if existing == Existing::Keep || self.is_undercut(headers) {
                return;
            }
            for name in self.fields {
                headers.remove(name);
            }
        }
        for (name, value) in &self.values {
            headers.insert(name.clone(), value.clone());
        }
    }

    /// Whether an inner statement, in whichever form of these fields, leaves no more than ours.
    fn is_undercut(&self, headers: &HeaderMap) -> bool {
        let mut inner = HeaderMap::new();
        for name in self.fields {
            for value in headers.get_all(name) {
                inner.append(name.clone(), value.clone());
            }
        }
        // The moment of reading concerns only the reset, which does not matter here.
        let reading = read(&inner, SystemTime::UNIX_EPOCH);
        reading.policies().iter().any(|policy| {
            policy.limit().is_some()
                && policy
                    .remaining()
                    .is_some_and(|left| left <= self.remaining)
        })
    }
}
