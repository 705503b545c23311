//! A cap on how many are in flight, held against a list of who is.

#![allow(clippy::unwrap_used, reason = "what should not be, fails the test")]

mod oracle;

use oracle::{Pair, cases, ns, plan};
use proptest::prelude::*;
use ratelimit_core::{Policy, Reason};

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn as_many_are_admitted_as_there_are_permits(
        cap in 1..8u32,
        moves in prop::collection::vec((0..6usize, 0..1000u64), 1..80),
    ) {
        let pair = Pair::new(plan([Policy::concurrency("cap", cap)]));
        let mut held = Vec::new();
        for (what, pause) in moves {
            pair.clock.advance(ns(pause));
            let free = cap as usize - held.len();
            if what < 4 {
                let cost = u32::try_from(what).unwrap() * 1000;
                let direct = pair.direct.reserve(cost);
                let keyed = pair.memory.reserve_key("key", &pair.plan, cost);
                prop_assert_eq!((direct.is_ok(), keyed.is_ok()), (free > 0, free > 0));
                match (direct, keyed) {
                    (Ok(direct), Ok(keyed)) => held.push((direct, keyed.into_permit())),
                    (Err(refused), _) => {
                        prop_assert_eq!(refused.reason(), Some(Reason::Concurrency));
                        prop_assert_eq!(refused.retry_after(), None);
                    }
                    _ => {}
                }
            } else if !held.is_empty() {
                let which = usize::try_from(pause).unwrap() % held.len();
                let (direct, keyed) = held.swap_remove(which);
                match what {
                    4 => direct.settle(7),
                    _ => direct.cancel(),
                }
                drop(keyed);
            }
            let decision = pair.peek(1);
            prop_assert_eq!(decision.remaining(), u64::from(cap) - held.len() as u64);
            prop_assert_eq!(decision.is_allowed(), decision.remaining() > 0);
            prop_assert_eq!(decision.reset_after().as_nanos(), 0);
            prop_assert_eq!(decision.policies().next().unwrap().next_after(), None);
        }
    }
}
