//! Connections are bounded, in number and in silence.

#![allow(clippy::unwrap_used)] // A call that fails is a test that fails.
#![allow(
    clippy::disallowed_methods,
    reason = "another process is waited for, and it has no other clock"
)]

mod common;

use common::{Gateway, ratelimit};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

const KEY: &str = "mvra_live_basic";

#[test]
fn who_comes_when_all_places_are_taken_waits_for_one() {
    let gateway = Gateway::with(&["--max-connections", "1"]);
    let mut first = gateway.connect();
    assert_eq!(first.call(KEY, "/").status, 200);
    let mut second = gateway.connect();
    second.get("/", &format!("authorization: Bearer {KEY}\r\n"));
    assert!(!second.says_something_within(Duration::from_millis(200)));
    drop(first);
    assert_eq!(second.answer().status, 200);
}

#[test]
fn silence_does_not_hold_a_place_for_long() {
    let gateway = Gateway::with(&["--max-connections", "1", "--head-timeout", "50ms"]);
    let mut silent = gateway.connect();
    let mut slow = gateway.connect();
    slow.send("GET / HT");
    assert_eq!(gateway.call(KEY, "/").status, 200);
    silent.until_closed();
    slow.until_closed();
}

#[cfg(unix)]
#[test]
fn a_want_of_descriptors_is_said_once_and_ends_with_its_cause() {
    let binary = ratelimit(&[]).get_program().to_owned();
    let mut command = Command::new("sh");
    command
        .args(["-c", "ulimit -n 40; exec \"$0\" serve --listen 127.0.0.1:0"])
        .arg(binary)
        .stderr(Stdio::piped());
    let gateway = Gateway::run(command);
    let silent: Vec<_> = (0..60)
        .map(|_| TcpStream::connect(gateway.address).unwrap())
        .collect();
    // Long enough for several attempts.
    thread::sleep(Duration::from_millis(500));
    drop(silent);
    assert_eq!(gateway.call(KEY, "/").status, 200);
    let complaints = gateway.complaints();
    assert_eq!(complaints.lines().count(), 1, "{complaints}");
    assert!(complaints.starts_with("cannot accept a connection: "));
}
