//! An adaptive layer and a real limiter, in virtual time: nobody is refused, and next to nothing is lost.

mod client;

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::task::{Context, Poll};
use std::time::Duration;

use client::{Body, answer, get};
use http::{Request, Response};
use ratelimit_core::{Clock, Direct, Plan, Policy, Quota, Timestamp};
use ratelimit_headers::{PolicyState, Writer, write_date, write_retry_after};
use ratelimit_tower::retry::RetryLayer;
use ratelimit_tower::throttle::{Pace, ThrottleLayer};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};
use tower::{Service, ServiceBuilder, ServiceExt, service_fn};

/// Far enough from the beginning of the line for windows that began before it, and a whole minute.
const START: Timestamp = Timestamp::from_nanos(1_200_000_000_000_000_000);

/// The server's clock: tokio's, and a wall clock of its own.
struct ServerClock(Instant);

impl Clock for ServerClock {
    fn now(&self) -> Timestamp {
        START.saturating_add(self.0.elapsed())
    }

    fn unix(&self, at: Timestamp) -> Duration {
        Duration::from_secs(1_772_452_800) + at.saturating_since(START)
    }
}

#[derive(Clone)]
struct Limited {
    limiter: Direct,
    clock: Arc<ServerClock>,
    counts: Arc<[AtomicU32; 2]>,
}

impl Limited {
    fn new(policy: Policy) -> Self {
        let start = Instant::now();
        let plan = Plan::try_from(policy).expect("one policy is a plan");
        Self {
            limiter: Direct::with_clock(plan, ServerClock(start)),
            clock: Arc::new(ServerClock(start)),
            counts: Arc::default(),
        }
    }

    fn served(&self) -> u32 {
        self.counts[0].load(Relaxed)
    }

    fn refused(&self) -> u32 {
        self.counts[1].load(Relaxed)
    }

    fn respond(&self) -> Response<Body> {
        let decision = self.limiter.check(1);
        let refused = !decision.is_allowed();
        self.counts[usize::from(refused)].fetch_add(1, Relaxed);
        let mut response = answer(if refused { 429 } else { 200 }, &[]);
        let now = self.clock.unix(self.clock.now());
        let status = decision.binding();
        let mut state = PolicyState::new(
            "minute",
            status.limit().into(),
            status.remaining(),
            Duration::from_secs(60),
        )
        .with_reset_after(status.reset_after());
        if let Some(next) = status.next_after() {
            state = state.with_next_after(next);
        }
        let headers = response.headers_mut();
        Writer::default().write(headers, &state, [state].into_iter(), now);
        write_date(headers, now);
        if let Some(wait) = decision.retry_after().filter(|_| refused) {
            write_retry_after(headers, wait);
        }
        response
    }
}

impl Service<Request<()>> for Limited {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<()>) -> Self::Future {
        let server = self.clone();
        Box::pin(async move {
            sleep(Duration::from_millis(fastrand::u64(20..80))).await;
            let response = server.respond();
            sleep(Duration::from_millis(fastrand::u64(20..80))).await;
            Ok(response)
        })
    }
}

/// Twenty workers, for so long.
async fn work(server: &Limited, pace: Pace, minutes: u64) {
    fastrand::seed(7);
    let service = ServiceBuilder::new()
        .layer(RetryLayer::new())
        .layer(ThrottleLayer::adaptive().with_pace(pace))
        .service(server.clone());
    let mut workers = JoinSet::new();
    for _ in 0..20 {
        let service = service.clone();
        workers.spawn(async move {
            loop {
                let response = service.clone().oneshot(get("/")).await;
                let response = response.expect("the server answers");
                assert_eq!(response.status(), 200);
            }
        });
    }
    sleep(Duration::from_secs(60 * minutes)).await;
}

fn quota() -> Quota {
    Quota::per_minute(240)
}

#[track_caller]
fn assert_used(server: &Limited, most: u32) {
    assert_eq!(server.refused(), 0, "of {}", server.served());
    assert!(
        server.served() >= most * 9 / 10,
        "{} of {most}",
        server.served()
    );
}

#[tokio::test(start_paused = true)]
async fn a_token_bucket_refuses_nobody() {
    let server = Limited::new(Policy::gcra("minute", quota()));
    work(&server, Pace::Even, 5).await;
    assert_used(&server, 240 * 6);
}

#[tokio::test(start_paused = true)]
async fn a_fixed_window_refuses_nobody() {
    let server = Limited::new(Policy::fixed_window("minute", quota()));
    work(&server, Pace::Eager, 5).await;
    assert_used(&server, 240 * 5);
}

#[tokio::test(start_paused = true)]
async fn a_sliding_log_refuses_nobody() {
    let server = Limited::new(Policy::sliding_log("minute", quota()));
    work(&server, Pace::Even, 5).await;
    assert_used(&server, 240 * 5);
}

/// Ten workers for each of two paths of one host, whose limits have no names: 60 and 600 a minute.
async fn two_paths(layer: ThrottleLayer) -> [Limited; 2] {
    fastrand::seed(7);
    let window = |quota| Limited::new(Policy::fixed_window("minute", quota));
    let servers = [60, 600].map(|limit| window(Quota::per_minute(limit)));
    let [few, many] = servers.clone();
    let service = ServiceBuilder::new()
        .layer(RetryLayer::new())
        .layer(layer.with_pace(Pace::Eager))
        .service(service_fn(move |request: Request<()>| {
            let server = if request.uri().path().starts_with("/reports/") {
                &few
            } else {
                &many
            };
            server.clone().call(request)
        }));
    let mut workers = JoinSet::new();
    for n in 0..20 {
        let (service, path) = (service.clone(), ["/reports/1", "/items/1"][n % 2]);
        workers.spawn(async move {
            loop {
                let response = service.clone().oneshot(get(path)).await;
                assert_eq!(response.expect("the server answers").status(), 200);
            }
        });
    }
    sleep(Duration::from_secs(300)).await;
    servers
}

/// As the documentation of `with_key` has it.
#[tokio::test(start_paused = true)]
async fn two_limits_without_names_are_kept_apart_by_a_key_of_host_and_path() {
    let layer = ThrottleLayer::adaptive().with_key(|request, key| {
        key.text(request.host().unwrap_or_default());
        key.number(request.port().map_or(0, u64::from));
        key.text(if request.path().starts_with("/reports") {
            "reports"
        } else {
            "all else"
        });
        true
    });
    let [few, many] = two_paths(layer).await;
    assert_used(&few, 60 * 5);
    assert_used(&many, 600 * 5);
}
