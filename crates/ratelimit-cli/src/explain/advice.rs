//! What to do, in one sentence: how long to wait, and who says so.
//!
//! `Retry-After` takes precedence over every reset (draft-ietf-httpapi-ratelimit-headers-10, section 6).
//!
//! Danger: whoever was refused has to wait even if no field says how long, and whatever is left: something else
//! than what is stated may have refused the request.

use std::time::Duration;

use ratelimit_headers::{Policy, Reading, is_from_cache};

use super::head::Head;
use super::labels::{of, spoken};
use super::moments::Moments;
use super::status::{is_refusal, is_unpaid, may_be_refusal};
use super::words::{counted, time};

const CACHED: &str = "It comes from a cache (it has an Age): what it may say about limits was said to somebody else.";

const LONGER_EACH_TIME: &str = "wait before the next request, and longer each time";

/// A reset that is so much later than the wait that was asked for contradicts it; times are rounded to seconds.
const ROUNDING: Duration = Duration::from_secs(1);

/// `is_understood` is whether everything was that looks like a limit.
pub(super) fn advice(
    head: &Head,
    reading: &Reading,
    moments: &Moments,
    is_understood: bool,
) -> String {
    if is_unpaid(&head.status) {
        return "To wait does not help: a 402 is a matter of payment, whatever is left.".to_owned();
    }
    if let Some(wait) = reading.retry_after() {
        let field = reading.retry_after_field().unwrap_or_default();
        let cached = if is_from_cache(&head.headers) {
            format!(" {CACHED}")
        } else {
            String::new()
        };
        return asked_for(wait, field, moments) + &but(wait, reading, moments) + &cached;
    }
    let refuses = is_refusal(&head.status);
    match reading.binding() {
        Some(policy) if policy.remaining() == Some(0) => used_up(policy, head, reading, moments),
        Some(policy) if refuses => refused(policy, reading),
        Some(policy) => left(policy, reading),
        None if reading.is_empty() => nothing(head, is_understood),
        None if refuses => not_stated(reading),
        None => "What is left is not stated.".to_owned(),
    }
}

fn asked_for(wait: Duration, field: &str, moments: &Moments) -> String {
    if wait.is_zero() {
        return format!("No need to wait: {field} says so.");
    }
    wait_for(wait, moments) + &format!(": the server asks for it, as {field} says.")
}

/// What is stated against the wait that is asked for.
fn but(wait: Duration, reading: &Reading, moments: &Moments) -> String {
    let used_up = |policy: &&Policy| policy.remaining() == Some(0);
    let reset = |policy: &Policy| {
        policy
            .reset_after()
            .filter(|reset| *reset > wait + ROUNDING)
    };
    let binding = reading.binding().filter(used_up);
    let Some((policy, reset)) = binding.and_then(|policy| Some((policy, reset(policy)?))) else {
        return String::new();
    };
    let until = moments.at(reset);
    let until = until.map_or_else(
        || format!("for {}", time(reset)),
        |at| format!("until {at}"),
    );
    let policy = spoken(policy);
    format!(" But nothing is left of {policy} {until}; what is asked for goes first.")
}

/// `Wait 30 s before the next request (until 12:00:30 UTC)`
fn wait_for(wait: Duration, moments: &Moments) -> String {
    let until = moments.at(wait);
    let until = until.map_or_else(String::new, |until| format!(" (until {until})"));
    format!("Wait {} before the next request{until}", time(wait))
}

fn used_up(policy: &Policy, head: &Head, reading: &Reading, moments: &Moments) -> String {
    let (unit, policy) = (policy.unit(), spoken(policy));
    match reading.wait() {
        Some(reset) if !reset.is_zero() => {
            let whom = whom(unit);
            wait_for(reset, moments) + &format!(": nothing is left of {policy}{whom}.")
        }
        Some(_) if may_be_refusal(&head.status) => {
            format!("Nothing was left of {policy}, which resets now: {LONGER_EACH_TIME}.")
        }
        Some(_) => format!("No need to wait: nothing was left of {policy}, which resets now."),
        None => {
            format!("Nothing is left of {policy}, until when is not stated: {LONGER_EACH_TIME}.")
        }
    }
}

/// Whom it concerns that something is used up of which not every request needs some.
fn whom(unit: Option<&str>) -> String {
    match unit {
        Some(unit) if unit != "requests" && !unit.ends_with("tokens") => {
            let unit = unit.escape_debug();
            format!(", which concerns requests that use {unit}")
        }
        _ => String::new(),
    }
}

fn refused(policy: &Policy, reading: &Reading) -> String {
    let remaining = policy.remaining().unwrap_or_default();
    let left = counted(remaining, policy.unit());
    let are = if remaining == 1 { "is" } else { "are" };
    format!(
        "It was refused although {left} {are} left{}. How long to wait is not stated: {LONGER_EACH_TIME}.",
        of(policy, reading)
    )
}

fn left(policy: &Policy, reading: &Reading) -> String {
    let left = counted(policy.remaining().unwrap_or_default(), policy.unit());
    let of = of(policy, reading);
    match policy.reset_after().filter(|reset| !reset.is_zero()) {
        Some(reset) => format!(
            "No need to wait: {left} left{of} for the next {}.",
            time(reset)
        ),
        None => format!("No need to wait: {left} left{of}."),
    }
}

fn not_stated(reading: &Reading) -> String {
    let reset = match reading.policies() {
        [policy] => policy.reset_after(),
        _ => None,
    };
    let resets = reset.map_or_else(String::new, |reset| {
        format!("; it resets in {}", time(reset))
    });
    format!("How long to wait is not stated{resets}: {LONGER_EACH_TIME}.")
}

fn nothing(head: &Head, is_understood: bool) -> String {
    if is_from_cache(&head.headers) {
        return CACHED.to_owned();
    }
    let limits = if is_understood {
        "It states no limits"
    } else {
        "It states no limits that are understood"
    };
    if is_refusal(&head.status) {
        return format!("{limits}, nor how long to wait: {LONGER_EACH_TIME}.");
    }
    format!("{limits}.")
}
