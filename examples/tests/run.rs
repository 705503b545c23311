//! Runs each example, and holds what it prints against what its documentation says that it prints.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// Where `cargo test` has put the examples, whatever the target directory and the profile: beside the
/// directory of the tests. (`--test run` alone builds none, and would run those that are there.)
fn binary(name: &str) -> PathBuf {
    let test = env::current_exe().unwrap();
    let profile = test.ancestors().nth(2).unwrap();
    let file = format!("{name}{}", env::consts::EXE_SUFFIX);
    profile.join("examples").join(file)
}

/// The block of text in the documentation of an example.
fn documented(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("examples/{name}.rs"));
    let source = fs::read_to_string(&path).unwrap();
    let doc = source.lines().map_while(|line| line.strip_prefix("//!"));
    let lines = doc.map(|line| line.strip_prefix(' ').unwrap_or(line));
    let block = lines.skip_while(|line| *line != "```text").skip(1);
    let block: Vec<_> = block.take_while(|line| *line != "```").collect();
    assert!(!block.is_empty(), "{path:?} does not say what it prints");
    block.join("\n")
}

/// The text without times (`60s`, `1.5s`, `60 seconds`): they depend on how quick the machine is.
fn timeless(text: &str) -> String {
    let is_number = |word: &str| word.parse::<f64>().is_ok();
    let mut out = String::new();
    let mut words = text.split_inclusive([' ', '\n']).peekable();
    while let Some(word) = words.next() {
        let bare = word.trim_end_matches([' ', '\n', ',', ')']);
        let of_seconds = words.peek().is_some_and(|next| next.starts_with("second"));
        let is_time = bare.strip_suffix('s').is_some_and(is_number);
        match is_time || of_seconds && is_number(bare) {
            true => out.extend(["_", &word[bare.len()..]]),
            false => out.push_str(word),
        }
    }
    out
}

#[track_caller]
fn prints_what_it_says(name: &str) {
    let output = Command::new(binary(name)).output().unwrap_or_else(|error| {
        panic!("{name}: {error}; `cargo test -p ratelimit-examples` builds the examples first")
    });
    let printed = String::from_utf8(output.stdout).unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name}: {printed}\n{errors}");
    assert_eq!(
        timeless(printed.trim_end()),
        timeless(&documented(name)),
        "{name}"
    );
}

/// A test for each name; a file of `examples/examples` that is not named fails the last of them.
macro_rules! examples {
    ($($name:ident)*) => {
        $(#[test] fn $name() { prints_what_it_says(stringify!($name)); })*

        #[test]
        fn every_example_is_run() {
            let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
            for file in fs::read_dir(directory).unwrap() {
                let path = file.unwrap().path();
                let name = path.file_stem().unwrap().to_str().unwrap();
                assert!([$(stringify!($name)),*].contains(&name), "{name} is not run");
            }
        }
    };
}

examples! {
    after_auth
    axum_tiers
    both_ends
    client_hyper
    client_reqwest
    client_tonic
    credits
    hyper_server
    llm_tokens
    paused_clock
    token_and_address
    tonic_server
    usage_endpoint
    usage_monitor
}
