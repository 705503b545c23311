//! A refusal costs the gateway less than what it refuses would have cost.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)] // A call that fails is a test that fails.

mod common;

use common::{Gateway, Wire, upstream};

const POLICY: &str = r#"
version = 1
[caller]
anonymous = "by-address:guest"
[plans.guest]
policies = [{ name = "much", quota = "1000000/1m" }]
[[endpoints]]
prefix = "/closed"
policies = [{ name = "closed", algorithm = "fixed-window", quota = "1/366d" }]
instead = true
"#;

/// How busy the gateway is with so many calls.
fn busy_with(gateway: &Gateway, wire: &mut Wire, target: &str, status: u16) -> u64 {
    const CALLS: usize = 2_000;
    let before = gateway.busy();
    for _ in 0..CALLS {
        wire.get(target, "");
        assert_eq!(wire.answer().status, status);
    }
    gateway.busy() - before
}

#[test]
fn what_is_refused_costs_less_than_what_is_admitted() {
    let service = upstream(|mut wire| {
        while wire.head().body.starts_with("GET") {
            wire.send("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
        }
    });
    let gateway = Gateway::enforcing(POLICY, Some(service));
    let mut wire = gateway.connect();
    wire.get("/closed", "");
    assert_eq!(wire.answer().status, 200);
    let (mut admitted, mut refused) = (0, 0);
    for _ in 0..3 {
        admitted += busy_with(&gateway, &mut wire, "/open", 200);
        refused += busy_with(&gateway, &mut wire, "/closed", 429);
    }
    eprintln!("processor time: {admitted} ticks admitted, {refused} refused");
    assert!(refused < admitted, "{refused} and {admitted}");
}
