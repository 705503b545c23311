//! Where a request has its key, and who has which plan.

use ratelimit_core::KeySink;
use ratelimit_tower::Head;
use ratelimit_tower::limit::{RateLimitLayer, Tiers};

use http::header;

use super::super::{KeySource, PolicyFile};

impl PolicyFile {
    pub(super) fn finding_keys(&self, layer: RateLimitLayer) -> RateLimitLayer {
        let tiers = Tiers::new(layer.limiter().clone());
        for (key, plan) in &self.callers.keys {
            tiers.set(&**key, plan.clone());
        }
        let sources = self.callers.sources.clone();
        layer
            .with_tiers(tiers)
            .with_key(move |head: &Head<'_>, sink: &mut KeySink| {
                let key = key(&sources, head);
                key.map(|key| sink.text(key)).is_some()
            })
    }
}

/// The key in the first place where there is one. A credential that is there and cannot be used is not
/// looked past: the upstream might believe it, and another caller would be charged.
fn key<'h>(sources: &[KeySource], head: &Head<'h>) -> Option<&'h [u8]> {
    let name = |source: &KeySource| match source {
        KeySource::Bearer => header::AUTHORIZATION,
        KeySource::Header(name) => name.clone(),
    };
    let is_there = |source: &&KeySource| head.headers().contains_key(name(source));
    let source = sources.iter().find(is_there)?;
    let mut values = head.headers().get_all(name(source)).iter();
    let (value, None) = (values.next()?, values.next()) else {
        // Of two credentials the upstream might believe the one that was not charged.
        return None;
    };
    match source {
        KeySource::Bearer => head.bearer().map(str::as_bytes),
        KeySource::Header(_) => Some(value.as_bytes()).filter(|key| !key.is_empty()),
    }
}
