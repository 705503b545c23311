//! Bodies made of a text with fields, exactly as callers get them.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use std::time::Duration;

use common::{Body, header, of, request, send, text};
use http::{HeaderValue, Request, Response, StatusCode};
use ratelimit_core::{ManualClock, Memory, Plan, Policy, Quota};
use ratelimit_headers::Dialects;
use ratelimit_tower::key;
use ratelimit_tower::limit::respond::{ByReason, ErrorJson, Respond, Template};
use ratelimit_tower::limit::{Also, Anonymous, RateLimitLayer};
use serde_json::Value;
use tower::{Layer, Service};

/// A layer whose clock stands at this Unix second, for callers with a token.
fn layer(unix: u64, plan: impl Into<Plan>) -> (RateLimitLayer, ManualClock) {
    let clock = ManualClock::starting_at(Duration::from_secs(unix));
    let limiter = Memory::builder().clock(clock.clone()).build();
    let layer = RateLimitLayer::with_limiter(limiter, plan)
        .with_key(key::bearer)
        .with_anonymous(Anonymous::Refuse);
    (layer, clock)
}

fn plan(policy: Policy) -> Plan {
    Plan::try_from(policy).unwrap()
}

/// The first refusal of a caller who goes on until there is one.
async fn refused<S, B>(service: &S) -> Response<B>
where
    S: Service<Request<Body>, Response = Response<B>, Error: std::fmt::Debug> + Clone,
{
    loop {
        let response = send(service, of("a")).await;
        if response.status() != StatusCode::OK {
            return response;
        }
    }
}

/// What this text becomes when a minute of 60 is used up, of which half has passed.
async fn rendered(template: Template) -> String {
    let minute = plan(Policy::sliding_log("per \"min\"", Quota::per_minute(60)));
    let (layer, clock) = layer(1_704_067_200, minute);
    let service = layer.with_responder(template).layer(common::hello());
    for _ in 0..60 {
        send(&service, of("a")).await;
    }
    clock.advance(Duration::from_millis(29_500));
    text(refused(&service).await).await
}

#[tokio::test]
async fn a_minute_with_its_moment_in_words() {
    const BODY: &str = r#"{"detail":"Rate limit exceeded","status_code":${status},"error_type":"RateLimitError","retry_after":${retry-after},"limit":${limit},"reset_at":"${reset-at}"}"#;
    let minute = plan(Policy::fixed_window("minute", Quota::per_minute(100)));
    let (layer, _clock) = layer(1_704_067_200, minute);
    let layer = layer.with_responder(Template::json(BODY).unwrap());
    let response = refused(&layer.layer(common::hello())).await;
    assert_eq!(response.status(), 429);
    assert_eq!(
        header(response.headers(), "content-type"),
        "application/json"
    );
    assert_eq!(
        text(response).await,
        r#"{"detail":"Rate limit exceeded","status_code":429,"error_type":"RateLimitError","retry_after":60,"limit":100,"reset_at":"2024-01-01T00:01:00Z"}"#
    );
}

#[tokio::test]
async fn an_hour_with_its_moment_in_seconds() {
    const BODY: &str = r#"{"error":{"code":"RATE_LIMIT_EXCEEDED","message":"${message}","limit":${limit},"reset":${reset},"retryAfter":${retry-after}}}"#;
    let hour = plan(Policy::sliding_log("hour", Quota::per_hour(1000)));
    let (layer, _clock) = layer(1_705_311_600, hour);
    let layer = layer.with_responder(Template::json(BODY).unwrap());
    let response = refused(&layer.layer(common::hello())).await;
    assert_eq!(
        header(response.headers(), "x-ratelimit-reset"),
        "1705315200"
    );
    assert_eq!(
        text(response).await,
        r#"{"error":{"code":"RATE_LIMIT_EXCEEDED","message":"Rate limit exceeded. Please retry after 3600 seconds.","limit":1000,"reset":1705315200,"retryAfter":3600}}"#
    );
}

#[tokio::test]
async fn an_error_object_as_others_have_it() {
    const BODY: &str = r#"{"error":{"message":"${message}","type":"rate_limit_error","code":"${code}","param":null}}"#;
    let minute = plan(Policy::sliding_log("minute", Quota::per_minute(60)));
    for own in [true, false] {
        let (layer, clock) = layer(1_704_067_200, minute.clone());
        let layer = match own {
            true => layer.with_responder(Template::json(BODY).unwrap()),
            false => layer.with_responder(ErrorJson),
        };
        let service = layer.layer(common::hello());
        for _ in 0..60 {
            send(&service, of("a")).await;
        }
        clock.advance(Duration::from_secs(30));
        assert_eq!(
            text(refused(&service).await).await,
            r#"{"error":{"message":"Rate limit exceeded. Please retry after 30 seconds.","type":"rate_limit_error","code":"rate_limit_exceeded","param":null}}"#
        );
    }
}

