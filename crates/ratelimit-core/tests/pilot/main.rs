//! A pilot, held against the limiters that it must not collide with: simulated, in virtual time.

#![allow(clippy::unwrap_used, reason = "what should not be, fails the test")]

mod alone;
mod case;
mod client;
mod events;
mod garbage;
mod greedy;
mod limits;
mod long;
mod places;
mod server;
mod shared;
mod silence;
mod steady;
mod world;

use proptest::test_runner::{Config, RngSeed};

const SECOND: u64 = 1_000_000_000;
const MINUTE: u64 = 60 * SECOND;

/// Cases of a property: always the same ones, unless `PROPTEST_CASES` asks for more.
fn cases(cases: u32) -> Config {
    let asked = std::env::var("PROPTEST_CASES").ok();
    let asked = asked.and_then(|n| n.parse().ok());
    Config {
        cases: asked.unwrap_or(cases),
        rng_seed: asked.map_or(RngSeed::Fixed(7), |_| RngSeed::Random),
        failure_persistence: None,
        max_shrink_iters: 200,
        ..Config::default()
    }
}
