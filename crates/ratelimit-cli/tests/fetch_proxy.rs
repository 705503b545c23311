//! A fetch through a proxy of the environment, and what is said when that fails.

#![allow(clippy::unwrap_used)] // A call that fails is a test that fails.

mod common;

use common::fetch::{Fetched, command};
use common::upstream;
use std::io::Write;
use std::net::SocketAddr;

/// What comes of these items through this proxy.
fn through(proxy: SocketAddr, input: &str) -> Fetched {
    let proxy = format!("http://me:hunter2@{proxy}");
    let mut command = command(&["--tries", "1"]);
    command
        .env("NO_PROXY", "near.invalid")
        .env_remove("no_proxy");
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"] {
        command.env(name, &proxy);
    }
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(input.as_bytes()).unwrap();
    drop(stdin);
    Fetched::of(child.wait_with_output().unwrap())
}

#[test]
fn who_is_not_reached_is_named_without_the_password() {
    // Nobody listens there.
    let nobody = SocketAddr::from(([127, 0, 0, 1], 1));
    let fetched = through(
        nobody,
        "http://a.invalid/\nhttps://b.invalid/\nhttp://near.invalid/\n",
    );
    for line in [1, 2] {
        let error = fetched.error(line);
        assert!(
            error.starts_with("cannot connect: ")
                && error.ends_with("to go through the proxy 127.0.0.1:1)"),
            "{error}"
        );
        assert!(
            !error.contains("hunter2") && !error.contains("me:"),
            "{error}"
        );
    }
    assert!(!fetched.error(3).contains("proxy"), "{}", fetched.error(3));
    assert!(!fetched.stderr.contains("hunter2"), "{}", fetched.stderr);
}

#[test]
fn who_refuses_the_way_or_breaks_off_is_named_too() {
    let proxy = upstream(|mut wire| {
        // The way to HTTPS is asked for, what is plain is asked itself.
        if wire.head().body.starts_with("CONNECT ") {
            wire.send("HTTP/1.1 407 Who are you\r\ncontent-length: 0\r\n\r\n");
        }
    });
    let fetched = through(proxy, "https://a.invalid/\nhttp://b.invalid/\n");
    assert!(
        fetched.error(1).contains("proxy authorization required"),
        "{}",
        fetched.error(1)
    );
    assert!(
        fetched.error(2).starts_with("the connection failed: "),
        "{}",
        fetched.error(2)
    );
    for line in [1, 2] {
        let named = format!("through the proxy {proxy})");
        assert!(
            fetched.error(line).ends_with(&named),
            "{}",
            fetched.error(line)
        );
    }
}
