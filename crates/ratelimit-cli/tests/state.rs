//! What was spent stays spent over restarts.

#![cfg(unix)]
#![allow(clippy::unwrap_used)] // A call that fails is a test that fails.
#![allow(
    clippy::disallowed_methods,
    reason = "another process is waited for, and it has no other clock"
)]

mod common;

use common::kept::{KEY, Kept, end, remaining};
use common::output;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

#[test]
fn what_was_spent_is_spent_after_a_restart() {
    let kept = Kept::new();
    let (gateway, said) = kept.start(&[]);
    for left in (90..100).rev() {
        assert_eq!(remaining(&gateway), left);
    }
    assert_eq!(end(gateway), Some(0));
    assert_eq!(said.text(), "");
    assert_eq!(kept.names(), ["state"]);
    for left in [89, 88] {
        let (gateway, _) = kept.start(&[]);
        assert_eq!(remaining(&gateway), left);
        assert_eq!(end(gateway), Some(0));
    }
}

#[test]
fn a_gateway_that_is_killed_loses_what_was_spent_since_the_last_save_and_no_more() {
    let kept = Kept::new();
    let (mut gateway, _) = kept.start(&["--state-interval", "1s"]);
    let empty = kept.bytes();
    for _ in 0..10 {
        remaining(&gateway);
    }
    // Nothing is spent from here on, so the save after the first that is seen has all of it.
    let began = Instant::now();
    let mut changes = Vec::from([empty]);
    while changes.len() < 3 {
        assert!(began.elapsed() < common::PATIENCE, "it is not saved");
        std::thread::sleep(Duration::from_millis(20));
        let now = kept.bytes();
        if changes.last() != Some(&now) {
            changes.push(now);
        }
    }
    gateway.signal("-KILL");
    gateway.wait();
    let (gateway, _) = kept.start(&[]);
    assert_eq!(remaining(&gateway), 89);
}

#[test]
fn a_gateway_that_is_killed_before_it_saves_leaves_the_file_as_it_was() {
    let kept = Kept::new();
    let (gateway, _) = kept.start(&[]);
    assert_eq!(remaining(&gateway), 99);
    end(gateway);
    let (mut gateway, _) = kept.start(&["--state-interval", "60m"]);
    for left in [98, 97, 96] {
        assert_eq!(remaining(&gateway), left);
    }
    gateway.signal("-KILL");
    gateway.wait();
    let (gateway, _) = kept.start(&[]);
    assert_eq!(remaining(&gateway), 98);
}

#[test]
fn what_is_spent_while_the_gateway_ends_is_saved_too() {
    let kept = Kept::new();
    let (mut gateway, said) = kept.start(&[]);
    let mut slow = gateway.connect();
    let line = format!("authorization: Bearer {KEY}\r\n");
    slow.get("/slow?delay_ms=500", &line);
    let head = slow.head();
    gateway.signal("-TERM");
    said.with("waiting for 1 request");
    assert!(slow.body(&head).ends_with("}\n"));
    assert_eq!(gateway.wait(), Some(0));
    let (gateway, _) = kept.start(&[]);
    assert_eq!(remaining(&gateway), 98);
    // And nobody holds its permit any more.
    assert_eq!(gateway.call(KEY, "/slow").status, 200);
}

#[test]
fn a_second_signal_ends_at_once_and_the_state_is_saved() {
    let kept = Kept::new();
    let (mut gateway, said) = kept.start(&[]);
    let mut slow = gateway.connect();
    let line = format!("authorization: Bearer {KEY}\r\n");
    slow.get("/slow?delay_ms=60000", &line);
    assert_eq!(slow.head().status, 200);
    gateway.signal("-TERM");
    said.with("waiting for 1 request");
    gateway.signal("-TERM");
    assert_eq!(gateway.wait(), Some(1));
    let (gateway, _) = kept.start(&[]);
    assert_eq!(remaining(&gateway), 98);
}

#[test]
fn the_file_is_private_and_holds_no_key() {
    let kept = Kept::new();
    let (gateway, _) = kept.start(&[]);
    let mode = || kept.file().metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(), 0o600);
    remaining(&gateway);
    end(gateway);
    assert_eq!(mode(), 0o600);
    let bytes = kept.bytes();
    assert!(bytes.len() > 93, "nothing was saved");
    for part in KEY.as_bytes().windows(6) {
        assert!(!bytes.windows(6).any(|window| window == part));
    }
}

#[test]
fn a_link_leads_to_the_file_before_and_after() {
    let kept = Kept::new();
    let real = kept.directory.path().join("real");
    let (gateway, _) = kept.start(&[]);
    end(gateway);
    std::fs::rename(kept.file(), &real).unwrap();
    std::os::unix::fs::symlink(&real, kept.file()).unwrap();
    let (gateway, _) = kept.start(&[]);
    remaining(&gateway);
    end(gateway);
    assert!(kept.file().is_symlink());
    assert_eq!(kept.bytes(), std::fs::read(&real).unwrap());
    let (gateway, _) = kept.start(&[]);
    assert_eq!(remaining(&gateway), 98);
}

#[test]
fn a_save_that_fails_is_said_once_and_stops_nobody() {
    let kept = Kept::new();
    let (mut gateway, said) = kept.start(&["--state-interval", "1s"]);
    let moved = kept.directory.path().with_extension("moved");
    std::fs::rename(kept.directory.path(), &moved).unwrap();
    said.with("cannot save the state to ");
    assert_eq!(remaining(&gateway), 99);
    // Long enough for another to fail.
    std::thread::sleep(Duration::from_millis(1_500));
    assert_eq!(said.text().lines().count(), 1, "{}", said.text());
    std::fs::rename(&moved, kept.directory.path()).unwrap();
    said.with("is saved to ");
    std::fs::rename(kept.directory.path(), &moved).unwrap();
    gateway.signal("-TERM");
    assert_eq!(gateway.wait(), Some(1));
    // At the end it is said again, because now it is so.
    assert!(said.text().matches("cannot save the state to ").count() >= 2);
    std::fs::rename(&moved, kept.directory.path()).unwrap();
    let (gateway, _) = kept.start(&[]);
    assert_eq!(remaining(&gateway), 98);
}

#[test]
fn what_only_means_something_with_a_state_file_needs_one() {
    for options in [&["--fresh"][..], &["--state-interval", "5s"]] {
        let refused = output(&[&["serve"], options].concat());
        assert_eq!(refused.status.code(), Some(2));
        let error = String::from_utf8(refused.stderr).unwrap();
        assert!(error.contains("--state <FILE>"), "{error}");
    }
    let often = output(&["serve", "--state", "x", "--state-interval", "999ms"]);
    assert_eq!(often.status.code(), Some(2));
    let error = String::from_utf8(often.stderr).unwrap();
    assert!(error.contains("one second is the least"), "{error}");
}
