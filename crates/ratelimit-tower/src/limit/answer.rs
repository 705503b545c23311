//! The whole answer to a refused request.
//!
//! The danger is in a contradiction: body, `Retry-After` and limit headers speak of one wait, so all are made of one
//! decision, and the longest of what must be said is said everywhere.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, header};
use ratelimit_core::{DecisionRef, Limiter, PolicyStatus};
use ratelimit_headers::{Statement, Writer};

use super::config::Config;
use super::rejection::Rejection;
use super::respond::Refusal;
use super::spare;
use crate::head::Head;

/// What the answer to a rejection says about waiting and about limits.
struct Told {
    statement: Option<Statement>,
    wait: Option<Duration>,
    unix_now: Option<Duration>,
}

impl<L: Limiter> Config<L> {
    /// The answer to this request, whose fields and extensions may be gone afterwards.
    pub(super) fn refuse<B>(
        &self,
        request: &mut Request<B>,
        rejection: Rejection,
    ) -> Response<Bytes> {
        let mut response = self.worded(&Head::new(request, &self.addresses), &rejection);
        spare::keep(request);
        let extensions = response.extensions_mut();
        if extensions.is_empty() {
            *extensions = spare::extensions(request);
        }
        extensions.insert(rejection);
        response
    }

    /// The same, of a request whose head is still needed.
    pub(super) fn answer(&self, head: &Head<'_>, rejection: Rejection) -> Response<Bytes> {
        let mut response = self.worded(head, &rejection);
        response.extensions_mut().insert(rejection);
        response
    }

    /// Status, headers and body.
    fn worded(&self, head: &Head<'_>, rejection: &Rejection) -> Response<Bytes> {
        let told = self.told(rejection);
        let refusal = Refusal::of(rejection, told.wait, told.unix_now);
        let mut response = self.responder.respond(head, &refusal);
        self.state(told, rejection, &mut response);
        response
    }

    fn told(&self, rejection: &Rejection) -> Told {
        let decision = rejection.decision();
        let statement = decision.and_then(|decision| self.statement_of(decision, refused_by));
        let wait = rejection.retry_after(self.retry_after_held);
        Told {
            // The body is to say what the headers do, and those may have to say more.
            wait: wait.map(|wait| statement.as_ref().map_or(wait, |s| s.wait(wait))),
            statement,
            unix_now: decision.map(|decision| self.limiter.unix(decision.now())),
        }
    }

    /// States in the headers what the body was told.
    fn state(&self, mut told: Told, rejection: &Rejection, response: &mut Response<Bytes>) {
        if response.status() == StatusCode::PAYMENT_REQUIRED {
            // What a 402 is about is cured by money: to come again for nothing would be no better advice later. And a
            // budget that is used up is no limit on requests.
            told.wait = None;
            told.statement = rejection.decision().and_then(|d| self.statement(d));
        }
        let headers = response.headers_mut();
        if headers.capacity() == 0 {
            *headers = spare::headers();
        }
        match (told.statement, told.wait) {
            (Some(statement), Some(wait)) => statement.write_refusal(headers, wait),
            (Some(statement), None) => statement.write_limits(headers),
            (None, Some(wait)) => Writer::new(self.dialects).write_retry_after(headers, wait),
            (None, None) => {}
        }
        if response.status() == StatusCode::UNAUTHORIZED {
            challenge(response);
        }
    }
}

/// RFC 9110, section 15.5.2: a 401 must say how to authenticate. A responder may have.
fn challenge(response: &mut Response<Bytes>) {
    let headers = response.headers_mut();
    headers
        .entry(header::WWW_AUTHENTICATE)
        .or_insert_with(|| HeaderValue::from_static("Bearer"));
}

/// What the headers that can show one policy show of a refusal: the rate that binds, if one does.
fn refused_by<'d>(decision: &'d DecisionRef<'_>) -> PolicyStatus<'d> {
    let binding = decision.binding();
    match binding.policy().is_concurrency() {
        true => decision.tightest(),
        false => binding,
    }
}
