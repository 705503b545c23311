//! What was taken for a request, and how it ends when nobody holds it any more.

use std::sync::Arc;

use bytes::Buf;
use http::{HeaderMap, StatusCode};
use ratelimit_core::{DecisionRef, Limiter, Permit};

use super::account::{Account, Charges};
use crate::limit::PermitUntil;

/// What was taken for a request. Settled when it is dropped, as far as was known then.
pub(in crate::limit) struct Held<L: Limiter> {
    permit: Option<Permit<L>>,
    /// Absent where every charge stands.
    account: Option<(Arc<Charges>, Account)>,
    until: PermitUntil,
}

impl<L: Limiter> Held<L> {
    pub(in crate::limit) fn new(
        permit: Permit<L>,
        charges: Option<&Arc<Charges>>,
        decision: &DecisionRef<'_>,
        until: PermitUntil,
    ) -> Self {
        let account = |charges| (Arc::clone(charges), Account::new(charges, decision));
        Self {
            permit: Some(permit),
            account: charges.map(account),
            until,
        }
    }

    /// There is a response.
    pub(in crate::limit) fn answered(&mut self, status: StatusCode, headers: &HeaderMap) {
        if let Some((charges, account)) = &mut self.account {
            account.answered(charges, status, headers);
        }
    }

    /// Whether the body that follows the head keeps it.
    pub(in crate::limit) fn is_for_body(&self) -> bool {
        self.until == PermitUntil::Body
    }

    /// A piece of its body is about to be sent.
    pub(in crate::limit) fn saw(&mut self, data: &impl Buf) {
        if let Some((_, account)) = &mut self.account {
            account.saw(data);
        }
    }

    /// The whole body was sent.
    pub(in crate::limit) fn ended(&mut self) {
        if let Some((_, account)) = &mut self.account {
            account.ended();
        }
    }
}

impl<L: Limiter> Drop for Held<L> {
    fn drop(&mut self) {
        // Without an account the permit is dropped, which keeps the charge.
        if let (Some(permit), Some((_, account))) = (self.permit.take(), &self.account) {
            account.settle(permit);
        }
    }
}
