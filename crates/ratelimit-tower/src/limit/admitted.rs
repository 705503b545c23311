//! What an admitted request takes along: headers to write, a permit to hold.

use std::time::Duration;

use http::Response;
use http_body::Body;
use ratelimit_core::{Decision, DecisionRef, Limiter, Permit};
use ratelimit_headers::Writer;

use super::PermitUntil;
use super::config::Config;
use super::response::ResponseBody;

/// What is to be done when the inner service has answered.
pub(super) struct Admitted<L: Limiter> {
    stamp: Option<Stamp>,
    permit: Option<Permit<L>>,
    until: PermitUntil,
    shadowed: bool,
}

/// What the headers will say.
struct Stamp {
    writer: Option<Writer>,
    decision: Decision,
    unix_now: Duration,
}

/// In the extensions of a response that [shadow mode](super::RateLimitLayer::with_shadow) let through
/// though the limiter refused it.
#[derive(Clone, Debug)]
pub struct Shadowed(pub Decision);

impl<L: Limiter> Admitted<L> {
    /// A request that no limit concerns.
    pub(super) fn nothing() -> Self {
        Self {
            stamp: None,
            permit: None,
            until: PermitUntil::Head,
            shadowed: false,
        }
    }

    #[inline]
    pub(super) fn by(
        config: &Config<L>,
        decision: DecisionRef<'_>,
        ticket: Option<L::Ticket>,
    ) -> Self {
        Self {
            stamp: config
                .writer
                .map(|writer| Stamp::new(config, Some(writer), decision)),
            permit: ticket.map(|ticket| Permit::new(config.limiter.clone(), ticket)),
            until: config.permit_until,
            shadowed: false,
        }
    }

    pub(super) fn in_shadow(config: &Config<L>, decision: DecisionRef<'_>) -> Self {
        Self {
            stamp: Some(Stamp::new(config, config.writer, decision)),
            permit: None,
            until: PermitUntil::Head,
            shadowed: true,
        }
    }

    /// Finishes the inner service's response.
    #[inline]
    pub(super) fn finish<B: Body>(self, mut response: Response<B>) -> Response<ResponseBody<B, L>> {
        if let Some(stamp) = self.stamp {
            if let Some(writer) = stamp.writer {
                let headers = response.headers_mut();
                super::emit::write(writer, headers, &stamp.decision, stamp.unix_now);
            }
            if self.shadowed {
                response.extensions_mut().insert(Shadowed(stamp.decision));
            }
        }
        let permit = match self.until {
            PermitUntil::Head => None,
            PermitUntil::Body => self.permit,
        };
        response.map(|body| ResponseBody::inner(body, permit))
    }
}

impl Stamp {
    fn new<L: Limiter>(
        config: &Config<L>,
        writer: Option<Writer>,
        decision: DecisionRef<'_>,
    ) -> Self {
        Self {
            writer,
            unix_now: config.limiter.unix(decision.now()),
            decision: decision.into_owned(),
        }
    }
}
