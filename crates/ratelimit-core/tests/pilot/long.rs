//! What is kept does not grow, however long it goes on.

use allocation_counter::measure;
use ratelimit_core::Timestamp;
use ratelimit_core::adapt::{Pilot, Spend, Steering};

use crate::SECOND;
use crate::case::{Case, Form, KINDS, Kind};
use crate::steady::Steady;

const ONE: Spend = Spend::new(1);

/// One whose flow is quick enough for a test.
fn steady(kind: Kind, form: Form) -> Steady {
    let mut steady = Steady::new(&Case::plain(kind, form, 240, 5));
    for _ in 0..4_000 {
        let (id, reply) = steady.ask();
        steady.answer(id, &reply);
    }
    steady
}

#[test]
fn nothing_is_allocated_once_it_is_learnt() {
    for kind in KINDS {
        for form in [Form::Moment, Form::Seconds] {
            let mut steady = steady(kind, form);
            let (mut asked, mut answered) = (0, 0);
            for _ in 0..2_000 {
                let mut sent = None;
                while sent.is_none() {
                    asked += measure(|| sent = steady.step()).count_total;
                }
                // The server is in this process too, and not counted.
                let reply = steady.reply();
                answered += measure(|| steady.answer(sent.unwrap(), &reply)).count_total;
            }
            assert_eq!((asked, answered), (0, 0), "{kind:?}, {form:?}");
        }
    }
}

#[test]
fn what_is_never_answered_does_not_make_it_grow() {
    let mut pilot = Pilot::new(Steering::new());
    let at = |number: u64| Timestamp::from_nanos((1_000 + number) * SECOND);
    pilot.sent(at(0), &ONE);
    let grown = measure(|| {
        for number in 0..1_000_000 {
            let id = pilot.sent(at(number), &ONE);
            pilot.lost(id, at(number));
        }
    });
    assert!(grown.bytes_current < 1 << 16, "{grown:?}");
}
