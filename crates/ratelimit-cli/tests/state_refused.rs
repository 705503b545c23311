//! A state file that cannot be used is refused before anything is served, and is not lost.

#![cfg(unix)]
#![allow(clippy::unwrap_used)] // A call that fails is a test that fails.

mod common;

use common::kept::{Kept, end, remaining};
use common::ratelimit;

/// A state with two counts.
fn spent() -> Kept {
    let kept = Kept::new();
    let (gateway, _) = kept.start(&[]);
    remaining(&gateway);
    assert_eq!(end(gateway), Some(0));
    kept
}

/// That the file is refused with these words, stays as it is, and that `--fresh` sets it aside.
#[track_caller]
fn refused(kept: &Kept, bytes: &[u8], words: &str) {
    kept.holds(bytes);
    let refusal = kept.refusal();
    assert_eq!(refusal.status.code(), Some(1));
    assert!(refusal.stdout.is_empty());
    let error = String::from_utf8(refusal.stderr).unwrap();
    let file = kept.file().display().to_string();
    let begin = format!("error: --state {file}: ");
    assert!(error.starts_with(&begin), "{error}");
    assert!(error.contains(words), "{error}");
    assert!(error.contains("\n  hint: ") && error.contains("copy"));
    assert!(error.contains("`--fresh`"), "{error}");
    assert_eq!(kept.bytes(), bytes);
    assert_eq!(kept.names(), ["state"]);

    let (gateway, said) = kept.start(&["--fresh"]);
    assert_eq!(remaining(&gateway), 99);
    assert_eq!(end(gateway), Some(0));
    assert!(said.text().contains("state.old now\n"), "{}", said.text());
    let old = kept.directory.path().join("state.old");
    assert_eq!(std::fs::read(&old).unwrap(), bytes);
    std::fs::remove_file(old).unwrap();
}

#[test]
fn a_file_that_is_cut_off_is_refused() {
    let kept = spent();
    let whole = kept.bytes();
    for length in [0, 3, 12, whole.len() / 2, whole.len() - 1] {
        refused(&kept, &whole[..length], "cut off");
    }
}

#[test]
fn a_file_in_which_one_byte_is_another_is_refused() {
    let kept = spent();
    let mut flipped = kept.bytes();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    refused(&kept, &flipped, "the file is corrupt");
}

#[test]
fn a_file_of_a_newer_version_is_refused() {
    let kept = spent();
    let mut newer = kept.bytes();
    newer[8..12].copy_from_slice(&2u32.to_le_bytes());
    refused(
        &kept,
        &newer,
        "of version 2, and this program reads up to 1",
    );
}

#[test]
fn a_file_that_is_something_else_is_refused() {
    let kept = spent();
    refused(&kept, b"version = 1\n[caller]\n", "not a snapshot");
}

#[test]
fn what_was_set_aside_before_is_kept_too() {
    let kept = spent();
    for _ in 0..3 {
        let (gateway, _) = kept.start(&["--fresh"]);
        assert_eq!(remaining(&gateway), 99);
        end(gateway);
    }
    let names = ["state", "state.old", "state.old.2", "state.old.3"];
    assert_eq!(kept.names(), names);
}

#[test]
fn fresh_without_a_file_begins_empty_as_well() {
    let kept = Kept::new();
    let (gateway, said) = kept.start(&["--fresh"]);
    assert_eq!(remaining(&gateway), 99);
    end(gateway);
    assert_eq!(said.text(), "");
    assert_eq!(kept.names(), ["state"]);
}

#[test]
fn a_place_that_cannot_be_written_to_is_found_at_the_start() {
    let kept = Kept::new();
    let missing = kept.directory.path().join("missing/state");
    for (path, words) in [
        (missing.as_path(), "cannot save the state: "),
        (kept.directory.path(), "this is no file"),
        ("/dev/null".as_ref(), "this is no file"),
    ] {
        let mut command = ratelimit(&["serve", "--listen", "127.0.0.1:0", "--state"]);
        let refusal = command.arg(path).output().unwrap();
        assert_eq!(refusal.status.code(), Some(1));
        let error = String::from_utf8(refusal.stderr).unwrap();
        let said = format!("error: --state {}: {words}", path.display());
        assert!(error.starts_with(&said), "{error}");
        assert!(error.contains("\n  hint: "), "{error}");
    }
}

#[test]
fn a_gateway_that_cannot_listen_touches_no_state() {
    let kept = spent();
    let (gateway, _) = kept.start(&[]);
    let before = kept.bytes();
    let taken = gateway.address.to_string();
    let mut command = ratelimit(&["serve", "--fresh", "--listen", &taken, "--state"]);
    let refusal = command.arg(kept.file()).output().unwrap();
    assert_eq!(refusal.status.code(), Some(1));
    assert_eq!((kept.bytes(), kept.names()), (before, vec!["state".into()]));
}
