//! One limit in the fields of one family, beside what is already there.
//!
//! These fields state one limit, whichever of their forms they have. So either the side that is there stands or ours
//! does, whole: to take some fields of each would state a limit that nobody has.

use super::tighter::{Tighter, is_tighter};
use super::{Existing, digits};
use crate::dialect::Dialect;
use crate::read::scope::Scope;
use http::{HeaderMap, HeaderName, HeaderValue};

/// What one family is to say.
#[derive(Clone, Debug)]
pub(super) struct Family {
    /// Whatever speaks of this limit, ours and that of others.
    scope: Scope,
    /// As what it is read.
    dialect: Dialect,
    /// Units left, by ours.
    remaining: u64,
    values: Vec<(HeaderName, HeaderValue)>,
}

impl Family {
    /// A family that says nothing yet of a policy with so many units left.
    pub(super) const fn of(scope: Scope, dialect: Dialect, remaining: u64) -> Self {
        Self {
            scope,
            dialect,
            remaining,
            values: Vec::new(),
        }
    }

    /// Adds a field.
    pub(super) fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.values.push((name, value));
        self
    }

    /// Adds a field with a number.
    pub(super) fn with_number(self, name: HeaderName, number: u64) -> Self {
        self.with(name, digits::value(number))
    }

    /// Writes it where nothing of it is there.
    pub(super) fn put(&self, headers: &mut HeaderMap) {
        for (name, value) in &self.values {
            put(headers, name.clone(), value.clone());
        }
    }

    pub(super) fn write_beside(
        &self,
        headers: &mut HeaderMap,
        existing: Existing,
        tighter: Tighter,
    ) {
        if !tighter.is_seen_beside(self.dialect) {
            return;
        }
        if self.scope.is_in(headers) {
            if existing == Existing::Keep || self.is_undercut(headers) {
                return;
            }
            self.scope.remove(headers);
        }
        self.put(headers);
    }

    /// Whether an inner statement, in whichever form of these fields, leaves no more than ours.
    fn is_undercut(&self, headers: &HeaderMap) -> bool {
        let inner = self.scope.read(headers);
        let mut inner = inner.as_slice().iter();
        inner.any(|policy| is_tighter(policy, self.remaining))
    }
}

/// Sets a field. A map holds 24,576 of them: one that is full stays without it.
#[inline]
pub(super) fn put(headers: &mut HeaderMap, name: HeaderName, value: HeaderValue) {
    let _ = headers.try_insert(name, value);
}
