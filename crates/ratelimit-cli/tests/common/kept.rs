//! Gateways that keep their state in a file, one after the other.

use std::path::PathBuf;
use std::process::Output;

use tempfile::TempDir;

use super::said::Said;
use super::{Gateway, policy_file, ratelimit};

pub const KEY: &str = "tok-alice-secret";

const POLICY: &str = r#"
version = 1
[caller]
key = "bearer"
[responses]
headers = ["x-ratelimit"]
[plans.paid]
policies = [
  { name = "hour", algorithm = "sliding-log", quota = "100/1h" },
  { name = "month", quota = "1000/month", zone = "UTC" },
]
[[endpoints]]
prefix = "/slow"
policies = [{ name = "slow-at-once", concurrency = 1 }]
[[keys]]
key = "tok-alice-secret"
plan = "paid"
"#;

/// A directory with a state file in it, or without.
pub struct Kept {
    pub directory: TempDir,
    policy: PathBuf,
}

impl Kept {
    pub fn new() -> Self {
        Self {
            directory: TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap(),
            policy: policy_file(POLICY),
        }
    }

    pub fn file(&self) -> PathBuf {
        self.directory.path().join("state")
    }

    pub fn bytes(&self) -> Vec<u8> {
        std::fs::read(self.file()).unwrap()
    }

    pub fn holds(&self, bytes: &[u8]) {
        std::fs::write(self.file(), bytes).unwrap();
    }

    /// The names of all that is in the directory.
    pub fn names(&self) -> Vec<String> {
        let names = std::fs::read_dir(self.directory.path()).unwrap();
        let mut names: Vec<_> = names
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    fn command(&self, options: &[&str]) -> std::process::Command {
        let mut command = ratelimit(&["serve", "--listen", "127.0.0.1:0"]);
        command.arg("--config").arg(&self.policy);
        command.arg("--state").arg(self.file()).args(options);
        command
    }

    /// A gateway that runs, and what it says.
    pub fn start(&self, options: &[&str]) -> (Gateway, Said) {
        let mut command = self.command(options);
        let said = Said::by(&mut command);
        (Gateway::run(command), said)
    }

    /// What a gateway says that does not start. One that does is ended by its test's end, not by itself.
    pub fn refusal(&self) -> Output {
        self.command(&[]).output().unwrap()
    }
}

/// Spends one, and says how many are left in the hour.
pub fn remaining(gateway: &Gateway) -> u64 {
    let answer = gateway.call(KEY, "/x");
    assert_eq!(answer.status, 200);
    answer.number("x-ratelimit-remaining")
}

#[cfg(unix)]
pub fn end(mut gateway: Gateway) -> Option<i32> {
    gateway.signal("-TERM");
    gateway.wait()
}
