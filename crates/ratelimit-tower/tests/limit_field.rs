//! What a field of the body is said to be is what a reader finds that keeps the whole text.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use std::convert::Infallible;
use std::fmt::Write as _;

use bytes::Bytes;
use common::{memory, request, send};
use fastrand::Rng;
use http::{Request, Response};
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use ratelimit_core::{Check, Limiter, Memory, Plan, Policy, Quota, Subject};
use ratelimit_tower::limit::{Charge, RateLimitLayer};
use serde_json::Value;
use tower::Layer;

const PATH: &str = "usage.total";
const KEYS: [&str; 10] = [
    "usage",
    "usage",
    "total",
    "total",
    "usages",
    "tot",
    "",
    "us\\\"age",
    "\\u0075sage",
    "t\\u006ftal",
];
const LEAVES: [&str; 16] = [
    "0",
    "7",
    "4294967295",
    "99999999999",
    "-3",
    "1.5",
    "2e3",
    "-0.1E-2",
    "true",
    "false",
    "null",
    "\"\"",
    "\"12\"",
    "\"\\\\\"",
    "\"}\\\",\\\"total\\\":1\"",
    "\"gr\\u00fcn ü\"",
];

/// Writes a text of JSON, and the last number where the path leads.
struct Writer {
    random: Rng,
    text: String,
    /// Whether an object may have a key twice.
    repeats: bool,
    last: Option<u32>,
}

impl Writer {
    fn space(&mut self) {
        let space = *self
            .random
            .choice(&["", "", "", "", " ", "\n", "\r\n\t "])
            .unwrap();
        self.text.push_str(space);
    }

    /// A value to which so many of the path's members lead, if all keys have been in it.
    fn value(&mut self, depth: usize, matched: Option<usize>) {
        self.space();
        let any = self.random.usize(..if depth < 5 { 5 } else { 2 });
        // Where the path leads, there is mostly what it leads to.
        match (matched, self.random.usize(..3), any) {
            (Some(1), 0 | 1, _) => self.object(depth, matched),
            (Some(2), 0 | 1, _) | (_, _, 0 | 1) => self.leaf(matched),
            (_, _, 2) => self.array(depth),
            _ => self.object(depth, matched),
        }
        self.space();
    }

    fn leaf(&mut self, matched: Option<usize>) {
        let leaf = match self.random.usize(..2) {
            0 => *self.random.choice(&LEAVES).unwrap(),
            _ => *self.random.choice(&LEAVES[..4]).unwrap(),
        };
        self.text.push_str(leaf);
        let whole = leaf.bytes().all(|byte| byte.is_ascii_digit());
        if matched == Some(2) && whole {
            self.last = Some(leaf.parse().unwrap_or(u32::MAX));
        }
    }

    fn array(&mut self, depth: usize) {
        self.text.push('[');
        for index in 0..self.random.usize(..4) {
            self.text.push_str(if index > 0 { "," } else { "" });
            self.value(depth + 1, None);
        }
        self.text.push(']');
    }

    fn object(&mut self, depth: usize, matched: Option<usize>) {
        self.text.push('{');
        let mut used: Vec<String> = Vec::new();
        for index in 0..self.random.usize(..7) {
            let written = *self.random.choice(&KEYS).unwrap();
            let key: String = serde_json::from_str(&format!("\"{written}\"")).unwrap();
            let written = match used.contains(&key) && !self.repeats {
                true => format!("k{index}"),
                false => written.to_owned(),
            };
            let next = matched.and_then(|matched| PATH.split('.').nth(matched));
            let leads = next == Some(&key) && !written.starts_with('k');
            used.push(key);
            self.text.push_str(if index > 0 { "," } else { "" });
            self.space();
            write!(self.text, "\"{written}\"").unwrap();
            self.space();
            self.text.push(':');
            self.value(
                depth + 1,
                matched.filter(|_| leads).map(|matched| matched + 1),
            );
        }
        self.text.push('}');
    }
}

fn written(seed: u64, repeats: bool) -> Writer {
    let mut writer = Writer {
        random: Rng::with_seed(seed),
        text: String::new(),
        repeats,
        last: None,
    };
    writer.object(0, Some(0));
    writer
}

