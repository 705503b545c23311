//! What the observers of a throttle are told of one request. There is none of this without an observer.

use http::{HeaderMap, StatusCode};
use ratelimit_core::adapt::{Outlook, Verdict};
use ratelimit_core::wait::Gate;
use ratelimit_core::{Key, Timestamp};
use ratelimit_headers::{Policy, Reading, is_from_cache};
use tokio::time::Instant;

use super::error::Refused;
use super::layer::ThrottleLayer;
use super::translate::{id, verdict};
use crate::client::{Outgoing, stated_wait_of};
use crate::observe::{self, Event, Limit, authority};

/// Of more limits than this nobody is told.
const MOST: usize = 16;

/// One request, from its call to its answer. It holds nothing, and does nothing, if nobody looks on.
#[derive(Default)]
pub(super) struct Watch(Option<Box<Watched>>);

struct Watched {
    host: Option<Box<str>>,
    /// A fingerprint, for the warnings: it is told to nobody.
    key: Option<Key>,
    since: Instant,
}

/// The head of an answer.
pub(super) type Head<'a> = (StatusCode, &'a HeaderMap);

impl ThrottleLayer {
    pub(super) fn watch(&self, head: &Outgoing<'_>, key: Option<Key>) -> Watch {
        let is_watched = !self.config().observers.is_empty();
        Watch(is_watched.then(|| {
            Box::new(Watched {
                host: authority(head.host(), head.port()),
                key,
                since: Instant::now(),
            })
        }))
    }

    fn tell(&self, event: &Event<'_>) {
        self.config().observers.tell(event);
    }
}

impl Watch {
    /// It leaves now.
    pub(super) fn sent(&mut self, layer: &ThrottleLayer, gate: Option<&Gate>) {
        let Some(watched) = &mut self.0 else { return };
        let waited = watched.since.elapsed();
        watched.since = Instant::now();
        layer.tell(&Event::Sent(observe::Sent {
            host: watched.host(),
            waited,
            waiting: gate.map_or(0, Gate::waiting),
        }));
    }

    pub(super) fn not_sent(&self, layer: &ThrottleLayer, refused: &Refused) {
        let Some(watched) = &self.0 else { return };
        layer.tell(&Event::NotSent(observe::NotSent {
            host: watched.host(),
            reason: refused.reason(),
            retry_after: refused.retry_after(),
            waited: watched.since.elapsed(),
        }));
    }

    pub(super) fn failed(&self, layer: &ThrottleLayer) {
        let Some(watched) = &self.0 else { return };
        layer.tell(&Event::Failed(observe::Failed {
            host: watched.host(),
            took: watched.since.elapsed(),
        }));
    }

    /// Until when all are paused, for [`answered`](Self::answered).
    pub(super) fn pause(&self, gate: Option<&Gate>) -> Option<Timestamp> {
        self.0.as_ref().and(gate)?.paused_until()
    }

    /// The gate has learnt from the answer. Before that it was paused until `paused`.
    pub(super) fn answered(
        &self,
        layer: &ThrottleLayer,
        gate: Option<&Gate>,
        head: Head<'_>,
        paused: Option<Timestamp>,
    ) {
        if let Some(watched) = &self.0 {
            let reading = ratelimit_headers::read(head.1, layer.times().wall.now());
            watched.answered(layer, gate, head, &reading);
            watched.refused(layer, head, &reading);
            watched.paused(layer, gate, paused);
        }
    }
}

impl Watched {
    fn host(&self) -> Option<&str> {
        self.host.as_deref()
    }

    fn answered(
        &self,
        layer: &ThrottleLayer,
        gate: Option<&Gate>,
        head: Head<'_>,
        reading: &Reading,
    ) {
        let outlook = gate.map(Gate::outlook).unwrap_or_default();
        let policies = match is_from_cache(head.1) {
            true => &[],
            false => reading.policies(),
        };
        let policies = &policies[..policies.len().min(MOST)];
        let limits: Vec<_> = policies.iter().map(|p| limit(p, &outlook)).collect();
        layer.tell(&Event::Answered(observe::Answered {
            host: self.host(),
            status: head.0,
            took: self.since.elapsed(),
            limits: &limits,
        }));
        for (policy, limit) in policies.iter().zip(&limits) {
            self.low(layer, policy, limit);
        }
    }

    fn refused(&self, layer: &ThrottleLayer, (status, headers): Head<'_>, reading: &Reading) {
        if let Verdict::Refused { .. } = verdict(status, headers, reading) {
            layer.tell(&Event::Refused(observe::Refused {
                host: self.host(),
                retry_after: stated_wait_of(status, headers, reading),
            }));
        }
    }

    fn paused(&self, layer: &ThrottleLayer, gate: Option<&Gate>, before: Option<Timestamp>) {
        let Some(gate) = gate else { return };
        if let Some(until) = gate.paused_until().filter(|until| Some(*until) > before) {
            layer.tell(&Event::Paused(observe::Paused {
                host: self.host(),
                wait: until.saturating_since(gate.now()),
            }));
        }
    }

    fn low(&self, layer: &ThrottleLayer, policy: &Policy, limit: &Limit<'_>) {
        let (Some(key), Some(remaining), Some(whole)) = (self.key, limit.remaining, limit.limit)
        else {
            return;
        };
        if layer
            .config()
            .low
            .crosses((key, id(policy)), remaining, whole)
        {
            layer.tell(&Event::Low(observe::Low {
                host: self.host(),
                unit: limit.unit,
                name: limit.name,
                remaining,
                limit: whole,
                reset_after: limit.reset_after,
            }));
        }
    }
}

/// As the server states it, and what is known of it.
fn limit<'a>(policy: &'a Policy, outlook: &[Outlook]) -> Limit<'a> {
    let known = outlook.iter().find(|known| known.id == id(policy));
    Limit {
        unit: policy.unit().unwrap_or("requests"),
        name: policy.name(),
        limit: policy.limit(),
        remaining: policy.remaining(),
        reset_after: policy.reset_after(),
        window: policy.window(),
        shared: known.is_some_and(|known| known.shared),
        share: known.map_or(1.0, |known| known.share),
    }
}
