//! How the gateway begins and ends.

#![allow(clippy::unwrap_used)] // A call that fails is a test that fails.
#![allow(
    clippy::disallowed_methods,
    reason = "another process is waited for, and it has no other clock"
)]

mod common;

use common::{Gateway, output, policy_file};
use std::time::{Duration, Instant};

fn stderr(output: &std::process::Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn a_port_in_use_is_said_with_the_remedy() {
    let gateway = Gateway::start();
    let taken = output(&["serve", "--listen", &gateway.address.to_string()]);
    assert_eq!(taken.status.code(), Some(1));
    let error = stderr(&taken);
    assert!(
        error.contains(&format!("cannot listen on {}", gateway.address)),
        "{error}"
    );
    assert!(
        error.contains("hint: ") && error.contains("--listen"),
        "{error}"
    );
    assert!(taken.stdout.is_empty());
}

#[test]
fn a_bad_upstream_is_said_with_the_remedy() {
    let bad = output(&["serve", "--upstream", "localhost:9000"]);
    assert_eq!(bad.status.code(), Some(1));
    assert!(stderr(&bad).contains("--upstream http://127.0.0.1:9000"));
    let port = output(&["serve", "--upstream", "http://127.0.0.1:99999"]);
    assert_eq!(port.status.code(), Some(1));
    assert!(stderr(&port).contains("the port is not a number from 1 to 65535"));
}

#[test]
fn a_bad_policy_starts_nothing_and_is_said_as_check_says_it() {
    let file = policy_file("version = 1\n[caller]\nkye = \"bearer\"\n");
    let file = file.to_str().unwrap();
    let check = output(&["check", file]);
    assert_eq!(check.status.code(), Some(2));
    let expected = format!("{file}:3:1: unknown field `kye`\n  hint: did you mean `key`?\n");
    assert_eq!(stderr(&check), expected);
    let serve = output(&["serve", "--listen", "127.0.0.1:0", "--config", file]);
    assert_eq!(serve.status.code(), Some(2));
    assert_eq!(stderr(&serve), expected);
    assert!(serve.stdout.is_empty());
}

#[test]
fn a_good_policy_is_summed_up_without_its_keys() {
    let file = policy_file(include_str!("../policies/mavera.toml"));
    let check = output(&["check", file.to_str().unwrap()]);
    assert_eq!(check.status.code(), Some(0));
    assert_eq!(stderr(&check), "");
    let summary = String::from_utf8(check.stdout).unwrap();
    assert!(
        summary.contains("professional  minute 240/1m sliding-log  (1 key)"),
        "{summary}"
    );
    assert!(!summary.contains("mvra"), "{summary}");
}

#[test]
fn a_file_that_is_not_there_is_said() {
    let check = output(&["check", "no-such-file.toml"]);
    assert_eq!(check.status.code(), Some(2));
    assert!(stderr(&check).starts_with("no-such-file.toml: cannot read the file: "));
}

#[cfg(unix)]
#[test]
fn sigterm_lets_a_request_in_flight_finish_and_takes_no_other() {
    let mut gateway = Gateway::start();
    let mut wire = gateway.connect();
    wire.get(
        "/x?delay_ms=700",
        "authorization: Bearer mvra_live_basic\r\n",
    );
    let head = wire.head();
    let address = gateway.address;
    let mut idle = gateway.connect();
    assert_eq!(idle.call("mvra_live_basic", "/").status, 200);
    gateway.signal("-TERM");
    let body = wire.body(&head);
    assert!(body.ends_with("}\n"), "{body}");
    assert_eq!(gateway.wait(), Some(0));
    assert!(std::net::TcpStream::connect(address).is_err());
}

#[cfg(unix)]
#[test]
fn a_second_signal_ends_at_once() {
    let mut gateway = listening_with_stderr();
    let mut wire = gateway.connect();
    wire.get(
        "/x?delay_ms=60000",
        "authorization: Bearer mvra_live_basic\r\n",
    );
    assert_eq!(wire.head().status, 200);
    gateway.signal("-INT");
    // The first signal is heard when connections are refused.
    let began = Instant::now();
    while std::net::TcpStream::connect(gateway.address).is_ok() {
        assert!(began.elapsed() < common::PATIENCE, "still listening");
        std::thread::sleep(Duration::from_millis(5));
    }
    gateway.signal("-INT");
    assert_eq!(gateway.wait(), Some(1));
    let said = gateway.complaints();
    let waiting = "waiting for 1 request to finish; press Ctrl-C again to end at once\n";
    assert!(said.starts_with(waiting), "{said}");
}

#[cfg(unix)]
#[test]
fn without_requests_in_flight_there_is_nothing_to_wait_for() {
    let mut gateway = listening_with_stderr();
    let mut idle = gateway.connect();
    assert_eq!(idle.call("mvra_live_basic", "/").status, 200);
    gateway.signal("-INT");
    assert_eq!(gateway.wait(), Some(0));
    assert_eq!(gateway.complaints(), "");
}

#[cfg(unix)]
fn listening_with_stderr() -> Gateway {
    let mut command = common::ratelimit(&["serve", "--listen", "127.0.0.1:0"]);
    command.stderr(std::process::Stdio::piped());
    Gateway::run(command)
}
