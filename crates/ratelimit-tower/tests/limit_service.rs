//! The server's layer as one service: who is charged, what is said, what is refused.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use common::{from, header, hello, memory, of, request, send, status, text};
use http::{Method, Request, Response, StatusCode};
use ratelimit_core::{Decision, Plan, Policy, Quota, Reason};
use ratelimit_headers::Dialects;
use ratelimit_tower::limit::{Anonymous, Endpoint, RateLimitLayer, Rejection, Shadowed, respond};
use ratelimit_tower::{Head, key};
use tower::Layer;

const OK: StatusCode = StatusCode::OK;
const LIMITED: StatusCode = StatusCode::TOO_MANY_REQUESTS;

fn two_a_minute() -> Plan {
    Plan::new("two", [Policy::sliding_log("minute", Quota::per_minute(2))]).unwrap()
}

#[tokio::test]
async fn every_response_states_the_limit_and_a_refusal_says_when_to_return() {
    let (memory, clock) = memory();
    let layer = RateLimitLayer::with_limiter(memory, two_a_minute());
    let service = layer.layer(hello());
    let first = send(&service, request("/", &[])).await;
    assert_eq!(header(first.headers(), "x-ratelimit-limit"), "2");
    assert_eq!(header(first.headers(), "x-ratelimit-remaining"), "1");
    // The unit is free again at …60.5 s, rounded up.
    assert_eq!(header(first.headers(), "x-ratelimit-reset"), "1700000061");
    assert_eq!(header(first.headers(), "ratelimit"), "\"minute\";r=1;t=60");
    assert_eq!(
        header(first.headers(), "ratelimit-policy"),
        "\"minute\";q=2;w=60"
    );
    assert!(first.headers().get("retry-after").is_none());

    clock.advance(Duration::from_millis(10_001));
    assert_eq!(status(&service, request("/", &[])).await, OK);
    let refused = send(&service, request("/", &[])).await;
    assert_eq!(refused.status(), LIMITED);
    assert_eq!(header(refused.headers(), "x-ratelimit-remaining"), "0");
    assert_eq!(header(refused.headers(), "retry-after"), "50");
    assert_eq!(
        header(refused.headers(), "content-type"),
        "application/problem+json"
    );

    clock.advance(Duration::from_millis(49_998));
    assert_eq!(status(&service, request("/", &[])).await, LIMITED);
    clock.advance(Duration::from_millis(1));
    assert_eq!(status(&service, request("/", &[])).await, OK);
}

#[tokio::test]
async fn tiers_are_plans_and_a_new_tier_keeps_what_was_spent() {
    let (memory, _clock) = memory();
    let plan = |limit| {
        let minute = Policy::sliding_log("minute", Quota::per_minute(limit));
        Plan::new("tier", [minute]).unwrap()
    };
    let tier = Arc::new(Mutex::new(plan(60)));
    let shared = Arc::clone(&tier);
    let layer = RateLimitLayer::with_limiter(memory, plan(1))
        .with_key(key::bearer)
        .with_plan(move |_: &Head<'_>| Some(shared.lock().unwrap().clone()));
    let service = layer.layer(hello());
    for _ in 0..60 {
        assert_eq!(status(&service, of("alice")).await, OK);
    }
    assert_eq!(status(&service, of("alice")).await, LIMITED);
    *tier.lock().unwrap() = plan(600);
    let response = send(&service, of("alice")).await;
    assert_eq!(header(response.headers(), "x-ratelimit-remaining"), "539");
    *tier.lock().unwrap() = plan(60);
    assert_eq!(status(&service, of("alice")).await, LIMITED);
    assert_eq!(status(&service, of("bob")).await, OK);
}

#[tokio::test]
async fn a_plan_is_looked_up_asynchronously_and_a_failed_look_up_lets_nobody_in() {
    let (memory, _clock) = memory();
    let layer = RateLimitLayer::with_limiter(memory, Quota::per_minute(1))
        .with_key(key::bearer)
        .with_unknown(Anonymous::Refuse)
        .with_look_up(|head: &Head<'_>| {
            let token = head.bearer().unwrap_or_default().to_owned();
            async move {
                tokio::task::yield_now().await;
                match token.as_str() {
                    "alice" => Ok(Some(two_a_minute())),
                    "broken" => Err(std::io::Error::other("the database is down")),
                    _ => Ok(None),
                }
            }
        });
    let service = layer.layer(hello());
    assert_eq!(status(&service, of("alice")).await, OK);
    assert_eq!(status(&service, of("alice")).await, OK);
    assert_eq!(status(&service, of("alice")).await, LIMITED);
    assert_eq!(
        status(&service, of("mallory")).await,
        StatusCode::UNAUTHORIZED
    );
    let failed = send(&service, of("broken")).await;
    assert_eq!(failed.status(), StatusCode::SERVICE_UNAVAILABLE);
    let body = text(failed).await;
    assert!(
        !body.contains("database"),
        "the inside is nobody's business: {body}"
    );
}

