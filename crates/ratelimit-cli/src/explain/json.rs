//! What was read as one line of JSON.
//!
//! Times are in milliseconds, windows in seconds, and `null` is what the response does not state. `binding` is there
//! when one policy has nothing left and another has: it says which of them stops the client. A response that states nothing is `{"none":true}`.

use std::time::Duration;

use ratelimit_headers::Reading;
use serde::Serialize;

#[derive(Serialize)]
struct Stated<'r> {
    policies: Vec<Policy<'r>>,
    retry_after_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    binding: Option<Binding<'r>>,
}

#[derive(Serialize)]
struct Policy<'r> {
    name: Option<&'r str>,
    unit: Option<&'r str>,
    limit: Option<u64>,
    remaining: Option<u64>,
    reset_after_ms: Option<u64>,
    window_s: Option<u64>,
    dialect: &'static str,
}

/// The policy that binds, by what tells it from the others.
#[derive(Serialize)]
struct Binding<'r> {
    name: Option<&'r str>,
    unit: Option<&'r str>,
}

pub(super) fn line(reading: &Reading) -> String {
    let json = if reading.is_empty() {
        Ok(r#"{"none":true}"#.to_owned())
    } else {
        serde_json::to_string(&stated(reading))
    };
    // Numbers and texts are always JSON.
    json.unwrap_or_default() + "\n"
}

fn stated(reading: &Reading) -> Stated<'_> {
    let policies = reading.policies();
    let has_some = policies.iter().any(|policy| policy.remaining() > Some(0));
    let binding = reading.binding();
    let binding = binding.filter(|policy| has_some && policy.remaining() == Some(0));
    Stated {
        policies: policies.iter().map(policy).collect(),
        retry_after_ms: reading.retry_after().map(millis),
        binding: binding.map(|policy| Binding {
            name: policy.name(),
            unit: policy.unit(),
        }),
    }
}

fn policy(policy: &ratelimit_headers::Policy) -> Policy<'_> {
    Policy {
        name: policy.name(),
        unit: policy.unit(),
        limit: policy.limit(),
        remaining: policy.remaining(),
        reset_after_ms: policy.reset_after().map(millis),
        window_s: policy.window().map(|window| window.as_secs()),
        dialect: policy.dialect().as_str(),
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
