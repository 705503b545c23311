//! `ratelimit explain` as a process: heads go in, in every form that people have them in.

#![allow(clippy::unwrap_used, reason = "a call that fails is a test that fails")]

mod common;

use common::explain::{NOW, explain, explained as text};
use common::ratelimit;
use serde_json::{Value, json};
use std::io::{ErrorKind, Write};
use std::process::Stdio;

const CASES: &str = include_str!("../../ratelimit-headers/tests/data/cases.jsonl");

#[track_caller]
fn json(now: &str, input: &[u8]) -> Value {
    let output = explain(&["--json", "--now", now], input);
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), &*error), (Some(0), ""));
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text.lines().count(), 1, "{text}");
    serde_json::from_str(&text).unwrap()
}

/// No head is found in it, and this is said.
#[track_caller]
fn refused(input: &[u8], message: &str) {
    for args in [&["--json"][..], &[]] {
        let output = explain(args, input);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(
            (output.status.code(), output.stdout.len()),
            (Some(2), 0),
            "{error}"
        );
        assert!(error.starts_with(message), "{error}");
        assert!(error.contains("\n  hint: "), "{error}");
    }
}

// The golden cases.

/// The head of a case: what is before the first header, how lines end, and what follows.
fn head(case: &Value, status: &str, end: &str, body: &str) -> Vec<u8> {
    let mut head = format!("{status}{end}");
    for line in case["headers"].as_array().unwrap() {
        let [name, value] = [0, 1].map(|at| line[at].as_str().unwrap());
        head += &format!("{name}: {value}{end}");
    }
    (head + body).into_bytes()
}

fn in_every_form(case: &Value) -> Vec<Vec<u8>> {
    let page = "\r\n\r\n<html>\r\nX-RateLimit-Remaining: 1\r\n</html>";
    let redirect = "HTTP/1.1 301 Moved\r\nx-ratelimit-remaining: 1\r\n\r\nHTTP/1.1 200 OK";
    let proxy = "HTTP/1.1 200 Connection established\n\nHTTP/1.1 100 Continue\n\nHTTP/2 200 ";
    vec![
        head(case, "HTTP/1.1 200 OK", "\r\n", "\r\n"),
        head(case, "HTTP/1.1 429 Too Many Requests", "\n", ""),
        head(case, "HTTP/2 200 ", "\r\n", &page[2..]),
        head(case, "HTTP/2 429", "\n", "\n{\"error\": 1}"),
        head(case, redirect, "\r\n", "\r\n"),
        head(case, proxy, "\n", "\nHTTP is a protocol"),
        head(case, "", "\n", "\n"),
    ]
}

fn sorted(policies: &Value) -> Vec<Value> {
    let mut policies = policies.as_array().cloned().unwrap_or_default();
    policies.sort_by_key(Value::to_string);
    policies
}

/// What was printed, as a case has it.
fn as_expected(mut found: Value) -> Value {
    let object = found.as_object_mut().unwrap();
    if let Some(policies) = object.get_mut("policies").and_then(Value::as_array_mut) {
        for policy in policies.iter_mut() {
            let dialect = policy.as_object_mut().unwrap().remove("dialect");
            assert!(dialect.is_some_and(|dialect| dialect.is_string()));
        }
        let ordered = sorted(&found["policies"]);
        found["policies"] = ordered.into();
    }
    found
}

#[test]
fn every_published_response_is_explained_as_its_source_says() {
    let mut count = 0;
    for line in CASES.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let mut expected = case["expect"].clone();
        if expected.get("policies").is_some() {
            expected["policies"] = sorted(&expected["policies"]).into();
        }
        for input in in_every_form(&case) {
            let found = json(case["now"].as_str().unwrap(), &input);
            assert_eq!(as_expected(found), expected, "{}", case["id"]);
        }
        count += 1;
    }
    assert!(count >= 69, "{count}");
}

#[test]
fn json_names_the_family_and_what_binds() {
    let head = "HTTP/2 200\nratelimit: \"a\";r=8, \"b\";r=0;t=25\n";
    assert_eq!(
        json(NOW, head.as_bytes()),
        json!({
            "policies": [
                {"name": "a", "unit": null, "limit": null, "remaining": 8, "reset_after_ms": null, "window_s": null, "dialect": "ietf-08+"},
                {"name": "b", "unit": null, "limit": null, "remaining": 0, "reset_after_ms": 25000, "window_s": null, "dialect": "ietf-08+"},
            ],
            "retry_after_ms": null,
            "binding": {"name": "b", "unit": null},
        })
    );
    let one = json(NOW, b"x-ratelimit-remaining: 1\n");
    assert_eq!(one.get("binding"), None);
    assert_eq!(one["policies"][0]["dialect"], "x-ratelimit");
}

