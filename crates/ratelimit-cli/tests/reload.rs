//! A policy file that changes while the gateway serves.

#![cfg(unix)]
#![allow(clippy::unwrap_used)] // A call that fails is a test that fails.

mod common;

use common::said::Said;
use common::{Gateway, Wire, policy_file, ratelimit};
use std::path::PathBuf;

const POLICY: &str = r#"
version = 1
name = "v1"
[caller]
key = "bearer"
[responses]
headers = ["x-ratelimit"]
[responses.set]
x-policy = "v1"
[plans.free]
policies = [{ name = "hour", algorithm = "fixed-window", quota = "100/1h" }]
[plans.pro]
policies = [{ name = "hour", algorithm = "fixed-window", quota = "1000/1h" }]
[[endpoints]]
prefix = "/slow"
policies = [{ name = "slow-at-once", concurrency = 1 }]
[[keys]]
key = "tok-alice"
plan = "free"
"#;

/// A gateway, its policy file, and a connection that is kept alive.
struct Scene {
    gateway: Gateway,
    said: Said,
    file: PathBuf,
    wire: Wire,
}

impl Scene {
    fn new() -> Self {
        let file = policy_file(POLICY);
        let mut command = ratelimit(&["serve", "--listen", "127.0.0.1:0", "--config"]);
        let said = Said::by(command.arg(&file));
        let gateway = Gateway::run(command);
        let wire = gateway.connect();
        Self {
            gateway,
            said,
            file,
            wire,
        }
    }

    /// Puts this file in the place of the old one, says so, and waits for what is said of it.
    fn reload(&self, policy: &str, about: &str) {
        let new = policy_file(policy);
        std::fs::rename(new, &self.file).unwrap();
        let before = self.said.text().len();
        self.gateway.signal("-HUP");
        self.said.with_after(before, about);
    }

    /// Puts a file in force.
    fn change(&self, policy: &str) {
        self.reload(policy, "2 plans, 1 key\n");
    }

    fn remaining(&mut self) -> u64 {
        let answer = self.wire.call("tok-alice", "/x");
        assert_eq!(answer.status, 200);
        answer.number("x-ratelimit-remaining")
    }
}

/// The policy, with another name and the key in another plan.
fn with_plan(version: &str, plan: &str) -> String {
    let moved = POLICY.replace("plan = \"free\"", &format!("plan = \"{plan}\""));
    moved.replace("v1", version)
}

#[test]
fn who_is_moved_to_another_plan_keeps_what_was_spent_on_the_same_connection() {
    let mut scene = Scene::new();
    for remaining in (40..100).rev() {
        assert_eq!(scene.remaining(), remaining);
    }
    scene.change(&with_plan("v2", "pro"));
    assert_eq!(scene.remaining(), 939);
    // And back again: 61 were spent.
    scene.change(&with_plan("v3", "free"));
    assert_eq!(scene.remaining(), 38);
    let file = scene.file.display().to_string();
    let said = scene.said.text();
    let reloaded = format!("reloaded {file}: 2 plans, 1 key\n");
    assert_eq!(said.matches(&reloaded).count(), 2, "{said}");
    assert!(!said.contains("tok-alice"), "{said}");
}

#[test]
fn a_file_that_is_wrong_changes_nothing_and_is_said_as_check_says_it() {
    let mut scene = Scene::new();
    assert_eq!(scene.remaining(), 99);
    scene.reload(&with_plan("v2", "gold"), "stays in force\n");
    let check = common::output(&["check", scene.file.to_str().unwrap()]);
    let expected = String::from_utf8(check.stderr).unwrap();
    assert_eq!(check.status.code(), Some(2));
    let answer = scene.wire.call("tok-alice", "/x");
    assert_eq!(answer.header("x-policy"), "v1");
    assert_eq!(answer.number("x-ratelimit-remaining"), 98);
    scene.change(&with_plan("v3", "pro"));
    assert_eq!(scene.remaining(), 997);
    assert!(scene.said.text().contains(&expected));
}

#[test]
fn a_request_under_way_finishes_and_holds_its_permit() {
    let mut scene = Scene::new();
    let mut slow = scene.gateway.connect();
    slow.get("/slow?delay_ms=1500", "authorization: Bearer tok-alice\r\n");
    let head = slow.head();
    assert_eq!(head.header("x-policy"), "v1");
    scene.change(&with_plan("v2", "pro"));
    assert_eq!(scene.wire.call("tok-alice", "/slow").status, 429);
    assert!(slow.body(&head).ends_with("}\n"));
    assert_eq!(scene.wire.call("tok-alice", "/slow").status, 200);
}

#[test]
fn a_key_that_is_taken_out_is_not_known_any_more() {
    let mut scene = Scene::new();
    assert_eq!(scene.remaining(), 99);
    let without = &with_plan("v2", "free").replace("tok-alice", "tok-bob");
    scene.change(without);
    assert_eq!(scene.wire.call("tok-alice", "/x").status, 401);
    assert_eq!(scene.wire.call("tok-bob", "/x").status, 200);
}

#[test]
fn the_sizes_of_the_store_stay_and_that_is_said() {
    let scene = Scene::new();
    scene.change(&(with_plan("v2", "free") + "[store]\ncapacity = 7\n"));
    scene.said.with("[store] is as it was at the start");
}

#[test]
fn without_a_policy_file_there_is_nothing_to_read_again() {
    let mut command = ratelimit(&["serve", "--listen", "127.0.0.1:0"]);
    let said = Said::by(&mut command);
    let mut gateway = Gateway::run(command);
    gateway.signal("-HUP");
    said.with("SIGHUP: there is no --config");
    assert_eq!(gateway.call("mvra_live_basic", "/").status, 200);
    gateway.signal("-TERM");
    assert_eq!(gateway.wait(), Some(0));
}

#[test]
fn a_file_that_is_gone_changes_nothing() {
    let mut scene = Scene::new();
    std::fs::remove_file(&scene.file).unwrap();
    scene.gateway.signal("-HUP");
    scene.said.with("cannot read the file");
    assert_eq!(scene.remaining(), 99);
}
