//! Snapshots that are whole and sealed, and that no limiter wrote.

use std::time::Duration;

use proptest::prelude::*;

use super::record::{Head, LogEntry, Record, Saved};
use super::sealed::Sealed;
use crate::algorithm::{MAX_COUNT, State};
use crate::keyed::slot::Fingerprint;
use crate::{KeyHasher, ManualClock, Memory, Plan, Policy, Quota, SnapshotError};

const SECRET: [u8; 16] = [7; 16];
const NOW: u64 = 1_750_000_000;

fn sealed(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    Sealed::begin(&mut out).unwrap().end(bytes).unwrap();
    out
}

fn head(line: u64, unix: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    let secret = SECRET;
    Head { secret, line, unix }.write(&mut bytes);
    bytes
}

fn saved(policy: &Policy, state: State) -> Saved {
    let key = KeyHasher::with_secret(&SECRET).key("me");
    Saved {
        fingerprint: Fingerprint::new(key, policy.tag()),
        rate: 0,
        state,
    }
}

fn restored(bytes: &[u8]) -> (Result<Memory, SnapshotError>, ManualClock) {
    let clock = ManualClock::starting_at(Duration::from_secs(NOW));
    let builder = Memory::builder().capacity(1).clock(clock.clone());
    (builder.restore(&mut &sealed(bytes)[..]), clock)
}

#[track_caller]
fn is_corrupt(records: &[Record]) {
    let mut bytes = head(0, 0);
    records.iter().for_each(|record| record.write(&mut bytes));
    let (memory, _) = restored(&bytes);
    assert!(matches!(memory, Err(SnapshotError::Corrupt)));
}

fn policies() -> [Policy; 4] {
    let quota = Quota::per_minute(10);
    [
        Policy::gcra("p", quota),
        Policy::sliding_log("p", quota),
        Policy::sliding_counter("p", quota),
        Policy::fixed_window("p", quota),
    ]
}

#[test]
fn what_no_limiter_writes_is_corrupt() {
    let [bucket, log, ..] = policies();
    let state = |word, count| State { word, count };
    let rate = || Record::Rate(bucket.rate());
    let end = |states| Record::End { states };
    is_corrupt(&[]);
    is_corrupt(&[end(1)]);
    is_corrupt(&[end(0), end(0)]);
    is_corrupt(&[Record::State(saved(&bucket, state(1, 1))), end(1)]);
    let too_much = Record::State(saved(&bucket, state(1, MAX_COUNT + 1)));
    is_corrupt(&[rate(), too_much, end(1)]);
    is_corrupt(&[rate(), Record::Log(saved(&bucket, state(1, 0))), end(1)]);
    let of_log = Record::Rate(log.rate());
    is_corrupt(&[of_log, Record::State(saved(&log, state(1, 1))), end(1)]);
    // Many entries are claimed, and none is there: nothing is allocated for them.
    let of_log = Record::Rate(log.rate());
    is_corrupt(&[of_log, Record::Log(saved(&log, state(1, MAX_COUNT)))]);
    let cap = Policy::concurrency("cap", 3);
    is_corrupt(&[Record::Rate(cap.rate()), end(0)]);
}

/// Any number, and often one near the ends of the line or near the present.
fn numbers() -> impl Strategy<Value = u64> {
    let now = NOW * 1_000_000_000;
    prop_oneof![
        any::<u64>(),
        0..1000u64,
        u64::MAX - 1000..=u64::MAX,
        now - (1 << 38)..now + (1 << 38),
    ]
}

proptest! {
    #[test]
    fn states_that_nobody_wrote_make_no_panic(
        kind in 0..4usize,
        times in (numbers(), numbers()),
        (word, count) in (numbers(), numbers()),
        entries in prop::collection::vec((numbers(), 1..=MAX_COUNT), 0..5),
        waits in prop::collection::vec(0..200u64, 0..5),
    ) {
        let policy = policies()[kind].clone();
        let mut bytes = head(times.0, times.1);
        Record::Rate(policy.rate()).write(&mut bytes);
        if kind == 1 {
            let count = entries.len() as u64;
            Record::Log(saved(&policy, State { word, count })).write(&mut bytes);
            for (at, units) in entries {
                LogEntry { at, units }.write(&mut bytes);
            }
        } else {
            let count = count & MAX_COUNT;
            Record::State(saved(&policy, State { word, count })).write(&mut bytes);
        }
        Record::End { states: 1 }.write(&mut bytes);
        let (memory, clock) = restored(&bytes);
        let plan = Plan::try_from(policy).unwrap();
        for wait in waits.into_iter().filter(|_| memory.is_ok()) {
            let memory = memory.as_ref().unwrap();
            clock.advance(Duration::from_secs(wait));
            let decision = memory.check_key("me", &plan, 3);
            let _ = format!("{decision:?} {:?}", decision.binding());
            if let Ok(reserved) = memory.reserve_key("me", &plan, 2) {
                reserved.settle(1);
            }
            memory.write_snapshot(&mut std::io::sink()).unwrap();
        }
    }
}
