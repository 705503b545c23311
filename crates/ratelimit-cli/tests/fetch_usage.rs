//! What is said when a fetch cannot begin: with a remedy, and without secrets.

#![allow(clippy::unwrap_used)] // A call that fails is a test that fails.

mod common;

use common::fetch::{Fetched, fetch};
use common::policy_file;

#[track_caller]
fn refused(args: &[&str]) -> String {
    let Fetched {
        code,
        results,
        stderr,
    } = fetch(args, "http://127.0.0.1:1/\n");
    assert_eq!((code, results.len()), (Some(2), 0), "{stderr}");
    assert!(!stderr.contains("hunter2"), "{stderr}");
    stderr
}

#[test]
fn an_input_that_cannot_be_read_is_said() {
    assert!(refused(&["--input", "no-such-file"]).contains("cannot read the input no-such-file"));
    assert!(refused(&["--input", "/"]).contains("cannot read the input /"));
}

#[test]
fn an_output_that_cannot_be_written_is_said() {
    assert!(refused(&["--output", "/no/such/dir/x"]).contains("--output /no/such/dir/x"));
    let file = policy_file("http://127.0.0.1:1/\n");
    let path = file.to_str().unwrap();
    assert!(refused(&["--input", path, "--output", path]).contains("name another"));
    assert_eq!(
        std::fs::read_to_string(&file).unwrap(),
        "http://127.0.0.1:1/\n"
    );
}

#[test]
fn options_that_are_wrong_are_said_with_the_remedy() {
    assert!(refused(&["--rate", "fast"]).contains("60/1m"));
    assert!(refused(&["--timeout", "5"]).contains("30s, 500ms or 2m"));
    assert!(refused(&["--max-body", "big"]).contains("64M or 1G"));
    assert!(refused(&["--concurrency", "0"]).contains("1..=1000"));
    assert!(refused(&["--pace", "slow"]).contains("[possible values: eager, even]"));
}

#[test]
fn headers_that_are_wrong_are_said_without_what_they_hold() {
    assert!(refused(&["-H", "Authorization hunter2"]).contains("there is no colon"));
    let file = policy_file("# keys\nX-Key: a\nhunter2\n");
    let at = format!("@{}", file.to_str().unwrap());
    let said = refused(&["-H", &at]);
    assert!(said.contains(", line 3: there is no colon"), "{said}");
    assert!(refused(&["-H", "@no-such-file"]).contains("cannot read the file"));
}

#[test]
fn certificates_that_are_none_are_said() {
    let file = policy_file("hunter2");
    assert!(refused(&["--cacert", file.to_str().unwrap()]).contains("BEGIN CERTIFICATE"));
    assert!(refused(&["--cacert", "no-such-file"]).contains("cannot read the file"));
}

#[test]
fn the_help_helps() {
    let output = common::output(&["fetch", "--help"]);
    assert_eq!(output.status.code(), Some(0));
    let help = String::from_utf8(output.stdout).unwrap();
    for word in [
        "Examples:",
        "Exit status:",
        "Ctrl-C",
        "\"waited_ms\"",
        "--max-wait",
        "body_base64",
    ] {
        assert!(help.contains(word), "{word}");
    }
}
