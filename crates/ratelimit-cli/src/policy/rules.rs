//! What a file says, checked: the parts of a [`PolicyFile`](super::PolicyFile).

use std::collections::HashMap;
use std::time::Duration;

use http::{HeaderName, HeaderValue, Method};
use ratelimit_core::{Plan, WhenFull};
use ratelimit_headers::{Dialects, Existing};
use ratelimit_tower::limit::respond::Template;
use ratelimit_tower::limit::{Anonymous, Charge};

use super::SkipPath;
use super::file::BodyStyle;

pub(super) struct Callers {
    /// Where a request has its key: the first of these that is there. Empty: callers have none.
    pub(super) sources: Vec<KeySource>,
    pub(super) keys: HashMap<Box<str>, Plan>,
    pub(super) anonymous: Anonymous,
    pub(super) unknown: Anonymous,
    /// What binds the address of each request as well.
    pub(super) also: Option<Plan>,
}

/// Where a request carries its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum KeySource {
    Bearer,
    Header(HeaderName),
}

pub(super) struct EndpointRule {
    pub(super) prefix: String,
    pub(super) method: Option<Method>,
    pub(super) header: Option<(HeaderName, Option<HeaderValue>)>,
    pub(super) plan: Plan,
    pub(super) instead: bool,
}

pub(super) struct Responses {
    pub(super) dialects: Dialects,
    pub(super) existing: Existing,
    pub(super) body: BodyStyle,
    pub(super) held: Duration,
    pub(super) grpc: bool,
    pub(super) set: Vec<(HeaderName, HeaderValue)>,
}

/// What refused callers are told, where it is not what the body's style says.
pub(super) struct Refusals {
    pub(super) rate: Option<Template>,
    pub(super) quota: Option<Template>,
    pub(super) concurrency: Option<Template>,
    pub(super) cost: Option<Template>,
    pub(super) key: Option<Template>,
}

/// What requests cost in a unit.
pub(super) struct MeterRule {
    pub(super) unit: Option<String>,
    pub(super) cost: u32,
    /// Where; `None` is everywhere.
    pub(super) on: Option<Vec<(Option<Method>, String)>>,
    /// As the file words it, and what that means; what was taken stands unless it is there.
    pub(super) charge: Option<(String, Charge)>,
}

/// Where callers are told what they have used.
pub(crate) struct UsageRoute {
    /// The JSON of the caller.
    pub(crate) path: SkipPath,
    /// A page for people, that shows it.
    pub(crate) page: Option<SkipPath>,
}

pub(super) struct Store {
    pub(super) capacity: usize,
    pub(super) when_full: WhenFull,
}
