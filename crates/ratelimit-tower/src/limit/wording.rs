//! What a refused caller is told: what to do, and nothing about the inside.
//!
//! In pieces, because this is the path that an attacker is on: most of a wording never changes, and
//! to join it with a number or two costs a fraction of what formatting does.

use std::fmt;
use std::time::Duration;

use ratelimit_core::{Decision, Reason};
use ratelimit_headers::retry_after_seconds;

use super::Rejection;

/// A sentence or two with up to two numbers between the texts. Nothing in it needs escaping in JSON.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wording {
    texts: [&'static str; 3],
    numbers: [Option<u64>; 2],
}

/// Where the numbers of a wording are written.
#[derive(Default)]
pub(super) struct Digits([itoa::Buffer; 2]);

impl Wording {
    /// Without a response to go with it: what the decision says.
    pub(super) fn of(rejection: &Rejection) -> Self {
        let wait = rejection.decision().and_then(Decision::retry_after);
        Self::with_wait(rejection, wait)
    }

    /// As it goes with a response of this `Retry-After`, so that the two never say different things.
    pub(super) fn with_wait(rejection: &Rejection, wait: Option<Duration>) -> Self {
        match rejection {
            Rejection::Limited(decision) => Self::of_limit(decision, wait),
            Rejection::MissingKey => Self::plain("Missing API key."),
            Rejection::UnknownKey => Self::plain("Invalid API key."),
            Rejection::NoAddress => Self::plain(
                "The rate limiter does not know the peer's address. Set PeerAddr in the request's \
                 extensions, or tell the layer with_peer or with_anonymous.",
            ),
            Rejection::LookUp(_) | Rejection::Limiter(_) => {
                Self::plain("Rate limits cannot be checked at the moment. Please retry later.")
            }
        }
    }

    fn of_limit(decision: &Decision, wait: Option<Duration>) -> Self {
        let limit = || u64::from(decision.limit());
        match decision.reason() {
            Some(Reason::Concurrency) => Self::one(
                "Too many concurrent requests: ",
                limit(),
                " at a time are allowed. Please retry when one has ended.",
            ),
            Some(Reason::CostExceedsLimit) => Self {
                texts: [
                    "The request costs ",
                    ", more than the limit of ",
                    " can ever grant.",
                ],
                numbers: [Some(decision.cost().into()), Some(limit())],
            },
            Some(Reason::StoreFull) => {
                Self::plain("The rate limiter is overloaded. Please retry later.")
            }
            Some(Reason::Quota) => wait.map_or(Self::plain("Quota exceeded."), |wait| {
                Self::again("Quota exceeded. Please retry after ", wait)
            }),
            _ => wait.map_or(Self::plain("Rate limit exceeded."), |wait| {
                Self::again("Rate limit exceeded. Please retry after ", wait)
            }),
        }
    }

    fn again(before: &'static str, wait: Duration) -> Self {
        let seconds = retry_after_seconds(wait);
        let unit = if seconds == 1 {
            " second."
        } else {
            " seconds."
        };
        Self::one(before, seconds, unit)
    }

    const fn plain(text: &'static str) -> Self {
        Self {
            texts: [text, "", ""],
            numbers: [None, None],
        }
    }

    const fn one(before: &'static str, number: u64, after: &'static str) -> Self {
        Self {
            texts: [before, after, ""],
            numbers: [Some(number), None],
        }
    }

    /// The numbers: of a limit, all that the wording says beside the reason.
    pub(super) fn numbers(&self) -> [Option<u64>; 2] {
        self.numbers
    }

    /// All pieces in their order.
    pub(super) fn pieces<'d>(&self, digits: &'d mut Digits) -> [&'d str; 5] {
        let [a, b, c] = self.texts;
        let [first, second] = &mut digits.0;
        let first = self.numbers[0].map_or("", |number| first.format(number));
        let second = self.numbers[1].map_or("", |number| second.format(number));
        [a, first, b, second, c]
    }
}

impl fmt::Display for Wording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pieces(&mut Digits::default())
            .iter()
            .try_for_each(|piece| f.write_str(piece))
    }
}
