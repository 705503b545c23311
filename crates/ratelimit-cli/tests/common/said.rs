//! What a process says on stderr, read while it runs.

#![allow(
    clippy::disallowed_methods,
    reason = "another process is waited for, and it has no other clock"
)]

use std::fs::File;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use super::{PATIENCE, policy_file};

/// The stderr of a process.
pub struct Said(PathBuf);

impl Said {
    /// Of what this command will start.
    pub fn by(command: &mut Command) -> Self {
        let path = policy_file("").with_extension("stderr");
        command.stderr(File::create(&path).unwrap());
        Self(path)
    }

    pub fn text(&self) -> String {
        std::fs::read_to_string(&self.0).unwrap()
    }

    /// Waits until this is part of it.
    #[track_caller]
    pub fn with(&self, text: &str) {
        self.with_after(0, text);
    }

    /// Waits until this is part of what stands after so many bytes.
    #[track_caller]
    pub fn with_after(&self, before: usize, text: &str) {
        let began = Instant::now();
        while !self.text()[before..].contains(text) {
            let waited = began.elapsed();
            assert!(
                waited < PATIENCE,
                "{text:?} was never said: {}",
                self.text()
            );
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}