// Heads.

#[test]
fn the_documentation_shows_what_is_printed() {
    const DOCUMENTED: &str = include_str!("../../../docs/HEADERS.md");
    let head = "HTTP/2 200 \r\nx-ratelimit-limit: 60\r\nx-ratelimit-remaining: 59\r\nx-ratelimit-reset: 3600\r\nx-ratelimit-resource: core\r\n\r\n";
    let json = explain(&["--json"], head.as_bytes()).stdout;
    for printed in [text(head), String::from_utf8(json).unwrap()] {
        assert!(DOCUMENTED.contains(&printed), "{printed}");
    }
}

#[test]
fn values_are_bytes() {
    let head = b"HTTP/1.1 200 OK\r\nx-owner: \xff\xfe\r\nX-RateLimit-Limit: 5\xa0\r\nX-RateLimit-Remaining: 4\r\nX-RateLimit-Resource: caf\xc3\xa9\r\n\r\n";
    let found = json(NOW, head);
    assert_eq!(found["policies"][0]["limit"], Value::Null);
    assert_eq!(found["policies"][0]["remaining"], 4);
    assert_eq!(found["policies"][0]["name"], "caf\u{e9}");
}

#[test]
fn folded_lines_and_what_stands_before_the_head_are_understood() {
    let head =
        b"\xef\xbb\xbf\r\n\r\nHTTP/1.1 200 OK\r\nratelimit: \"a\";r=8,\r\n\t \"b\";r=7  \r\n\r\n";
    assert_eq!(json(NOW, head)["policies"][1]["remaining"], 7);
}

#[test]
fn a_head_without_limits_is_no_mistake() {
    assert_eq!(
        json(NOW, b"HTTP/1.1 204 No Content\r\n\r\n"),
        json!({"none": true})
    );
    assert_eq!(json(NOW, b"server: x"), json!({"none": true}));
}

#[test]
fn without_a_head_there_is_nothing_to_explain() {
    refused(b"", "there is nothing to explain");
    refused(b"\r\n\n \n", "there is nothing to explain");
    refused(b"{\"a\": 1}", "line 1 is no header");
    refused(b"GET / HTTP/1.1\r\nhost: x\r\n", "line 1 is no header");
    refused(b"\nHTTP/1.1 OK\r\n\r\n", "line 2 begins like a status line");
    refused(b"a: b\r\nS3CRET\r\n", "line 2 is no header");
    refused(b"a: b\x01\nc: d\n", "line 1 has a control character");
    refused(
        b"< HTTP/1.1 200 OK\n",
        "line 1 is no header\n  hint: this looks like `curl -v`",
    );
    refused(&[b'a'; 2 << 20], "the head does not end");
    let many: String = (0..40_000).map(|number| format!("x-{number}:\n")).collect();
    refused(many.as_bytes(), "line 2");
}

#[test]
fn one_bad_line_does_not_spoil_a_head() {
    let bad = "HTTP/1.1 200 OK\n a: b\nx-ratelimit-remaining: 3\na: b\x01\nS3CRET\nx-ratelimit-limit: 5\n";
    let said = text(bad);
    assert!(said.contains("3 of 5 left"), "{said}");
    let left_out = "left out: line 2 is indented, and continues no header, line 4 has a control character in its \
                    value, line 5 is no header";
    assert!(said.contains(left_out), "{said}");
    assert_eq!(json(NOW, bad.as_bytes())["policies"][0]["limit"], 5);
}

#[test]
fn a_body_that_looks_like_a_head_is_none() {
    let stated = "x-ratelimit-remaining: 3\r\n\r\n";
    for (status, body) in [
        ("200 OK", "HTTP/1.1 500 forged\nretry-after: 99999\n"),
        ("200 OK", "HTTP/1.1 200 OK is what it says\nfoo bar"),
        (
            "429 Too Many Requests",
            "HTTP/2 200\nx-ratelimit-remaining: 9\n",
        ),
        // Another head may follow these, and what reads as none is none.
        ("301 Moved", "HTTP/1.1 now\n"),
        ("401 Unauthorized", "HTTP is a protocol\n"),
    ] {
        let found = json(
            NOW,
            format!("HTTP/1.1 {status}\r\n{stated}{body}").as_bytes(),
        );
        assert_eq!(found["policies"][0]["remaining"], 3, "{status}: {found}");
        assert!(found["retry_after_ms"].is_null());
    }
}

