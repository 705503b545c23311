//! What refused callers are told.

use bytes::Bytes;
use http::Response;
use ratelimit_tower::Head;
use ratelimit_tower::limit::respond::{
    ByReason, Empty, ErrorJson, Grpc, ProblemJson, Refusal, Respond,
};

use super::super::PolicyFile;
use super::super::file::BodyStyle;

impl PolicyFile {
    pub(super) fn responder(&self) -> impl Respond + use<> {
        let refusals = &self.refusals;
        let mut words = ByReason::new().or(self.responses.body);
        if let Some(template) = refusals.rate.clone() {
            words = words.rate(template);
        }
        if let Some(template) = refusals.quota.clone() {
            words = words.quota(template);
        }
        if let Some(template) = refusals.concurrency.clone() {
            words = words.concurrency(template);
        }
        if let Some(template) = refusals.cost.clone() {
            words = words.cost(template);
        }
        if let Some(template) = refusals.key.clone() {
            words = words.unauthorized(template);
        }
        Words {
            grpc: self.responses.grpc.then(|| Grpc::or(words.clone())),
            words,
        }
    }
}

struct Words {
    grpc: Option<Grpc<ByReason>>,
    words: ByReason,
}

impl Respond for Words {
    fn respond(&self, head: &Head<'_>, refusal: &Refusal<'_>) -> Response<Bytes> {
        match &self.grpc {
            Some(grpc) => grpc.respond(head, refusal),
            None => self.words.respond(head, refusal),
        }
    }
}

impl Respond for BodyStyle {
    fn respond(&self, head: &Head<'_>, refusal: &Refusal<'_>) -> Response<Bytes> {
        match self {
            Self::ErrorJson => ErrorJson.respond(head, refusal),
            Self::Problem => ProblemJson.respond(head, refusal),
            Self::Empty => Empty.respond(head, refusal),
        }
    }
}
