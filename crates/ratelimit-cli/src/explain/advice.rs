//! What to do, in one sentence: how long to wait, and who says so.
//!
//! `Retry-After` takes precedence over every reset (draft-ietf-httpapi-ratelimit-headers-10, section 6).

use std::time::Duration;

use http::header::AGE;
use ratelimit_headers::{Policy, Reading};

use super::head::Head;
use super::moments::Moments;
use super::text::label;
use super::words::{counted, time};

const LONGER_EACH_TIME: &str = "wait before the next request, and longer each time";

pub(super) fn advice(head: &Head, reading: &Reading, moments: &Moments) -> String {
    if let Some(wait) = reading.retry_after() {
        return retry_after(wait, moments);
    }
    match reading.binding() {
        Some(policy) if policy.remaining() == Some(0) => used_up(policy, moments),
        Some(policy) if reading.policies().len() > 1 => {
            left(policy, &format!(" of `{}`", label(policy)))
        }
        Some(policy) => left(policy, ""),
        None if reading.is_empty() => nothing(head),
        None if refuses(head) => format!("How long to wait is not stated: {LONGER_EACH_TIME}."),
        None => "What is left is not stated.".to_owned(),
    }
}

fn retry_after(wait: Duration, moments: &Moments) -> String {
    if wait.is_zero() {
        return "No need to wait: the moment to retry is past.".to_owned();
    }
    wait_for(wait, moments) + ": the server asks for it."
}

/// `Wait 30 s before the next request (until 12:00:30 UTC)`
fn wait_for(wait: Duration, moments: &Moments) -> String {
    let until = moments.at(wait);
    let until = until.map_or_else(String::new, |until| format!(" (until {until})"));
    format!("Wait {} before the next request{until}", time(wait))
}

fn used_up(policy: &Policy, moments: &Moments) -> String {
    let label = label(policy);
    match policy.reset_after() {
        Some(reset) if !reset.is_zero() => {
            wait_for(reset, moments) + &format!(": nothing is left of `{label}`.")
        }
        Some(_) => format!("No need to wait: `{label}` was used up and resets now."),
        None => {
            format!("Nothing is left of `{label}`, until when is not stated: {LONGER_EACH_TIME}.")
        }
    }
}

fn left(policy: &Policy, of: &str) -> String {
    let left = counted(policy.remaining().unwrap_or_default(), policy.unit());
    match policy.reset_after().filter(|reset| !reset.is_zero()) {
        Some(reset) => format!(
            "No need to wait: {left} left{of} for the next {}.",
            time(reset)
        ),
        None => format!("No need to wait: {left} left{of}."),
    }
}

fn nothing(head: &Head) -> String {
    let age = head.headers.get(AGE).and_then(|age| age.to_str().ok());
    let is_from_cache = age.is_some_and(|age| age.trim().parse::<u64>().is_ok_and(|age| age > 0));
    if is_from_cache {
        return "It comes from a cache (it has an Age): what it may say about limits was said to somebody else.".to_owned();
    }
    if refuses(head) {
        return format!("It states no limits, and not how long to wait: {LONGER_EACH_TIME}.");
    }
    "It states no limits.".to_owned()
}

/// Whether the status tells the client to come later.
fn refuses(head: &Head) -> bool {
    head.status.starts_with("429") || head.status.starts_with("503")
}