#[test]
fn the_work_is_no_more_than_the_head_is_long() {
    let members: Vec<_> = (0..60_000).map(|number| format!("a{number};r=1")).collect();
    let long = format!("HTTP/2 200\nratelimit: {}\n", members.join(","));
    let fields: String = (0..20_000)
        .map(|number| format!("x-{number}-ratelimit: 1\n"))
        .collect();
    for head in [long, format!("HTTP/2 200\n{fields}")] {
        let said = explain(&[], head.as_bytes()).stdout;
        assert!(
            said.len() < 12 * head.len(),
            "{} of {}",
            said.len(),
            head.len()
        );
    }
}

#[test]
fn no_message_repeats_a_line() {
    let output = explain(&[], b"set-cookie: S3CRET\r\nS3CRET\r\n");
    assert!(!String::from_utf8(output.stderr).unwrap().contains("S3CRET"));
    let said =
        text("HTTP/1.1 200 OK\r\nset-cookie: S3CRET\r\nx-ratelimit-remaining: 1\r\n\r\nS3CRET");
    assert!(!said.contains("S3CRET"), "{said}");
}

#[test]
fn an_endless_body_is_not_read() {
    let mut command = ratelimit(&["explain", "--json"]);
    let command = command.stdin(Stdio::piped()).stdout(Stdio::null());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin
        .write_all(b"HTTP/1.1 200 OK\r\nretry-after: 1\r\n\r\n")
        .unwrap();
    let piece = [b'x'; 1 << 16];
    // 64 MiB, far more than a pipe holds.
    let refused = (0..1024).find_map(|_| stdin.write_all(&piece).err());
    assert_eq!(
        refused.map(|error| error.kind()),
        Some(ErrorKind::BrokenPipe)
    );
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_head_that_only_announces_a_response_is_none() {
    let announced = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n";
    refused(announced, "no final response followed");
    let endless = b"HTTP/1.1 100 Continue\r\n\r\n".repeat(1 << 16);
    refused(&endless, "no final response followed");
    let switched = b"HTTP/1.1 101 Switching Protocols\r\nretry-after: 1\r\n\r\n";
    assert_eq!(json(NOW, switched)["retry_after_ms"], 1000);
}

#[test]
fn a_carriage_return_alone_ends_no_line() {
    refused(
        b"HTTP/1.1 200 OK\rretry-after: 1\r\r",
        "line 1 has a carriage return",
    );
    refused(
        b"HTTP/1.1 200 OK\r\na: b\rretry-after: 1\r\n",
        "line 2 has a carriage return",
    );
}

#[test]
fn what_cannot_be_written_is_no_success() {
    let file = common::policy_file(include_str!("../policies/mavera.toml"));
    for args in [
        &["explain"][..],
        &["explain", "--json"],
        &["check", file.to_str().unwrap()],
    ] {
        let mut command = ratelimit(args);
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full");
        let Ok(full) = full else { return };
        command
            .stdin(Stdio::piped())
            .stdout(full)
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // `check` reads nothing.
        let _ = child.stdin.take().unwrap().write_all(b"retry-after: 1\n");
        let output = child.wait_with_output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{args:?} {error}");
        assert!(error.starts_with("cannot write the result: "), "{error}");
    }
}

#[test]
fn a_reader_that_is_gone_has_read_enough() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = ratelimit(&["explain"]);
    command
        .stdin(Stdio::piped())
        .stdout(writer)
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"retry-after: 1\n").unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0));
}

#[test]
fn a_moment_that_is_none_is_refused() {
    for moment in ["noon", "9999-12-31T23:59:59Z", "1969-12-31T23:59:59Z"] {
        let output = explain(&["--now", moment], b"retry-after: 1\n");
        assert_eq!(output.status.code(), Some(2));
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(error.contains("1970 to 9998"), "{error}");
        assert!(error.contains("as in 2026-03-02T12:00:00Z"), "{error}");
    }
}

#[test]
fn the_unit_of_resets_can_be_told() {
    let head = b"x-rate-limit-remaining: 0\nx-rate-limit-reset: 1500\n";
    for (args, expected) in [
        (&["--json"][..], 1_500_000),
        (&["--json", "--reset-unit", "seconds"], 1_500_000),
        (&["--json", "--reset-unit", "milliseconds"], 1500),
    ] {
        let found: Value = serde_json::from_slice(&explain(args, head).stdout).unwrap();
        assert_eq!(found["policies"][0]["reset_after_ms"], expected);
    }
}
