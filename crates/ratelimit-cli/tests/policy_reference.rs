//! What the reference of the policy file shows can be enforced.

#![allow(clippy::unwrap_used)] // A call that fails is a test that fails.

mod common;

use common::{output, policy_file};

const REFERENCE: &str = include_str!("../../../docs/POLICY.md");

/// The blocks in this language.
fn blocks<'t>(text: &'t str, language: &str) -> Vec<&'t str> {
    let begin = format!("\n```{language}\n");
    let blocks = text.split(begin.as_str()).skip(1);
    blocks
        .map(|block| block.split("\n```\n").next().unwrap())
        .collect()
}

#[test]
fn every_file_in_the_reference_is_right_and_warns_of_nothing() {
    let files = blocks(REFERENCE, "toml");
    assert!(files.len() >= 9, "{}", files.len());
    for file in files {
        let path = policy_file(file);
        let check = output(&["check", path.to_str().unwrap()]);
        let error = String::from_utf8(check.stderr).unwrap();
        assert_eq!(
            (check.status.code(), error.as_str()),
            (Some(0), ""),
            "{file}"
        );
    }
}
