//! Keys and addresses that nobody has seen before, very many of them: memory is bounded, and callers that are known
//! keep what they spent.

#![allow(clippy::unwrap_used)] // A call that fails is a test that fails.

mod common;

use common::bench::Bench;
use http::Request;
use ratelimit_core::Stats;
use ratelimit_tower::key::PeerAddr;
use std::net::{Ipv6Addr, SocketAddr};
use std::time::Duration;

/// So many strangers, in a minute.
const STRANGERS: u64 = 100_000;
const EVERY: Duration = Duration::from_micros(600);

/// For ten thousand callers; a log of each stranger's would hold 100,000.
const POLICY: &str = r#"
version = 1
[caller]
key = "bearer"
unknown = "RULE"
[responses]
headers = ["x-ratelimit"]
[store]
capacity = 10000
[plans.paid]
policies = [
  { name = "hour", algorithm = "sliding-log", quota = "60/1h" },
  { name = "day", algorithm = "fixed-window", quota = "100/1d" },
]
[plans.guest]
policies = [{ name = "minute", algorithm = "sliding-log", quota = "30/1m" }]
[[keys]]
key = "tok-half"
plan = "paid"
[[keys]]
key = "tok-all"
plan = "paid"
"#;

/// Two known callers of whom one has spent half and the other all.
fn spent(unknown: &str) -> Bench {
    let policy = POLICY.replace("RULE", unknown);
    let mut bench = Bench::at(1_700_000_000, &policy);
    for (key, count) in [("tok-half", 30), ("tok-all", 60)] {
        for _ in 0..count {
            assert_eq!(bench.get(key, "/x").status(), 200);
        }
    }
    bench
}

/// That both have spent what they had spent, to the unit.
#[track_caller]
fn is_as_before(bench: &mut Bench) {
    assert_eq!(bench.get("tok-all", "/x").status(), 429);
    for left in (0..30).rev() {
        let told = bench.get("tok-half", "/x");
        assert_eq!(told.status(), 200);
        assert_eq!(told.number("x-ratelimit-remaining"), left);
    }
    assert_eq!(bench.get("tok-half", "/x").status(), 429);
}

/// A call of a stranger with a key of its own, from the `from`-th address; its status.
fn stranger(bench: &mut Bench, number: u64, from: u64) -> u16 {
    bench.clock.advance(EVERY);
    let network = u128::from(from) << 64;
    let address = Ipv6Addr::from_bits((0x2001_0db8 << 96) + network + 1);
    let request = Request::get("/x")
        .header("authorization", format!("Bearer stranger-{number}"))
        .extension(PeerAddr(SocketAddr::new(address.into(), 4711)));
    bench.call(request).status()
}

fn bytes(stats: &Stats) -> usize {
    stats.bytes + stats.log_bytes
}

#[test]
fn a_hundred_thousand_keys_that_are_refused_leave_no_trace() {
    let mut bench = spent("refuse");
    let before = bench.memory.stats();
    for number in 0..STRANGERS {
        assert_eq!(stranger(&mut bench, number, number), 401);
    }
    assert_eq!(bench.memory.stats(), before);
    is_as_before(&mut bench);
}

#[test]
fn a_hundred_thousand_keys_from_one_address_are_one_caller() {
    let mut bench = spent("by-address:guest");
    let before = bench.memory.stats();
    let admitted = (0..STRANGERS)
        .filter(|number| stranger(&mut bench, *number, 0) == 200)
        .count();
    // 30 in any minute, and the last call is a minute after the first but for one step.
    assert_eq!(admitted, 30);
    let after = bench.memory.stats();
    assert_eq!(after.slots, before.slots + 1);
    assert_eq!(after.evicted, 0);
    is_as_before(&mut bench);
}

#[test]
fn a_hundred_thousand_keys_from_as_many_addresses_take_no_more_room_than_there_is() {
    let mut bench = spent("by-address:guest");
    let (mut half_way, mut full) = (Stats::default(), 0);
    for number in 0..STRANGERS {
        match stranger(&mut bench, number, number) {
            200 => {}
            // Among few slots there is, seldom, none that should go: nobody is let in uncounted.
            503 => full += 1,
            status => panic!("{status}"),
        }
        if number == STRANGERS / 2 {
            half_way = bench.memory.stats();
        }
    }
    assert!(full < STRANGERS / 1_000, "{full}");
    let after = bench.memory.stats();
    assert!(after.evicted > 50_000, "{after:?}");
    assert!(after.slots < 50_000, "{after:?}");
    assert!(bytes(&after) < 4 << 20, "{after:?}");
    assert!(bytes(&after) <= bytes(&half_way) * 11 / 10, "{after:?}");
    is_as_before(&mut bench);
}
