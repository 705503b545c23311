//! From a policy file to the layer that enforces it.

mod keys;
mod meters;
mod words;

use ratelimit_core::{Algorithm, Memory, MemoryBuilder, Plan, Policy};
use ratelimit_tower::Head;
use ratelimit_tower::limit::{Also, Endpoint, RateLimitLayer};

use super::PolicyFile;

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
        self.layer_on(self.sized(memory).build())
    }

    /// The layer that enforces the file, with its state in this memory: to go on from what another file's
    /// layer counted there.
    pub fn layer_on(&self, memory: Memory) -> RateLimitLayer<Memory> {
        // Callers that no rule gives a plan are refused, so this one binds nobody by itself; a file
        // without plans is refused when it is read.
        let base = self
            .plans
            .first()
            .expect("a policy file has a plan")
            .clone();
        let layer = RateLimitLayer::with_limiter(memory, base)
            .with_anonymous(self.callers.anonymous.clone())
            .with_unknown(self.callers.unknown.clone())
            .with_headers(self.responses.dialects)
            .with_existing_headers(self.responses.existing)
            .with_retry_after_held(self.responses.held)
            .with_responder(self.responder())
            .with_shadow(self.shadow);
        let layer = self.finding_keys(self.believing(layer));
        let layer = self.binding_endpoints(self.binding_addresses(layer));
        self.skipping(self.metering(layer))
    }

    /// A memory of the sizes that the file asks for.
    pub fn sized(&self, memory: MemoryBuilder) -> MemoryBuilder {
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
            endpoint = match &rule.header {
                Some((name, Some(value))) => {
                    // What is no text was refused when the file was read.
                    endpoint.with_header(name.clone(), value.to_str().unwrap_or_default())
                }
                Some((name, None)) => endpoint.with_header_present(name.clone()),
                None => endpoint,
            };
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