/// What is charged for a response with this body, in pieces whose sizes differ, if it says so.
async fn charged(random: &mut Rng, text: &str) -> Option<u32> {
    const LIMIT: u32 = u32::MAX;
    const ESTIMATE: u32 = 123_456_789;
    let (memory, _clock) = memory();
    let policy = Policy::fixed_window("tokens", Quota::per_minute(LIMIT));
    let plan = Plan::new("all", [policy]).unwrap();
    let layer = RateLimitLayer::with_limiter(memory.clone(), plan.clone())
        .with_cost(|_| ESTIMATE)
        .with_charge(Charge::by_field(PATH));
    let pieces: Vec<_> = pieces(random, text).collect();
    let service = tower::service_fn(move |_: Request<common::Body>| {
        let frames = pieces
            .clone()
            .into_iter()
            .map(|piece| Ok::<_, Infallible>(Frame::data(piece)));
        let body = StreamBody::new(futures_util::stream::iter(frames));
        let response = Response::builder().header("content-type", "application/json");
        std::future::ready(Ok::<_, Infallible>(response.body(body).unwrap()))
    });
    let response = send(&layer.layer(service), request("/", &[])).await;
    drop(response.into_body().collect().await.unwrap());
    let charged = LIMIT - left(&memory, &plan);
    (charged != ESTIMATE).then_some(charged)
}

/// What the peer of all these requests has left.
fn left(memory: &Memory, plan: &Plan) -> u32 {
    let key = memory.hasher().anonymous_at([192, 0, 2, 1].into());
    let Check::Done(Ok(verdict)) = memory.peek(&[Subject { key, plan }], 0.into()) else {
        unreachable!("memory answers at once");
    };
    let left = verdict.decision.policies().next().unwrap().remaining();
    u32::try_from(left).unwrap()
}

fn pieces(random: &mut Rng, text: &str) -> impl Iterator<Item = Bytes> {
    let mut rest = Bytes::copy_from_slice(text.as_bytes());
    std::iter::from_fn(move || {
        let size = random.usize(..9).min(rest.len());
        (!rest.is_empty()).then(|| rest.split_to(size))
    })
}

/// What a reader of whole texts finds.
fn looked_up(value: &Value) -> Option<u32> {
    let number = value.get("usage")?.get("total")?;
    let digits = number.as_number()?.to_string();
    let is_whole = digits.bytes().all(|byte| byte.is_ascii_digit());
    is_whole.then(|| digits.parse().unwrap_or(u32::MAX))
}

#[tokio::test]
async fn it_is_what_is_found_in_the_whole_text() {
    let mut hits = 0;
    for seed in 1..2_000 {
        let mut writer = written(seed, false);
        let value: Value = serde_json::from_str(&writer.text).unwrap();
        let expected = looked_up(&value);
        let text = &writer.text;
        assert_eq!(writer.last, expected, "{text}");
        assert_eq!(charged(&mut writer.random, text).await, expected, "{text}");
        hits += usize::from(expected.is_some());
    }
    assert!(hits > 150, "{hits}");
}

#[tokio::test]
async fn of_what_is_there_twice_it_is_the_last_number_in_the_text() {
    for seed in 1..2_000 {
        let mut writer = written(seed, true);
        let text = &writer.text;
        assert_eq!(
            charged(&mut writer.random, text).await,
            writer.last,
            "{text}"
        );
    }
}

/// Changes a few characters.
fn harmed(random: &mut Rng, text: &str) -> String {
    const OTHER: &[u8] = b"{}[]:,\"\\ 01-+.eEtrufalsn/\n\x01";
    let mut text: Vec<char> = text.chars().collect();
    for _ in 0..=random.usize(..3) {
        let at = random.usize(..text.len());
        let other = char::from(*random.choice(OTHER).unwrap());
        match random.usize(..4) {
            0 if text.len() > 1 => drop(text.remove(at)),
            1 => text.insert(at, other),
            2 => text.truncate(at + 1),
            _ => text[at] = other,
        }
    }
    text.into_iter().collect()
}

#[tokio::test]
async fn what_another_reader_refuses_says_nothing() {
    let (mut valid, mut refused) = (0, 0);
    for seed in 1..4_000 {
        let Writer {
            mut random, text, ..
        } = written(seed, false);
        let text = harmed(&mut random, &text);
        let text = format!("{{\"usage\":{{\"total\":7}},\"x\":{text}}}");
        let value = serde_json::from_str::<Value>(&text);
        // It is JSON, but not to a reader that has no such numbers.
        if (value.as_ref()).is_err_and(|error| error.to_string().contains("out of range")) {
            continue;
        }
        let value = value.ok();
        let expected = value.as_ref().and_then(looked_up);
        assert_eq!(charged(&mut random, &text).await, expected, "{text}");
        *(if value.is_some() {
            &mut valid
        } else {
            &mut refused
        }) += 1;
    }
    assert!(valid > 500 && refused > 500, "{valid} {refused}");
}
