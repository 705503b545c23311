//! What the head of a response says about a charge.

use std::num::NonZeroU32;

use http::{HeaderMap, StatusCode};
use ratelimit_core::Outcome;

use super::field::Scanner;
use super::{Charge, Used, media};

/// What it says, and what is left to the body.
pub(super) enum Due {
    Now(Outcome),
    /// It is in the body.
    Field(Scanner),
    /// It is the body: so many bytes for each unit.
    Bytes(NonZeroU32),
}

impl Charge {
    pub(super) fn due(&self, status: StatusCode, headers: &HeaderMap) -> Due {
        match (self.failed, &self.used) {
            (Some(outcome), _) if !status.is_success() => Due::Now(outcome),
            (_, Used::Estimate) => Due::Now(Outcome::Keep),
            (_, Used::Rule(rule)) => Due::Now(rule(status, headers)),
            (_, Used::Bytes(size)) => Due::Bytes(*size),
            (_, Used::Field(path)) => match media::of_response(headers) {
                Some(media) => Due::Field(Scanner::new(path.clone(), media)),
                None => Due::Now(Outcome::Keep),
            },
        }
    }

    /// Whether it reads what the body says.
    pub(super) fn is_by_field(&self) -> bool {
        matches!(self.used, Used::Field(_))
    }

    /// Whether it cannot be settled before the body has ended.
    pub(super) fn is_by_body(&self) -> bool {
        matches!(self.used, Used::Field(_) | Used::Bytes(_))
    }
}
