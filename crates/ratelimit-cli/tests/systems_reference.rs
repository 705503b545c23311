//! What `docs/SYSTEMS.md` names as proof is there.

#![allow(clippy::unwrap_used)] // A call that fails is a test that fails.

use std::path::{Path, PathBuf};

const SYSTEMS: &str = include_str!("../../../docs/SYSTEMS.md");

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// What stands between backticks.
fn quoted() -> impl Iterator<Item = &'static str> {
    let lines = SYSTEMS.lines().filter(|line| !line.starts_with("```"));
    lines.flat_map(|line| line.split('`').skip(1).step_by(2))
}

/// The file and the function that `cli maviapi::the_wait` stands for.
fn test(text: &str) -> Option<(PathBuf, &str)> {
    let (krate, rest) = text.split_once(' ')?;
    let (file, name) = rest.split_once("::")?;
    let krate = match krate {
        "cli" | "tower" | "core" => format!("ratelimit-{krate}"),
        _ => return None,
    };
    let path = format!("crates/{krate}/tests/{file}.rs");
    Some((workspace().join(path), name))
}

#[test]
fn every_test_and_every_program_that_is_named_exists() {
    let mut tests = 0;
    for text in quoted().filter(|text| !text.contains('…')) {
        if let Some((path, name)) = test(text) {
            let source = std::fs::read_to_string(&path).unwrap_or_else(|_| panic!("no {path:?}"));
            assert!(source.contains(&format!("fn {name}(")), "{text}");
            tests += 1;
        }
        for (prefix, folder) in [
            ("examples/", "examples/examples/"),
            ("recipes/", "examples/recipes/"),
        ] {
            if let Some(program) = text.strip_prefix(prefix).filter(|rest| rest.contains('.')) {
                let path = workspace().join(folder).join(program);
                assert!(path.exists(), "{text}");
            }
        }
    }
    assert!(tests > 40, "{tests}");
}
