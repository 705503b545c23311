//! Who shares a quota with others leaves them something, and nothing to nobody.

use crate::SECOND;
use crate::case::{Case, Form, Kind};
use crate::steady::Steady;

const LIMIT: u32 = 240;

/// What is left of the limit at each answer, with the seconds since the start, while somebody else takes a unit a
/// second.
fn beside_another(kind: Kind, seconds: u64) -> Vec<(u64, u64)> {
    let mut steady = Steady::new(&Case::plain(kind, Form::Moment, LIMIT, 5));
    let start = steady.now;
    let (mut others, mut seen) = (0, Vec::new());
    loop {
        let sent = steady.step();
        let gone = (steady.now - start) / SECOND;
        if gone >= seconds {
            return seen;
        }
        while others < gone {
            steady.stranger();
            others += 1;
        }
        if let Some(id) = sent {
            let reply = steady.reply();
            seen.push((gone, reply.told.remaining.unwrap()));
            steady.answer(id, &reply);
        }
    }
}

/// What is left of a counter when a window ends is lost. That it may as well be a fixed window that ends a window later
/// is no reason to spare it: that one loses nothing by being spent sooner.
#[test]
fn the_first_window_of_a_counter_is_used_before_it_ends() {
    let seen = beside_another(Kind::Counter, 58);
    let (at, left) = seen.last().copied().unwrap();
    assert!(at > 50 && left < u64::from(LIMIT) / 6, "{left} at {at} s");
}

/// What is kept against others' bursts is spent when the window ends.
#[test]
fn less_is_left_of_a_counter_when_a_window_ends_than_before() {
    let seen = beside_another(Kind::Counter, 600);
    let mean = |from: u64, to: u64| {
        let left = seen
            .iter()
            .filter(|(at, _)| *at > 120 && (from..to).contains(&(at % 60)));
        let left: Vec<_> = left.map(|(_, left)| *left as f64).collect();
        left.iter().sum::<f64>() / left.len() as f64
    };
    let (middle, end) = (mean(25, 35), mean(55, 60));
    assert!(end < 0.6 * middle, "{end} at the end, {middle} before");
}
