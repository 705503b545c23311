use super::*;
use crate::adapt::offset::signed;
use crate::adapt::sight::Edge;

const SECOND: u64 = 1_000_000_000;

/// The first answer of a bucket that is full again within a second.
fn first_answer(window: Option<u64>) -> Sight {
    let (sent, now) = (10 * SECOND, 10 * SECOND + SECOND / 10);
    let edge = Edge {
        label: None,
        lo: signed(now),
        hi: signed(now + SECOND / 100),
        known: true,
    };
    Sight {
        sent,
        now,
        cost: 1.0,
        actual: 1.0,
        limit: 100.0,
        left: 99.0,
        edge: Some(edge),
        window,
        lag: 0,
        slack: 0.0,
    }
}

fn bucket(window: Option<u64>) -> Bucket {
    let mut bucket = Bucket::default();
    let sight = first_answer(window);
    bucket.observe(&sight, &Ledger::new()).unwrap();
    bucket.rates = bucket.rates.map(|_| None);
    bucket.rates[0] = Some((99.0, 101.0));
    bucket.rate = bucket.likely_rate();
    bucket
}

#[test]
fn a_window_of_a_second_is_believed_if_it_is_stated_or_was_seen_for_a_while() {
    let guessed = bucket(None);
    assert!(guessed.is_hasty(11 * SECOND));
    assert!(!guessed.is_hasty(13 * SECOND));
    assert!(!bucket(Some(SECOND)).is_hasty(11 * SECOND));
}

#[test]
fn a_limit_that_changes_does_not_begin_it_anew() {
    let mut changed = bucket(None);
    changed.void(0.5);
    assert_eq!(changed.first, first_answer(None).now);
}
