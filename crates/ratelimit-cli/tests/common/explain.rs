//! `ratelimit explain` as a process.

use super::ratelimit;
use std::io::{ErrorKind, Write};
use std::process::{Output, Stdio};

pub const NOW: &str = "2026-03-02T12:00:00Z";

/// What it does with this input.
pub fn explain(args: &[&str], input: &[u8]) -> Output {
    let mut command = ratelimit(&["explain"]);
    command.args(args).env_remove("NO_COLOR");
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    match stdin.write_all(input) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
        written => written.unwrap(),
    }
    drop(stdin);
    child.wait_with_output().unwrap()
}

/// What it says in words, at [`NOW`].
#[track_caller]
pub fn explained(input: &str) -> String {
    let output = explain(&["--now", NOW], input.as_bytes());
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), &*error), (Some(0), ""), "{input}");
    String::from_utf8(output.stdout).unwrap()
}
