//! From a policy file to the layer that enforces it.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Response, header};
use ratelimit_core::{Algorithm, KeySink, Memory, MemoryBuilder, Plan, Policy};
use ratelimit_tower::limit::respond::{Empty, ErrorJson, ProblemJson, Refusal, Respond};
use ratelimit_tower::limit::{Also, Endpoint, RateLimitLayer};
use ratelimit_tower::{Head, key};

use super::file::BodyStyle;
use super::{KeySource, PolicyFile};

/// Entries of sliding logs that the store has room for, for each caller it remembers: most callers are
/// far from their limit.
const ENTRIES_PER_KEY: usize = 8;

/// For how many callers at the same time, in each shard of the store, the longest sliding log has
/// room in full even if the store is small; beyond it the store merges entries, on the safe side.
const FULL_LOGS: usize = 16 * 64;

impl PolicyFile {
    /// The layer that enforces the file, with its state in the memory that this builder makes. The
    /// builder's clock and hasher are kept, its sizes are the file's.
    pub fn layer(&self, memory: MemoryBuilder) -> RateLimitLayer<Memory> {
        // Callers that no rule gives a plan are refused, so this one binds nobody by itself; a file
        // without plans is refused when it is read.
        let base = self
            .plans
            .first()
            .expect("a policy file has a plan")
            .clone();
        let layer = RateLimitLayer::with_limiter(self.memory(memory), base)
            .with_anonymous(self.callers.anonymous.clone())
            .with_unknown(self.callers.unknown.clone())
            .with_headers(self.responses.dialects)
            .with_existing_headers(self.responses.existing)
            .with_retry_after_held(self.responses.held)
            .with_responder(self.responses.body)
            .with_shadow(self.shadow);
        self.skipping(
            self.binding_endpoints(
                self.binding_addresses(self.finding_keys(self.believing(layer))),
            ),
        )
    }

    fn memory(&self, memory: MemoryBuilder) -> Memory {
        let whole_logs = self.longest_log().saturating_mul(FULL_LOGS);
        let logs = self
            .store
            .capacity
            .saturating_mul(ENTRIES_PER_KEY)
            .max(whole_logs);
        memory
            .capacity(self.store.capacity)
            .policies_per_key(self.policies_per_key())
            .log_entries(logs)
            .when_full(self.store.when_full)
            .build()
    }

    /// At the most: a caller that uses all endpoints has a state for each.
    fn policies_per_key(&self) -> usize {
        let plans = self.plans.iter().map(|plan| plan.policies().len()).max();
        let endpoints = self.endpoints.iter().map(|e| e.plan.policies().len());
        plans.unwrap_or(1) + endpoints.sum::<usize>()
    }

    fn longest_log(&self) -> usize {
        let plans = self
            .plans
            .iter()
            .chain(self.endpoints.iter().map(|e| &e.plan));
        let logs = plans
            .flat_map(Plan::policies)
            .filter(|policy| policy.algorithm() == Algorithm::SlidingLog);
        logs.map(Policy::limit).max().unwrap_or(0) as usize
    }

    fn finding_keys(&self, layer: RateLimitLayer) -> RateLimitLayer {
        let Some(source) = self.callers.source.clone() else {
            return layer.with_key(|_: &Head<'_>, _: &mut KeySink| false);
        };
        let keys = Arc::new(self.callers.keys.clone());
        match source {
            KeySource::Bearer => layer
                .with_key(|head: &Head<'_>, sink: &mut KeySink| {
                    stands_once(head.headers()) && key::bearer(head, sink)
                })
                .with_plan(move |head: &Head<'_>| keys.get(head.bearer()?).cloned()),
            KeySource::Header(name) => layer
                .with_key(key::header(name.clone()))
                .with_plan(move |head: &Head<'_>| keys.get(head.header(name.as_str())?).cloned()),
        }
    }

    fn believing(&self, layer: RateLimitLayer) -> RateLimitLayer {
        match self.forwarded() {
            Some(forwarded) => layer.with_forwarded(forwarded.clone()),
            None => layer,
        }
    }

    fn binding_addresses(&self, layer: RateLimitLayer) -> RateLimitLayer {
        match &self.callers.also {
            Some(plan) => layer.with_also(Also::by_address(plan.clone())),
            None => layer,
        }
    }

    fn binding_endpoints(&self, layer: RateLimitLayer) -> RateLimitLayer {
        self.endpoints.iter().fold(layer, |layer, rule| {
            let mut endpoint = Endpoint::new(&rule.prefix, rule.plan.clone());
            if let Some(method) = &rule.method {
                endpoint = endpoint.with_method(method.clone());
            }
            if rule.instead {
                endpoint = endpoint.instead();
            }
            layer.with_endpoint(endpoint)
        })
    }

    fn skipping(&self, layer: RateLimitLayer) -> RateLimitLayer {
        if self.skip.is_empty() {
            return layer;
        }
        let skip = self.skip.clone();
        layer.with_skip(move |head: &Head<'_>| skip.iter().any(|path| path.is(head.path())))
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

/// Of two credentials the upstream might believe the one that was not charged.
fn stands_once(headers: &HeaderMap) -> bool {
    headers.get_all(header::AUTHORIZATION).iter().count() == 1
}
