//! Responses that are published in specifications, documentation and captures, and what they say.
//!
//! `data/cases.jsonl` has one case a line: the moment of reading, the headers, and the policies that are to be read, in
//! any order; `null` is what the response does not state.

#![allow(clippy::unwrap_used)] // A case that cannot be parsed is a test that fails.

use http::{HeaderMap, HeaderName, HeaderValue};
use ratelimit_headers::{Policy, Reading, read};
use serde_json::{Value, json};
use std::time::{Duration, SystemTime};

#[test]
fn every_published_response_is_read_as_its_source_says() {
    let cases: Vec<Value> = include_str!("data/cases.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let wrong: Vec<String> = cases.iter().filter_map(complaint).collect();
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
    assert_eq!(cases.len(), 69);
}

fn complaint(case: &Value) -> Option<String> {
    let reading = read(&headers(case), now(case));
    let expect = &case["expect"];
    let expected = if expect["none"] == json!(true) {
        (vec![], Value::Null)
    } else {
        (
            sorted(expect["policies"].as_array().unwrap().clone()),
            expect["retry_after_ms"].clone(),
        )
    };
    let found = (
        sorted(reading.policies().iter().map(as_json).collect()),
        millis(reading.retry_after()),
    );
    if found != expected {
        return Some(format!(
            "{}: expected {expected:?}, found {found:?}",
            case["id"]
        ));
    }
    binds_otherwise(&reading, &expect["binding"])
        .then(|| format!("{}: {:?} binds", case["id"], reading.binding()))
}

fn binds_otherwise(reading: &Reading, expected: &Value) -> bool {
    let binding = reading
        .binding()
        .map(|policy| json!({"name": policy.name(), "unit": policy.unit()}));
    !expected.is_null() && binding.as_ref() != Some(expected)
}

fn headers(case: &Value) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in case["headers"].as_array().unwrap() {
        let [name, value] = [0, 1].map(|at| line[at].as_str().unwrap().as_bytes());
        headers.append(
            HeaderName::from_bytes(name).unwrap(),
            HeaderValue::from_bytes(value).unwrap(),
        );
    }
    headers
}

/// `2026-03-02T12:00:00Z`; counts the days of the years one by one, so that it owes nothing to the code under test.
fn now(case: &Value) -> SystemTime {
    let text = case["now"].as_str().unwrap();
    let field = |from: usize, to: usize| text[from..to].parse::<u64>().unwrap();
    let is_leap = |year: u64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let (year, month) = (field(0, 4), field(5, 7));
    let months = [
        31,
        if is_leap(year) { 29 } else { 28 },
        31,
        30,
        31,
        30,
        31,
        31,
        30,
        31,
        30,
        31,
    ];
    let years: u64 = (1970..year)
        .map(|year| if is_leap(year) { 366 } else { 365 })
        .sum();
    let days = years
        + months
            .iter()
            .take(usize::try_from(month).unwrap() - 1)
            .sum::<u64>()
        + field(8, 10)
        - 1;
    let seconds = ((days * 24 + field(11, 13)) * 60 + field(14, 16)) * 60 + field(17, 19);
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

fn as_json(policy: &Policy) -> Value {
    json!({
        "name": policy.name(),
        "unit": policy.unit(),
        "limit": policy.limit(),
        "remaining": policy.remaining(),
        "reset_after_ms": millis(policy.reset_after()),
        "window_s": policy.window().map(|window| window.as_secs()),
    })
}

fn millis(time: Option<Duration>) -> Value {
    json!(time.map(|time| u64::try_from(time.as_millis()).unwrap()))
}

fn sorted(mut policies: Vec<Value>) -> Vec<Value> {
    policies.sort_by_key(Value::to_string);
    policies
}
