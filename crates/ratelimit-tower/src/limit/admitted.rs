//! What an admitted request takes along: headers to write, and what it holds.
//!
//! It is kept small, because it is moved as often as the future of the response is.

use http::Response;
use http_body::Body;
use ratelimit_core::{DecisionRef, Limiter, Permit};
use ratelimit_headers::Statement;

use super::charge::Held;
use super::config::Config;
use super::rejection::Rejection;
use super::response::ResponseBody;

/// What is to be done when the inner service has answered. In boxes what few requests have.
pub(super) struct Admitted<L: Limiter> {
    statement: Option<Statement>,
    held: Option<Box<Held<L>>>,
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
            shadowed: None,
        }
    }

    /// A request that took nothing along but what is to be stated.
    #[inline(always)]
    pub(super) fn stated(statement: Statement) -> Self {
        Self {
            statement: Some(statement),
            ..Self::nothing()
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
        let held = |ticket| {
            let permit = Permit::new(config.limiter.clone(), ticket);
            let (charges, until) = (config.charges.as_ref(), config.permit_until);
            Box::new(Held::new(permit, charges, decision, until))
        };
        Self {
            statement,
            held: ticket.map(held),
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
        if let Some(held) = &mut self.held {
            held.answered(response.status(), response.headers());
        }
        if let Some(statement) = &self.statement {
            super::emit::write(statement, &mut response);
            self.statement = None;
        }
        if let Some(rejection) = self.shadowed.take() {
            response.extensions_mut().insert(Shadowed(*rejection));
        }
        let held = self.held.take().filter(|held| held.is_for_body());
        response.map(|body| ResponseBody::inner(body, held))
    }
}
