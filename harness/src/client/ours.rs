//! The client of this stack: retries around the throttle.

use ratelimit_core::wait::Priority;
use ratelimit_core::{Plan, Policy, Quota};
use ratelimit_tower::client::Outgoing;
use ratelimit_tower::retry::{Retry, RetryLayer};
use ratelimit_tower::throttle::{self, Throttle, ThrottleLayer};
use tower::{Layer, ServiceExt};

use super::{COST, Client, URGENT, is_good, request};
use crate::item::Item;
use crate::server::{ACTUAL_COST, Server, Slow};
use crate::setup::{Costs, Pace, Setup};

/// What is measured: the layers as a user has them.
#[derive(Clone, Debug)]
pub struct Ours(Stack);

/// The same with a quota that was configured, and nothing else: what there was before.
#[derive(Clone, Debug)]
pub struct Static(Stack);

type Stack = Retry<Throttle<Server>>;

impl Client for Ours {
    fn new(server: Server) -> Self {
        let setup = server.shared().setup();
        Self(stack(subject(setup), server))
    }

    async fn get(&self, item: Item) -> bool {
        send(&self.0, item).await
    }
}

impl Client for Static {
    fn new(server: Server) -> Self {
        let setup = server.shared().setup();
        Self(stack(ThrottleLayer::new(plan(setup)), server))
    }

    async fn get(&self, item: Item) -> bool {
        send(&self.0, item).await
    }
}

/// The layer under test.
fn subject(setup: &Setup) -> ThrottleLayer {
    let layer = ThrottleLayer::adaptive().with_pace(match setup.pace {
        Pace::Even => throttle::Pace::Even,
        Pace::Eager => throttle::Pace::Eager,
    });
    match setup.configured {
        true => layer.with_plan(plan(setup)),
        false => layer,
    }
}

fn plan(setup: &Setup) -> Plan {
    let minute = Policy::sliding_log("minute", Quota::per_minute(setup.limit));
    minute.try_into().expect("one policy with a short name")
}

fn stack(layer: ThrottleLayer, server: Server) -> Stack {
    let shared = server.shared();
    let (wall, setup) = (shared.line().wall(shared.setup().skew), shared.setup());
    let mut layer = layer.with_wall_clock(wall);
    if setup.costs != Costs::One {
        layer = layer.with_cost(cost);
    }
    if setup.costs == Costs::TruedUp {
        layer = layer.with_actual_cost(|_, headers| {
            let actual = headers.get(ACTUAL_COST)?;
            actual.to_str().ok()?.parse().ok()
        });
    }
    if let Some(cap) = setup.cap {
        layer = layer.with_concurrency(cap);
    }
    if setup.urgent {
        layer = layer.with_priority(|request| match request.headers().contains_key(URGENT) {
            true => Priority::URGENT,
            false => Priority::NORMAL,
        });
    }
    let retry = RetryLayer::new().with_wall_clock(wall);
    retry.layer(layer.layer(server))
}

fn cost(request: &Outgoing<'_>) -> u32 {
    let value = request.headers().get(COST);
    let text = value.and_then(|value| value.to_str().ok());
    text.and_then(|text| text.parse().ok()).unwrap_or(1)
}

async fn send(stack: &Stack, item: Item) -> bool {
    match stack.clone().oneshot(request(item)).await {
        Ok(response) => {
            let status = response.status();
            read(response.into_body()).await;
            is_good(status)
        }
        Err(_) => false,
    }
}

/// Reads a body to its end.
async fn read(body: impl http_body::Body<Data = bytes::Bytes>) {
    let mut body = std::pin::pin!(body);
    while std::future::poll_fn(|cx| body.as_mut().poll_frame(cx))
        .await
        .is_some()
    {}
}

/// For clients without layers.
pub(super) async fn read_slow(body: Slow) {
    read(body).await;
}
