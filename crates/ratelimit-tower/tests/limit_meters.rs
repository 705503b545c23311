//! Several units counted for one request: what each costs, and what it is charged in the end.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use common::{header, memory, request, send, status};
use http::{Request, Response, StatusCode};
use http_body::Frame;
use http_body_util::BodyExt;
use ratelimit_core::{Check, Limiter, Memory, Outcome, Plan, Policy, Quota, Subject};
use ratelimit_tower::Head;
use ratelimit_tower::limit::respond::Refusal;
use ratelimit_tower::limit::{Charge, Meter, PermitUntil, RateLimitLayer};
use tower::{Layer, Service};

/// A body in the pieces that it is given, which may break off.
struct Pieces(std::collections::VecDeque<Result<&'static str, &'static str>>);

impl http_body::Body for Pieces {
    type Data = Bytes;
    type Error = &'static str;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, &'static str>>> {
        let piece = self.0.pop_front();
        let data = |piece: &'static str| Frame::data(Bytes::from(piece));
        Poll::Ready(piece.map(|piece| piece.map(data)))
    }
}

/// Answers with this status, content type and body.
fn answering<const N: usize>(
    code: u16,
    content_type: &'static str,
    pieces: [Result<&'static str, &'static str>; N],
) -> impl Service<Request<common::Body>, Response = Response<Pieces>, Error = Infallible, Future: Send>
+ Clone {
    tower::service_fn(move |_| async move {
        let response = Response::builder().status(code);
        let response = response.header("content-type", content_type);
        Ok(response.body(Pieces(pieces.into())).unwrap())
    })
}

fn plan() -> Plan {
    let policies = [
        Policy::fixed_window("requests", Quota::per_minute(10)),
        Policy::fixed_window("tokens", Quota::per_minute(1_000)).with_unit("tokens"),
        Policy::fixed_window("credits", Quota::per_day(3)).with_unit("credits"),
        Policy::concurrency("runs", 1).with_unit("runs"),
    ];
    Plan::new("starter", policies).unwrap()
}

/// What the peer of all these requests has left of requests, tokens, credits and runs.
fn left(limiter: &Memory) -> Vec<u64> {
    let (key, plan) = (limiter.hasher().anonymous_at([192, 0, 2, 1].into()), plan());
    let subject = Subject { key, plan: &plan };
    match limiter.peek(&[subject], 0.into()) {
        Check::Done(Ok(verdict)) => {
            let policies = verdict.decision.policies();
            policies.map(|policy| policy.remaining()).collect()
        }
        _ => unreachable!("memory answers at once"),
    }
}

