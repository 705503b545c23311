//! `ratelimit fetch` as a process.

use super::ratelimit;
use serde_json::Value;
use std::io::{ErrorKind, Write};
use std::process::{Child, Command, Output, Stdio};

/// What came of it.
pub struct Fetched {
    pub code: Option<i32>,
    /// The results, in the order in which they were printed.
    pub results: Vec<Value>,
    pub stderr: String,
}

impl Fetched {
    pub fn of(output: Output) -> Self {
        let text = String::from_utf8(output.stdout).unwrap();
        Self {
            code: output.status.code(),
            results: results(&text),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The result of this line of the input.
    #[track_caller]
    pub fn line(&self, number: u64) -> &Value {
        let mut found = self
            .results
            .iter()
            .filter(|result| result["line"] == number);
        let result = found.next().unwrap_or_else(|| panic!("no line {number}"));
        assert!(found.next().is_none(), "line {number} is there twice");
        result
    }

    /// What is wrong with this line.
    #[track_caller]
    pub fn error(&self, number: u64) -> &str {
        let result = self.line(number);
        result["error"]
            .as_str()
            .unwrap_or_else(|| panic!("{result}"))
    }

    pub fn statuses(&self) -> Vec<u64> {
        let of = |result: &Value| result["status"].as_u64();
        self.results.iter().filter_map(of).collect()
    }
}

pub fn results(text: &str) -> Vec<Value> {
    let parse = |line| serde_json::from_str(line).unwrap();
    text.lines().map(parse).collect()
}

/// The command, which no proxy of this machine is in the way of.
pub fn command(args: &[&str]) -> Command {
    let mut command = ratelimit(&["fetch"]);
    command
        .args(args)
        .env("NO_PROXY", "*")
        .env_remove("NO_COLOR");
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

pub fn begin(args: &[&str], input: &str) -> Child {
    let mut child = command(args).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    match stdin.write_all(input.as_bytes()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
        written => written.unwrap(),
    }
    child
}

/// What comes of these items.
pub fn fetch(args: &[&str], input: &str) -> Fetched {
    Fetched::of(begin(args, input).wait_with_output().unwrap())
}
