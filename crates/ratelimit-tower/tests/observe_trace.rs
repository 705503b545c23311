//! Events as lines, for whatever subscriber there is.
#![cfg(feature = "tracing")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod client;

use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use client::{Server, answer};
use http::Request;
use ratelimit_core::Quota;
use ratelimit_tower::observe::Trace;
use ratelimit_tower::retry::RetryLayer;
use ratelimit_tower::throttle::ThrottleLayer;
use tower::{ServiceBuilder, ServiceExt};
use tracing_subscriber::fmt::MakeWriter;

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Lines {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// What is written while a refused request is sent again, above this level.
async fn written(level: tracing::Level) -> String {
    let lines = Lines::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(lines.clone())
        .with_ansi(false)
        .without_time()
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let states = [
        ("x-ratelimit-limit", "60"),
        ("x-ratelimit-remaining", "0"),
        ("x-ratelimit-reset", "30"),
        ("retry-after", "30"),
    ];
    let stack = ServiceBuilder::new()
        .layer(RetryLayer::new().with_observer(Trace::new()))
        .layer(
            ThrottleLayer::new(Quota::per_second(10))
                .with_pause_jitter(Duration::ZERO)
                .with_observer(Trace::new()),
        )
        .service(Server::new([Some(answer(429, &states))]));
    let request = Request::get("http://me:pass@api.example/secret?key=value")
        .header("authorization", "Bearer token");
    assert!(stack.oneshot(request.body(()).unwrap()).await.is_ok());
    let bytes = lines.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap()
}

#[tokio::test(start_paused = true)]
async fn what_is_wrong_is_a_warning_and_the_rest_is_for_those_who_look_for_it() {
    let all = written(tracing::Level::DEBUG).await;
    for line in [
        r#"DEBUG ratelimit_tower::client: request sent host="api.example" waited_ms=0 waiting=0"#,
        r#"DEBUG ratelimit_tower::client: request answered host="api.example" status=429 took_ms=0"#,
        r#"DEBUG ratelimit_tower::client: limit stated host="api.example" unit="requests" limit=60 remaining=0 reset_ms=30000 shared=false share=1.0"#,
        r#" WARN ratelimit_tower::client: refused by a limit host="api.example" retry_after_ms=30000"#,
        r#"DEBUG ratelimit_tower::client: paused host="api.example" wait_ms=30000"#,
        r#" WARN ratelimit_tower::client: little is left host="api.example" unit="requests" remaining=0 limit=60 reset_ms=30000"#,
        r#"DEBUG ratelimit_tower::client: request sent again host="api.example" tries=1 status=429"#,
    ] {
        assert!(all.contains(line), "{line}\nis not in\n{all}");
    }
    for secret in ["me:", "pass", "secret", "value", "token"] {
        assert!(!all.contains(secret), "{all}");
    }
    let warnings = written(tracing::Level::WARN).await;
    assert_eq!(warnings.lines().count(), 2, "{warnings}");
}