fn tokens(charge: Charge) -> Meter {
    Meter::new("tokens")
        .with_cost(|_: &Head<'_>| 400)
        .with_charge(charge)
}

/// One unit for what is under a path, none for the rest.
fn under(path: &'static str) -> impl Fn(&Head<'_>) -> u32 + Send + Sync {
    move |head| u32::from(head.path().starts_with(path))
}

const JSON: &str = "application/json";

#[tokio::test]
async fn each_unit_has_its_own_cost_and_its_own_end() {
    let (memory, _clock) = memory();
    let used = Charge::by_field("usage.total_tokens").with_failed(Outcome::Cancel);
    let credits = Meter::new("credits").with_cost(under("/data"));
    let layer = RateLimitLayer::with_limiter(memory.clone(), plan())
        .with_meter(tokens(used))
        .with_meter(credits.with_charge(Charge::of_successes()))
        .with_meter(Meter::new("runs").with_cost(under("/run")));
    let said = [
        Ok(r#"{"text":"Hel"#),
        Ok(r#"lo","usage":{"total_"#),
        Ok(r#"tokens":150}}"#),
    ];
    let service = layer.layer(answering(200, JSON, said));
    let answer = send(&service, request("/data/oslo", &[])).await;
    // Until the body has ended, all that was taken is taken.
    assert_eq!(left(&memory), [9, 600, 2, 1]);
    assert_eq!(header(answer.headers(), "x-ratelimit-limit"), "10");
    drop(answer.into_body().collect().await.unwrap());
    assert_eq!(left(&memory), [9, 850, 2, 1]);
    let service = layer.layer(answering(422, JSON, [Ok("{}")]));
    assert_eq!(status(&service, request("/data", &[])).await.as_u16(), 422);
    assert_eq!(left(&memory), [8, 850, 2, 1]);
    // A cap of a unit holds back only what asks for it.
    let run = send(&service, request("/run", &[])).await;
    assert_eq!(left(&memory)[3], 0);
    assert_eq!(status(&service, request("/run", &[])).await.as_u16(), 429);
    assert_eq!(status(&service, request("/look", &[])).await.as_u16(), 422);
    drop(run);
    assert_eq!(left(&memory), [6, 850, 2, 1]);
}

#[tokio::test]
async fn what_does_not_fit_in_one_unit_is_charged_in_none() {
    let (memory, _clock) = memory();
    let layer = RateLimitLayer::with_limiter(memory.clone(), plan())
        .with_meter(Meter::new("tokens").with_cost(|_: &Head<'_>| 600));
    let service = layer.layer(answering(200, JSON, [Ok("{}")]));
    assert_eq!(status(&service, request("/", &[])).await.as_u16(), 200);
    let before = left(&memory);
    let refused = send(&service, request("/", &[])).await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    // What refuses is what is shown, though it counts no requests.
    assert_eq!(header(refused.headers(), "x-ratelimit-limit"), "1000");
    let lists = header(refused.headers(), "ratelimit-policy");
    assert!(lists.contains(r#""tokens";q=1000;qu="tokens""#), "{lists}");
    assert_eq!(left(&memory), before);
}

#[tokio::test]
async fn who_is_told_to_pay_is_shown_the_limit_on_requests_and_no_time() {
    let (memory, _clock) = memory();
    let pay = |_: &Head<'_>, refusal: &Refusal<'_>| {
        assert_eq!(
            refusal.rejection().decision().unwrap().binding().name(),
            "credits"
        );
        let response = Response::builder().status(StatusCode::PAYMENT_REQUIRED);
        response.body(Bytes::new()).unwrap()
    };
    let layer = RateLimitLayer::with_limiter(memory, plan()).with_responder(pay);
    let service = layer.layer(answering(200, JSON, [Ok("{}")]));
    for _ in 0..3 {
        assert_eq!(status(&service, request("/", &[])).await.as_u16(), 200);
    }
    let refused = send(&service, request("/", &[])).await;
    assert_eq!(refused.status(), StatusCode::PAYMENT_REQUIRED);
    assert_eq!(header(refused.headers(), "x-ratelimit-remaining"), "7");
    assert!(!refused.headers().contains_key("retry-after"));
}

/// What is left of 1,000 tokens after a response, read to its end, of which 400 were assumed.
async fn tokens_left<const N: usize>(
    charge: Charge,
    code: u16,
    content_type: &'static str,
    pieces: [Result<&'static str, &'static str>; N],
) -> u64 {
    let (memory, _clock) = memory();
    let layer = RateLimitLayer::with_limiter(memory.clone(), plan())
        .with_permit_until(PermitUntil::Head)
        .with_meter(tokens(charge));
    let service = layer.layer(answering(code, content_type, pieces));
    let mut body = send(&service, request("/", &[])).await.into_body();
    while let Some(Ok(_)) = body.frame().await {}
    drop(body);
    left(&memory)[1]
}

#[tokio::test]
async fn a_field_of_the_body_says_what_was_used_or_the_estimate_stands() {
    let by_field = || Charge::by_field("used").with_lost(Outcome::Cancel);
    let json = [Ok(r#"{"used":"#), Ok("7}")];
    assert_eq!(tokens_left(by_field(), 200, JSON, json).await, 993);
    assert_eq!(tokens_left(by_field(), 200, "text/plain", json).await, 600);
    assert_eq!(tokens_left(by_field(), 200, JSON, [Ok("{}")]).await, 600);
    assert_eq!(tokens_left(by_field(), 200, JSON, [Ok("7")]).await, 600);
    assert_eq!(tokens_left(by_field(), 200, JSON, []).await, 600);
    let events = [
        Ok("data: {\"used\":3}\n\nda"),
        Ok("ta: {\"used\":9}\n\n"),
        Ok("data: [DONE]\n\n"),
    ];
    assert_eq!(
        tokens_left(by_field(), 200, "text/event-stream", events).await,
        991
    );
    // What breaks off before it says anything follows the rule for what is lost.
    let broken = [Ok("{\"text\":1"), Err("reset")];
    assert_eq!(tokens_left(by_field(), 200, JSON, broken).await, 1_000);
    let said = [Ok("{\"used\":5,"), Err("reset")];
    assert_eq!(tokens_left(by_field(), 200, JSON, said).await, 995);
    let failed = by_field().with_failed(Outcome::Actual(1));
    assert_eq!(tokens_left(failed, 500, JSON, json).await, 999);
}

#[tokio::test]
async fn a_long_text_is_no_reason_to_charge_the_estimate() {
    let words = "word ".repeat(8_000);
    let text = format!(r#"{{"text":"{words}","used":7}}"#);
    let event = format!("data: {text}\n\n");
    for (content_type, text) in [(JSON, text), ("text/event-stream", event)] {
        // A test may leak: a body here is made of texts that stay.
        let text: &'static str = text.leak();
        let mut pieces = [const { Ok("") }; 5];
        for (index, piece) in pieces.iter_mut().enumerate() {
            let end = text.len().min((index + 1) * 8_192);
            *piece = Ok(&text[(index * 8_192).min(end)..end]);
        }
        let left = tokens_left(Charge::by_field("used"), 200, content_type, pieces).await;
        assert_eq!(left, 993, "{content_type}");
    }
}

#[tokio::test]
async fn a_response_without_a_body_is_not_lost() {
    for code in [200, 204] {
        let (memory, _clock) = memory();
        let charge = Charge::by_field("used").with_lost(Outcome::Cancel);
        let layer = RateLimitLayer::with_limiter(memory.clone(), plan()).with_meter(tokens(charge));
        let service = tower::service_fn(move |_: Request<common::Body>| async move {
            let response = Response::builder().status(code);
            let response = response.header("content-type", JSON);
            Ok::<_, Infallible>(
                response
                    .body(http_body_util::Empty::<Bytes>::new())
                    .unwrap(),
            )
        });
        // A server does not ask for a piece of a body that has ended before it began.
        drop(send(&layer.layer(service), request("/", &[])).await);
        assert_eq!(left(&memory)[1], 600, "{code}");
    }
}

#[tokio::test]
async fn bytes_are_charged_as_they_are_sent() {
    let pieces = [Ok("12345"), Ok("678"), Ok("9")];
    assert_eq!(
        tokens_left(Charge::by_bytes(1), 200, JSON, pieces).await,
        991
    );
    assert_eq!(
        tokens_left(Charge::by_bytes(4), 200, JSON, pieces).await,
        997
    );
    assert_eq!(tokens_left(Charge::by_bytes(4), 200, JSON, []).await, 1_000);
    let broken = [Ok("12345"), Err("reset"), Ok("6")];
    assert_eq!(
        tokens_left(Charge::by_bytes(1), 200, JSON, broken).await,
        995
    );
    // Nobody reads on: what was sent was sent.
    let (memory, _clock) = memory();
    let layer = RateLimitLayer::with_limiter(memory.clone(), plan())
        .with_meter(tokens(Charge::by_bytes(1)));
    let service = layer.layer(answering(200, JSON, pieces));
    let mut body = send(&service, request("/", &[])).await.into_body();
    body.frame().await.unwrap().unwrap();
    drop(body);
    assert_eq!(left(&memory)[1], 995);
}

#[tokio::test]
async fn a_meter_without_a_charge_is_not_charged_as_the_others_are() {
    let (memory, _clock) = memory();
    let layer = RateLimitLayer::with_limiter(memory.clone(), plan())
        .with_cost(|_: &Head<'_>| 2)
        .with_charge(Charge::by_bytes(1))
        .with_meter(Meter::new("credits").with_cost(under("/data")))
        .with_meter(Meter::new("tokens").with_cost(|_: &Head<'_>| 5));
    let service = layer.layer(answering(200, JSON, [Ok("123")]));
    assert_eq!(status(&service, request("/free", &[])).await.as_u16(), 200);
    assert_eq!(left(&memory), [7, 995, 3, 1]);
    assert_eq!(status(&service, request("/data", &[])).await.as_u16(), 200);
    assert_eq!(left(&memory), [4, 990, 2, 1]);
}

#[tokio::test]
async fn where_nothing_is_counted_nothing_is_charged_whatever_the_response_says() {
    let used = [Ok(r#"{"used":700}"#)];
    for charge in [
        Charge::by_field("used"),
        Charge::by_bytes(1),
        Charge::by(|_, _| Outcome::Actual(700)),
        Charge::estimated().with_failed(Outcome::Actual(9)),
    ] {
        let (memory, _clock) = memory();
        let layer = RateLimitLayer::with_limiter(memory.clone(), plan())
            .with_charge(Charge::estimated())
            .with_meter(
                Meter::new("tokens")
                    .with_cost(under("/chat"))
                    .with_charge(charge),
            );
        for code in [200, 500] {
            let service = layer.layer(answering(code, JSON, used));
            let free = status(&service, request("/free", &[])).await;
            assert_eq!(free.as_u16(), code);
        }
        assert_eq!(left(&memory)[..2], [8, 1_000]);
    }
}

#[tokio::test]
async fn nobody_waits_for_what_does_not_concern_the_request() {
    let (memory, _clock) = memory();
    let layer = RateLimitLayer::with_limiter(memory, plan())
        .with_meter(Meter::new("tokens").with_cost(|_: &Head<'_>| 0))
        .with_meter(Meter::new("credits").with_cost(under("/data")));
    let service = layer.layer(answering(200, JSON, [Ok("{}")]));
    for path in [
        "/data", "/data", "/data", "/a", "/b", "/c", "/d", "/e", "/f", "/g",
    ] {
        assert_eq!(status(&service, request(path, &[])).await.as_u16(), 200);
    }
    let refused = send(&service, request("/free", &[])).await;
    assert_eq!(refused.status().as_u16(), 429);
    // The credits of the day are used up too, and stated; the minute is what is waited for.
    let lists = header(refused.headers(), "ratelimit");
    assert!(lists.contains(r#""credits";r=0;t="#), "{lists}");
    let wait: u64 = header(refused.headers(), "retry-after").parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
}

#[tokio::test]
async fn where_the_body_says_what_was_used_it_is_asked_for_as_text() {
    let asked = |layer: RateLimitLayer| async move {
        let service = layer.layer(tower::service_fn(
            |request: Request<common::Body>| async move {
                let asked = request.headers().get("accept-encoding").cloned();
                let asked = asked.map(|asked| asked.to_str().unwrap().to_owned());
                let body = common::Body::from(asked.unwrap_or_default());
                Ok::<_, Infallible>(Response::new(body))
            },
        ));
        let request = request("/", &[("accept-encoding", "gzip, br")]);
        common::text(send(&service, request).await).await
    };
    let layer = || RateLimitLayer::with_limiter(memory().0, plan());
    assert_eq!(
        asked(layer().with_meter(tokens(Charge::by_bytes(1)))).await,
        "gzip, br"
    );
    assert_eq!(
        asked(layer().with_meter(tokens(Charge::by_field("used")))).await,
        "identity"
    );
    let exposed = layer().with_decision_in_request(true);
    assert_eq!(
        asked(exposed.with_charge(Charge::by_field("used"))).await,
        "identity"
    );
}

#[test]
fn a_unit_has_one_meter() {
    let twice = || {
        let layer = RateLimitLayer::new(plan()).with_meter(Meter::new("tokens"));
        layer.with_meter(Meter::new("tokens"))
    };
    assert!(std::panic::catch_unwind(twice).is_err());
}

#[test]
fn a_layer_has_four_meters_at_most() {
    let five = || {
        let layer = RateLimitLayer::new(plan());
        (0..5).fold(layer, |layer, n| {
            layer.with_meter(Meter::new(&n.to_string()))
        })
    };
    assert!(std::panic::catch_unwind(five).is_err());
}
