use super::*;

const MILLI: u64 = 1_000_000;
const S: u64 = 1_000_000_000;

/// The server is so far ahead.
const AHEAD: i64 = 1_700_000_000_300_000_000;

/// What an answer tells that the server made at `made`.
fn seen(sent: u64, made: u64, now: u64) -> Offset {
    let unix = u64::try_from(signed(made) + AHEAD).unwrap();
    Offset::of(sent, now, unix / S * S)
}

fn has_the_truth(offset: &Offset) -> bool {
    (offset.lo..=offset.hi).contains(&AHEAD)
}

#[test]
fn one_answer_tells_it_to_a_second_and_its_latency() {
    let offset = seen(S, S + 20 * MILLI, S + 50 * MILLI);
    assert!(has_the_truth(&offset));
    assert_eq!(offset.hi - offset.lo, SECOND + 50 * signed(MILLI));
}

#[test]
fn many_answers_narrow_it_to_the_latency() {
    let mut offset = seen(S, S + 20 * MILLI, S + 50 * MILLI);
    for step in 1..100 {
        let sent = S + step * 37 * MILLI;
        offset = offset.and(seen(sent, sent + 20 * MILLI, sent + 50 * MILLI));
        assert!(has_the_truth(&offset), "{offset:?}");
    }
    assert!(offset.hi - offset.lo < 90 * signed(MILLI), "{offset:?}");
}

#[test]
fn oscillators_drift_apart() {
    let narrow = Offset {
        lo: 100,
        hi: 100,
        ..seen(0, 0, 0)
    };
    let later = Offset {
        lo: -SECOND,
        hi: SECOND,
        ..seen(S, S, S)
    };
    let both = narrow.and(later);
    let drift = signed(S / DRIFT);
    assert_eq!((both.lo, both.hi), (100 - drift, 100 + drift));
}

#[test]
fn after_a_clock_was_set_only_the_newer_counts() {
    let old = seen(S, S, S);
    let newer = Offset::of(2 * S, 2 * S, 500 * S);
    let both = old.and(newer);
    assert_eq!((both.lo, both.hi), (newer.lo, newer.hi));
}