#[tokio::test]
async fn without_a_key_a_request_is_charged_to_its_address_and_invented_keys_buy_nothing() {
    let (memory, _clock) = memory();
    let layer = RateLimitLayer::with_limiter(memory, Quota::per_minute(1))
        .with_key(key::bearer)
        .with_plan(|head: &Head<'_>| (head.bearer() == Some("alice")).then(two_a_minute));
    let service = layer.layer(hello());
    assert_eq!(status(&service, request("/", &[])).await, OK);
    assert_eq!(status(&service, of("invented-1")).await, LIMITED);
    assert_eq!(status(&service, of("invented-2")).await, LIMITED);
    assert_eq!(status(&service, of("alice")).await, OK);
    let elsewhere = from(request("/", &[]), "198.51.100.7:1");
    assert_eq!(status(&service, elsewhere).await, OK);
}

#[tokio::test]
async fn an_anonymous_caller_is_not_the_user_called_anonymous() {
    let (memory, _clock) = memory();
    let one = || Plan::from(Quota::per_minute(1));
    let layer = RateLimitLayer::with_limiter(memory, one())
        .with_key(key::bearer)
        .with_anonymous(Anonymous::Together(one()));
    let service = layer.layer(hello());
    assert_eq!(status(&service, request("/", &[])).await, OK);
    assert_eq!(status(&service, of("anonymous")).await, OK);
    assert_eq!(status(&service, of("")).await, LIMITED);
}

#[tokio::test]
async fn whoever_must_have_a_key_gets_a_401_and_whoever_may_pass_passes() {
    let (memory, _clock) = memory();
    let layer = RateLimitLayer::with_limiter(memory, Quota::per_minute(1)).with_key(key::bearer);
    let strict = layer
        .clone()
        .with_anonymous(Anonymous::Refuse)
        .layer(hello());
    let refused = send(&strict, request("/", &[])).await;
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    assert!(matches!(
        refused.extensions().get(),
        Some(Rejection::MissingKey)
    ));
    assert_eq!(header(refused.headers(), "www-authenticate"), "Bearer");
    assert!(refused.headers().get("retry-after").is_none());
    let open = layer.with_anonymous(Anonymous::Pass).layer(hello());
    for _ in 0..3 {
        let passed = send(&open, request("/", &[])).await;
        assert_eq!(passed.status(), OK);
        assert!(passed.headers().get("x-ratelimit-limit").is_none());
    }
}

#[tokio::test]
async fn a_missing_peer_address_is_named_with_its_remedy_and_is_no_bucket_for_everybody() {
    let (memory, _clock) = memory();
    let layer = RateLimitLayer::with_limiter(memory, Quota::per_minute(1));
    let service = layer.clone().layer(hello());
    let nowhere = || Request::new(common::Body::default());
    let response = send(&service, nowhere()).await;
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert!(text(response).await.contains("with_peer"));
    let told = layer
        .with_peer(|_: &Head<'_>| Some([203, 0, 113, 9].into()))
        .layer(hello());
    assert_eq!(status(&told, nowhere()).await, OK);
}

#[tokio::test]
async fn behind_a_trusted_proxy_clients_are_told_apart() {
    let (memory, _clock) = memory();
    let forwarded = key::Forwarded::new(key::Source::XForwardedFor, ["192.0.2.0/24"]).unwrap();
    let layer =
        RateLimitLayer::with_limiter(memory, Quota::per_minute(1)).with_forwarded(forwarded);
    let service = layer.layer(hello());
    let via = |chain: &str| request("/", &[("x-forwarded-for", chain)]);
    assert_eq!(status(&service, via("203.0.113.1")).await, OK);
    assert_eq!(status(&service, via("203.0.113.2")).await, OK);
    assert_eq!(status(&service, via("1.2.3.4, 203.0.113.1")).await, LIMITED);
    let stranger = || from(via("9.9.9.9"), "198.51.100.7:1");
    assert_eq!(status(&service, stranger()).await, OK);
    assert_eq!(
        status(&service, from(via("8.8.8.8"), "198.51.100.7:2")).await,
        LIMITED
    );
}

#[tokio::test]
async fn an_endpoint_binds_beside_the_tier_all_or_nothing() {
    let (memory, _clock) = memory();
    let search = Plan::new("search", [Policy::gcra("search", Quota::per_minute(2))]).unwrap();
    let login = Plan::new("login", [Policy::gcra("login", Quota::per_minute(1))]).unwrap();
    let layer = RateLimitLayer::with_limiter(memory, Quota::per_minute(4))
        .with_endpoint(Endpoint::new("/search", search))
        .with_endpoint(
            Endpoint::new("/login", login)
                .with_method(Method::POST)
                .instead(),
        );
    let service = layer.layer(hello());
    let remaining = async |path: &str| {
        let response = send(&service, request(path, &[])).await;
        header(response.headers(), "x-ratelimit-remaining").to_owned()
    };
    assert_eq!(remaining("/search/a").await, "1");
    assert_eq!(remaining("/%73earch").await, "0");
    let refused = send(&service, request("/search", &[])).await;
    assert_eq!(refused.status(), LIMITED);
    let Some(Rejection::Limited(decision)) = refused.extensions().get() else {
        panic!("no decision");
    };
    assert_eq!(decision.binding().name(), "search");
    // The refusal cost the tier nothing.
    assert_eq!(remaining("/").await, "1");
    let post = || {
        let mut request = request("/login", &[]);
        *request.method_mut() = Method::POST;
        request
    };
    assert_eq!(status(&service, post()).await, OK);
    assert_eq!(status(&service, post()).await, LIMITED);
    assert_eq!(remaining("/login").await, "0");
}

#[tokio::test]
async fn a_request_costs_what_it_is_told_and_too_much_is_refused_for_good() {
    let (memory, _clock) = memory();
    let layer = RateLimitLayer::with_limiter(memory, Quota::per_minute(10)).with_cost(|head| {
        let cost = head.header("x-cost").and_then(|cost| cost.parse().ok());
        cost.unwrap_or(1)
    });
    let service = layer.layer(hello());
    let cost = |cost: &str| request("/", &[("x-cost", cost)]);
    assert_eq!(status(&service, cost("7")).await, OK);
    assert_eq!(status(&service, cost("4")).await, LIMITED);
    let never = send(&service, cost("11")).await;
    assert_eq!(never.status(), LIMITED);
    assert!(never.headers().get("retry-after").is_none());
    assert_eq!(status(&service, cost("3")).await, OK);
}

#[tokio::test]
async fn skipped_requests_pass_uncounted() {
    let (memory, _clock) = memory();
    let layer = RateLimitLayer::with_limiter(memory, Quota::per_minute(1))
        .with_skip(|head: &Head<'_>| head.path() == "/health");
    let service = layer.layer(hello());
    for _ in 0..5 {
        assert_eq!(status(&service, request("/health", &[])).await, OK);
    }
    assert_eq!(status(&service, request("/", &[])).await, OK);
    assert_eq!(status(&service, request("/", &[])).await, LIMITED);
}

#[tokio::test]
async fn shadow_mode_counts_and_reports_but_refuses_nobody() {
    let (memory, _clock) = memory();
    let seen = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&seen);
    let cap = Policy::concurrency("at-once", 1);
    let plan = Plan::new("p", [Policy::gcra("minute", Quota::per_minute(1)), cap]).unwrap();
    let layer = RateLimitLayer::with_limiter(memory, plan)
        .with_shadow(true)
        .with_observer(move |_, decision| {
            count.fetch_add(u32::from(!decision.is_allowed()), Ordering::Relaxed);
        });
    let service = layer.layer(hello());
    let first = send(&service, request("/", &[])).await;
    assert!(first.extensions().get::<Shadowed>().is_none());
    let second = send(&service, request("/", &[])).await;
    assert_eq!(second.status(), OK);
    assert_eq!(header(second.headers(), "x-ratelimit-remaining"), "0");
    assert!(second.headers().get("retry-after").is_none());
    let Some(Shadowed(Rejection::Limited(decision))) = second.extensions().get() else {
        panic!("not reported");
    };
    assert_eq!(decision.reason(), Some(Reason::Rate));
    assert_eq!(seen.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn an_observer_sees_every_check_of_one_caller() {
    for shadow in [false, true] {
        let (memory, _clock) = memory();
        let seen = Arc::new(AtomicU32::new(0));
        let count = Arc::clone(&seen);
        let layer = RateLimitLayer::with_limiter(memory, Quota::per_minute(2))
            .with_shadow(shadow)
            .with_observer(move |_, _| {
                count.fetch_add(1, Ordering::Relaxed);
            });
        let service = layer.layer(hello());
        for _ in 0..5 {
            let _ = send(&service, request("/", &[])).await;
        }
        assert_eq!(seen.load(Ordering::Relaxed), 5);
    }
}

#[tokio::test]
async fn one_caller_in_shadow_mode_is_reported_each_time() {
    let (memory, _clock) = memory();
    let layer = RateLimitLayer::with_limiter(memory, Quota::per_minute(2)).with_shadow(true);
    let service = layer.layer(hello());
    for asked in 1..=5 {
        let response = send(&service, request("/", &[])).await;
        assert_eq!(response.status(), OK);
        let shadowed = response.extensions().get::<Shadowed>();
        assert_eq!(shadowed.is_some(), asked > 2);
    }
}

#[tokio::test]
async fn shadow_mode_reports_whatever_would_have_been_refused() {
    let (memory, _clock) = memory();
    let layer = RateLimitLayer::with_limiter(memory, Quota::per_minute(1))
        .with_key(key::bearer)
        .with_anonymous(Anonymous::Refuse)
        .with_shadow(true);
    let response = send(&layer.layer(hello()), request("/", &[])).await;
    assert_eq!(response.status(), OK);
    let shadowed = response.extensions().get();
    assert!(matches!(shadowed, Some(Shadowed(Rejection::MissingKey))));
}

#[tokio::test]
async fn a_handler_can_see_the_decision() {
    let (memory, _clock) = memory();
    let layer =
        RateLimitLayer::with_limiter(memory, Quota::per_minute(5)).with_decision_in_request(true);
    let service = layer.layer(tower::service_fn(
        |request: Request<common::Body>| async move {
            let decision = request.extensions().get::<Decision>().expect("a decision");
            let remaining = decision.remaining().to_string();
            Ok::<_, std::convert::Infallible>(Response::new(common::Body::from(remaining)))
        },
    ));
    for left in ["4", "3", "2"] {
        assert_eq!(text(send(&service, request("/", &[])).await).await, left);
    }
}

#[tokio::test]
async fn refusals_are_worded_by_the_responder() {
    let (memory, _clock) = memory();
    let layer = RateLimitLayer::with_limiter(memory, Quota::per_minute(2).burst(1));
    let body = async |layer: RateLimitLayer| {
        let service = layer.layer(hello());
        let _ = send(&service, request("/", &[])).await;
        let refused = send(&service, request("/", &[])).await;
        assert_eq!(refused.status(), LIMITED);
        assert_eq!(header(refused.headers(), "retry-after"), "30");
        text(refused).await
    };
    assert_eq!(
        body(layer.clone().with_responder(respond::ErrorJson)).await,
        r#"{"error":{"message":"Rate limit exceeded. Please retry after 30 seconds.","type":"rate_limit_error","code":"rate_limit_exceeded","param":null}}"#
    );
    assert_eq!(
        body(layer.clone()).await,
        r#"{"type":"https://iana.org/assignments/http-problem-types#quota-exceeded","title":"Quota exceeded","status":429,"detail":"Rate limit exceeded. Please retry after 30 seconds.","violated-policies":["default"]}"#
    );
    assert_eq!(body(layer.clone().with_responder(respond::Empty)).await, "");
    let own = layer.with_responder(|_: &Head<'_>, refusal: &respond::Refusal<'_>| {
        let mut response = Response::new(Bytes::from("slow down"));
        *response.status_mut() = refusal.rejection().status();
        response
    });
    assert_eq!(body(own).await, "slow down");
}

#[tokio::test]
async fn headers_are_those_that_were_chosen() {
    let (memory, _clock) = memory();
    let layer = RateLimitLayer::with_limiter(memory, Quota::per_minute(9));
    let names = async |dialects| {
        let service = layer.clone().with_headers(dialects).layer(hello());
        let response = send(&service, request("/", &[])).await;
        let mut names: Vec<_> = response.headers().keys().map(ToString::to_string).collect();
        names.sort();
        names.join(" ")
    };
    let x = "x-ratelimit-limit x-ratelimit-remaining x-ratelimit-reset";
    assert_eq!(names(Dialects::NONE).await, "");
    assert_eq!(names(Dialects::X_RATE_LIMIT).await, x);
    assert_eq!(names(Dialects::IETF).await, "ratelimit ratelimit-policy");
}

#[tokio::test]
async fn what_the_server_says_the_reader_understands() {
    let (memory, clock) = memory();
    let plan = Plan::new(
        "two windows",
        [
            Policy::gcra("minute", Quota::per_minute(60)),
            Policy::sliding_log("a \"quoted\" \\ name", Quota::per_hour(100)),
        ],
    );
    let layer = RateLimitLayer::with_limiter(memory, plan.unwrap());
    let service = layer.layer(hello());
    let response = send(&service, request("/", &[])).await;
    let now = std::time::UNIX_EPOCH
        + ratelimit_core::Clock::unix(&clock, ratelimit_core::Clock::now(&clock));
    let reading = ratelimit_headers::read(response.headers(), now);
    let read: Vec<_> = (reading.policies().iter())
        .map(|p| (p.name(), p.limit(), p.remaining(), p.window()))
        .collect();
    let window = |s| Some(Duration::from_secs(s));
    assert_eq!(
        read,
        [
            (Some("minute"), Some(60), Some(59), window(60)),
            (
                Some("a \"quoted\" \\ name"),
                Some(100),
                Some(99),
                window(3600)
            ),
        ]
    );
}

#[tokio::test]
async fn no_spelling_of_an_endpoint_slips_past_its_plan() {
    let (memory, _clock) = memory();
    let chat = Plan::from(Quota::per_hour(1));
    let layer = RateLimitLayer::with_limiter(memory, Quota::per_minute(100))
        .with_endpoint(Endpoint::new("/api/chat", chat));
    let service = layer.layer(hello());
    assert_eq!(status(&service, request("/api/chat", &[])).await, OK);
    for path in [
        "/api/chat/",
        "/api/%63hat",
        "/api%2Fchat",
        "//api//chat",
        "/x/../api/chat",
        "/api/chat/..",
        "/api/chat/x/../..",
    ] {
        assert_eq!(
            status(&service, request(path, &[])).await,
            LIMITED,
            "{path}"
        );
    }
}

#[tokio::test]
async fn an_endpoint_counts_apart_also_when_its_policy_has_the_same_name() {
    let (memory, _clock) = memory();
    let layer = RateLimitLayer::with_limiter(memory, Quota::per_minute(60))
        .with_endpoint(Endpoint::new("/report", Plan::from(Quota::per_minute(5))))
        .with_endpoint(Endpoint::new("/static", Plan::from(Quota::per_minute(9))).instead());
    let service = layer.layer(hello());
    for _ in 0..50 {
        assert_eq!(status(&service, request("/", &[])).await, OK);
    }
    for _ in 0..9 {
        assert_eq!(status(&service, request("/static", &[])).await, OK);
    }
    assert_eq!(status(&service, request("/static", &[])).await, LIMITED);
    for _ in 0..5 {
        assert_eq!(status(&service, request("/report", &[])).await, OK);
    }
    assert_eq!(status(&service, request("/report", &[])).await, LIMITED);
    for _ in 0..5 {
        assert_eq!(status(&service, request("/", &[])).await, OK);
    }
    assert_eq!(status(&service, request("/", &[])).await, LIMITED);
}

#[tokio::test]
async fn a_key_of_which_nothing_was_written_is_none() {
    let (memory, _clock) = memory();
    let layer = RateLimitLayer::with_limiter(memory, Quota::per_minute(1))
        .with_key(|_: &Head<'_>, _: &mut ratelimit_core::KeySink| true);
    let service = layer.layer(hello());
    assert_eq!(status(&service, request("/", &[])).await, OK);
    let elsewhere = from(request("/", &[]), "198.51.100.7:1");
    assert_eq!(status(&service, elsewhere).await, OK);
}

#[tokio::test]
async fn two_authorizations_are_none() {
    let (memory, _clock) = memory();
    let layer = RateLimitLayer::with_limiter(memory, Quota::per_minute(1))
        .with_key(key::bearer)
        .with_anonymous(Anonymous::Refuse);
    let twice = [("authorization", "Bearer a"), ("authorization", "Bearer b")];
    let service = layer.layer(hello());
    let refused = status(&service, request("/", &twice)).await;
    assert_eq!(refused, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn whoever_has_a_key_that_nobody_knows_is_not_told_that_it_is_missing() {
    let (memory, _clock) = memory();
    let layer = RateLimitLayer::with_limiter(memory, two_a_minute())
        .with_key(key::bearer)
        .with_plan(|_: &Head<'_>| None)
        // One rule for both.
        .with_anonymous(Anonymous::Refuse);
    let service = layer.layer(hello());
    let missing = send(&service, request("/", &[])).await;
    let unknown = send(&service, of("nobody")).await;
    for (response, words) in [(missing, "Missing API key."), (unknown, "Invalid API key.")] {
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        assert!(text(response).await.contains(words), "{words}");
    }
}