#[tokio::test]
async fn every_field_says_what_it_is_to_say() {
    for (field, expected) in [
        ("policy", r#"per "min""#),
        ("unit", "requests"),
        ("limit", "60"),
        ("remaining", "0"),
        ("reset", "1704067260"),
        ("reset-ms", "1704067260000"),
        ("reset-after", "31"),
        ("reset-at", "2024-01-01T00:01:00Z"),
        ("reset-date", "Mon, 01 Jan 2024 00:01:00 GMT"),
        ("retry-after", "31"),
        ("retry-after-ms", "30500"),
        (
            "message",
            "Rate limit exceeded. Please retry after 31 seconds.",
        ),
        ("code", "rate_limit_exceeded"),
        ("status", "429"),
        ("cost", "1"),
    ] {
        let plain = HeaderValue::from_static("text/plain; charset=utf-8");
        let template = Template::new(plain, &format!("<${{{field}}}>")).unwrap();
        assert_eq!(rendered(template).await, format!("<{expected}>"));
    }
    assert_eq!(Template::known().len(), 15);
}

#[tokio::test]
async fn texts_are_escaped_as_the_content_type_needs_it() {
    for (content_type, expected) in [
        ("application/problem+json", r#""per \"min\"""#),
        ("text/plain", r#""per "min"""#),
        ("text/html", r#""per &#34;min&#34;""#),
        ("text/csv", r#""per ?min?""#),
    ] {
        let content_type = HeaderValue::from_static(content_type);
        let template = Template::new(content_type, r#""${policy}""#).unwrap();
        assert_eq!(rendered(template).await, expected);
    }
}

#[tokio::test]
async fn credits_that_are_spent_are_a_402_that_speaks_of_no_wait() {
    const BODY: &str = r#"{"error":"QUOTA_EXCEEDED","limit":${limit},"wait":${retry-after},"ms":${retry-after-ms},"message":"${message}","status":${status},"reset":${reset}}"#;
    let month = Quota::new(3, Duration::from_secs(30 * 86_400)).unwrap();
    let (layer, _clock) = layer(1_704_067_200, plan(Policy::sliding_log("credits", month)));
    let template = Template::json(BODY).unwrap();
    let template = template.with_status(StatusCode::PAYMENT_REQUIRED);
    let layer = layer.with_responder(template);
    let response = refused(&layer.layer(common::hello())).await;
    assert_eq!(response.status(), 402);
    assert!(!response.headers().contains_key("retry-after"));
    assert_eq!(header(response.headers(), "x-ratelimit-remaining"), "0");
    assert_eq!(
        text(response).await,
        r#"{"error":"QUOTA_EXCEEDED","limit":3,"wait":null,"ms":null,"message":"Rate limit exceeded.","status":402,"reset":1706659200}"#
    );
}

/// Every field where JSON has a value for it.
fn everything() -> Template {
    let texts = [
        "policy",
        "unit",
        "reset-at",
        "reset-date",
        "message",
        "code",
    ];
    let field = |name: &str| match texts.contains(&name) {
        true => format!(r#""{name}":"${{{name}}}""#),
        false => format!(r#""{name}":${{{name}}}"#),
    };
    let fields: Vec<String> = Template::known().map(field).collect();
    Template::json(&format!("{{{}}}", fields.join(","))).unwrap()
}

#[tokio::test]
async fn without_a_limit_there_is_nothing_to_say_of_one() {
    let (layer, _clock) = layer(0, Quota::per_minute(60));
    let service = layer.with_responder(everything()).layer(common::hello());
    let response = send(&service, request("/", &[])).await;
    assert_eq!(response.status(), 401);
    let body: Value = serde_json::from_str(&text(response).await).unwrap();
    for (name, value) in body.as_object().unwrap() {
        let expected = match name.as_str() {
            "message" => "Missing API key.".into(),
            "code" => "missing_api_key".into(),
            "status" => 401.into(),
            _ => Value::Null,
        };
        assert_eq!(*value, expected, "{name}");
    }
}

#[tokio::test]
async fn a_cap_knows_no_reset_and_a_cost_that_never_fits_no_wait() {
    let policies = [
        Policy::concurrency("at-once", 1),
        Policy::sliding_log("minute", Quota::per_minute(5)),
    ];
    let both = Plan::new("both", policies).unwrap();
    let (layer, _clock) = layer(0, both);
    let layer = layer.with_cost(|head| if head.path() == "/dear" { 6 } else { 1 });
    let service = layer.with_responder(everything()).layer(common::hello());
    let dear = [("authorization", "Bearer a")];
    let body = text(send(&service, request("/dear", &dear)).await).await;
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(
        (&body["retry-after"], &body["cost"]),
        (&Value::Null, &6.into())
    );
    assert_eq!(body["code"], "cost_exceeds_limit");

    let _held = send(&service, of("a")).await;
    let body = text(send(&service, of("a")).await).await;
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(
        (&body["policy"], &body["limit"]),
        (&"at-once".into(), &1.into())
    );
    assert_eq!(
        (&body["reset"], &body["reset-at"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(body["retry-after"], 1);
}

/// Plans that refuse in every way, one after the other and several at once.
fn plans() -> Vec<Plan> {
    let minute = || Policy::gcra("bucket", Quota::per_minute(7).burst(3));
    let second = || Policy::fixed_window("second", Quota::per_second(2));
    let cap = || Policy::concurrency("at-once", 2);
    let hour = || Policy::sliding_counter("hour", Quota::per_hour(9));
    let log = || Policy::sliding_log("log", Quota::per_minute(2));
    [
        vec![minute()],
        vec![second(), hour()],
        vec![cap(), log()],
        vec![cap(), minute(), second(), hour()],
    ]
    .into_iter()
    .map(|policies| Plan::new("plan", policies).unwrap())
    .collect()
}

/// Holds a body against the headers of its response. Whether there is a wait.
#[track_caller]
fn agrees(headers: &http::HeaderMap, body: &str) -> bool {
    let body: Value = serde_json::from_str(body).unwrap();
    let wait = headers
        .get("retry-after")
        .map(|wait| wait.to_str().unwrap());
    let said = body["retry-after"].as_u64().map(|wait| wait.to_string());
    assert_eq!(said.as_deref(), wait);
    let upper = body["retry-after-ms"]
        .as_u64()
        .map(|ms| ms.div_ceil(1000).to_string());
    assert_eq!(upper.as_deref(), wait);
    let message = body["message"].as_str().unwrap();
    if let Some((_, rest)) = message.split_once("retry after ") {
        assert_eq!(rest.split(' ').next(), wait);
    }
    wait.is_some()
}

#[tokio::test]
async fn the_body_says_what_retry_after_says_whatever_is_decided() {
    let random = fastrand::Rng::with_seed(7);
    for plan in plans() {
        for dialects in [Dialects::default(), Dialects::X_RATE_LIMIT, Dialects::NONE] {
            let mut random = random.clone();
            let (layer, clock) = layer(1_704_067_200, plan.clone());
            let address = Policy::sliding_log("address", Quota::per_minute(20));
            let service = layer
                .with_headers(dialects)
                .with_also(Also::by_address(self::plan(address)))
                .with_cost(|head| u32::try_from(head.path().len()).unwrap() - 1)
                .with_responder(everything())
                .layer(common::hello());
            let (mut held, mut waits) = (Vec::new(), 0);
            for _ in 0..400 {
                let path = format!("/{}", "x".repeat(random.usize(0..5)));
                let token = [("authorization", "Bearer a")];
                let response = send(&service, request(&path, &token)).await;
                if response.status() == StatusCode::OK {
                    held.push(response);
                } else {
                    let headers = response.headers().clone();
                    waits += usize::from(agrees(&headers, &text(response).await));
                }
                if random.u8(0..3) == 0 {
                    held.clear();
                }
                clock.advance(Duration::from_nanos(random.u64(0..4_000_000_000)));
            }
            assert!(waits > 50, "{waits}");
        }
    }
}

#[tokio::test]
async fn who_pays_nothing_at_a_full_cap_waits_for_the_rate_that_is_used_up() {
    let policies = [
        Policy::concurrency("at-once", 1),
        Policy::sliding_log("minute", Quota::per_minute(1)),
    ];
    let (layer, _clock) = layer(0, Plan::new("both", policies).unwrap());
    let layer = layer.with_cost(|head| u32::from(head.path() != "/free"));
    let service = layer.with_responder(everything()).layer(common::hello());
    let _held = send(&service, of("a")).await;
    let free = request("/free", &[("authorization", "Bearer a")]);
    let response = send(&service, free).await;
    assert_eq!(header(response.headers(), "retry-after"), "60");
    assert!(agrees(&response.headers().clone(), &text(response).await));
}

/// What the responder says of each way to be refused: a rate, a cap, a cost, no key.
async fn answers(responder: impl Respond + 'static) -> [String; 4] {
    let policies = [
        Policy::concurrency("at-once", 1),
        Policy::sliding_log("minute", Quota::per_minute(2)),
    ];
    let (layer, _clock) = layer(0, Plan::new("both", policies).unwrap());
    let layer = layer.with_cost(|head| if head.path() == "/dear" { 9 } else { 1 });
    let service = layer.with_responder(responder).layer(common::hello());
    let said = async |request| {
        let response = send(&service, request).await;
        format!("{} {}", response.status().as_u16(), text(response).await)
    };
    let no_key = said(request("/", &[])).await;
    let cost = said(request("/dear", &[("authorization", "Bearer a")])).await;
    let held = send(&service, of("a")).await;
    let cap = said(of("a")).await;
    drop(held);
    let _ = said(of("a")).await;
    [said(of("a")).await, cap, cost, no_key]
}

#[tokio::test]
async fn another_reason_has_another_answer() {
    let words = |text: &str| Template::json(text).unwrap();
    let all = ByReason::new()
        .rate(words("rate"))
        .quota(words("quota"))
        .concurrency(words("${limit} at once"))
        .cost(words("cost").with_status(StatusCode::PAYLOAD_TOO_LARGE))
        .unauthorized(words("who").with_status(StatusCode::FORBIDDEN))
        .unavailable(words("down"));
    let expected = ["429 rate", "429 1 at once", "413 cost", "403 who"];
    assert_eq!(answers(all).await, expected);
    let some = ByReason::new().cost(words("cost")).or(words("other"));
    let expected = ["429 other", "429 other", "429 cost", "401 other"];
    assert_eq!(answers(some).await, expected);
    let [rate, ..] = answers(ByReason::default()).await;
    assert!(rate.contains("quota-exceeded"));
    assert!(format!("{:?}", ByReason::new()).starts_with("ByReason"));
}

#[tokio::test]
async fn a_store_that_is_full_is_answered_as_what_is_not_available() {
    let clock = ManualClock::starting_at(Duration::ZERO);
    let limiter = Memory::builder().capacity(1).clock(clock).build();
    let day = plan(Policy::sliding_log("day", Quota::per_day(1)));
    let down = Template::json(r#"{"code":"${code}","status":${status}}"#).unwrap();
    let service = RateLimitLayer::with_limiter(limiter, day)
        .with_key(key::bearer)
        .with_responder(ByReason::new().unavailable(down))
        .layer(common::hello());
    for caller in 0..10_000 {
        let response = send(&service, of(&caller.to_string())).await;
        if response.status() == StatusCode::SERVICE_UNAVAILABLE {
            let body = text(response).await;
            assert_eq!(body, r#"{"code":"overloaded","status":503}"#);
            return;
        }
    }
    panic!("a store has an end");
}

#[test]
fn samples_show_what_is_no_json() {
    let valid = |text: &str| {
        let samples = Template::json(text).unwrap().samples();
        samples.map(|text| serde_json::from_str::<Value>(&text).is_ok())
    };
    assert_eq!(
        valid(r#"{"a":${limit},"b":"${policy}: ${cost}"}"#),
        [true; 2]
    );
    for name in Template::known() {
        assert_eq!(
            valid(&format!(r#"{{"a":"${{{name}}}"}}"#)),
            [true; 2],
            "{name}"
        );
    }
    // Texts without quotes, and numbers that grow out of another.
    for name in [
        "policy",
        "unit",
        "reset-at",
        "reset-date",
        "message",
        "code",
    ] {
        assert_eq!(
            valid(&format!(r#"{{"a":${{{name}}}}}"#)),
            [false, true],
            "{name}"
        );
    }
    assert_eq!(valid("1${limit}"), [true, false]);
    assert_eq!(valid(r#"{"a":${limit},}"#), [false; 2]);
    assert!(Template::json("").unwrap().is_json());
    assert!(
        !Template::new(HeaderValue::from_static("text/plain"), "")
            .unwrap()
            .is_json()
    );
}

#[test]
fn no_text_makes_it_panic() {
    let parts = [
        "$",
        "{",
        "}",
        "\"",
        "\\",
        "${limit}",
        "${policy}",
        "$${",
        "${",
        "é",
        "🐌",
        "\0",
        " ",
        "limit",
    ];
    let mut random = fastrand::Rng::with_seed(3);
    let types = ["application/json", "text/plain", "text/html", "x", ""];
    for round in 0..20_000 {
        let text: String = (0..random.usize(0..9))
            .map(|_| parts[random.usize(0..parts.len())])
            .collect();
        let content_type = HeaderValue::from_static(types[round % types.len()]);
        match Template::new(content_type, &text) {
            Ok(template) => {
                for sample in template.samples() {
                    assert_eq!(sample.capacity(), sample.len());
                }
            }
            Err(error) => assert!(text[error.position()..].starts_with("${"), "{text} {error}"),
        }
    }
}
