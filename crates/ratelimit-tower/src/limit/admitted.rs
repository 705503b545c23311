//! What an admitted request takes along: headers to write, and what it holds.
//!
//! It is kept small, because it is moved as often as the future of the response is.

use std::sync::Arc;

use http::Response;
use http_body::Body;
use ratelimit_core::{DecisionRef, Limiter, Permit};
use ratelimit_headers::Statement;

use super::PermitUntil;
use super::charge::{Charges, Held};
use super::config::Config;
use super::rejection::Rejection;
use super::response::ResponseBody;

/// What is to be done when the inner service has answered.
pub(super) struct Admitted<L: Limiter> {
    statement: Option<Statement>,
    held: Option<Held<L>>,
    charges: Option<Arc<Charges>>,
    until: PermitUntil,
    shadowed: Option<Box<Rejection>>,
}

/// In the extensions of a response that [shadow mode](super::RateLimitLayer::with_shadow) let through
/// though it would have been refused.
#[derive(Clone, Debug)]
pub struct Shadowed(pub Rejection);

impl<L: Limiter> Admitted<L> {
    /// A request that no limit concerns.
    #[inline]
    pub(super) fn nothing() -> Self {
        Self {
            statement: None,
            held: None,
            charges: None,
            until: PermitUntil::Head,
            shadowed: None,
        }
    }

    #[inline]
    pub(super) fn by(
        config: &Config<L>,
        decision: &DecisionRef<'_>,
        ticket: Option<L::Ticket>,
    ) -> Self {
        Self::with(config, decision, config.statement(decision), ticket)
    }

    #[inline(always)]
    pub(super) fn with(
        config: &Config<L>,
        decision: &DecisionRef<'_>,
        statement: Option<Statement>,
        ticket: Option<L::Ticket>,
    ) -> Self {
        let permit = ticket.map(|ticket| Permit::new(config.limiter.clone(), ticket));
        Self {
            statement,
            held: permit.map(|permit| Held::new(permit, config.charges.as_deref(), decision)),
            charges: config.charges.clone(),
            until: config.permit_until,
            shadowed: None,
        }
    }

    /// A request that would have been refused.
    #[cold]
    pub(super) fn in_shadow(config: &Config<L>, rejection: Rejection) -> Self {
        Self {
            statement: rejection.decision().and_then(|d| config.statement(d)),
            shadowed: Some(Box::new(rejection)),
            ..Self::nothing()
        }
    }

    /// Finishes the inner service's response. Takes what it needs in place: the whole of it is larger
    /// than what is there in most cases.
    #[inline]
    pub(super) fn finish<B: Body>(
        &mut self,
        mut response: Response<B>,
    ) -> Response<ResponseBody<B, L>> {
        if let (Some(held), Some(charges)) = (&mut self.held, self.charges.take()) {
            held.answered(&charges, response.status(), response.headers());
        }
        if let Some(statement) = &self.statement {
            super::emit::write(statement, &mut response);
            self.statement = None;
        }
        if let Some(rejection) = self.shadowed.take() {
            response.extensions_mut().insert(Shadowed(*rejection));
        }
        if self.until == PermitUntil::Head {
            self.held = None;
        }
        let held = self.held.take();
        response.map(|body| ResponseBody::inner(body, held))
    }
}
