//! Whatever a server says, and whatever clocks do: nothing panics, and nobody turns in circles.

use std::time::Duration;

use proptest::prelude::*;
use ratelimit_core::Timestamp;
use ratelimit_core::adapt::{
    Answer, Leave, Pace, Pilot, Reset, SendId, Spend, Steering, Told, Verdict,
};

use crate::{MINUTE, SECOND, cases};

/// The beginning: on a local line of time, and in Unix seconds.
const START: u64 = 3_000_000 * SECOND;
const UNIX: u64 = 1_700_000_000;
/// No clock gets further than this: a hundred years.
const END: u64 = 100 * 365 * 24 * 60 * MINUTE;

#[derive(Clone, Debug)]
struct Said {
    verdict: Verdict,
    date: Option<Duration>,
    told: Vec<Told>,
    actual: Option<Spend>,
}

/// What happens next.
#[derive(Clone, Debug)]
enum Move {
    Forth(u64),
    Back(u64),
    Leave(u32, usize),
    Answer(usize, Said),
    Lost(usize),
    Unsent(usize),
}

/// Numbers that are usual, and those at the ends.
fn numbers() -> impl Strategy<Value = u64> {
    prop_oneof![
        4 => 0..1000u64,
        1 => Just(0),
        1 => Just(u64::MAX),
        1 => Just(u64::from(u32::MAX)),
        1 => any::<u64>(),
    ]
}

fn moments() -> impl Strategy<Value = Duration> {
    prop_oneof![
        4 => (UNIX - 100..UNIX + 10_000).prop_map(Duration::from_secs),
        // The year 5000, and the ends.
        1 => Just(Duration::from_secs(95_617_584_000)),
        1 => Just(Duration::ZERO),
        1 => Just(Duration::MAX),
        1 => any::<u64>().prop_map(Duration::from_nanos),
    ]
}

fn spans() -> impl Strategy<Value = Duration> {
    prop_oneof![
        4 => (0..100_000u64).prop_map(Duration::from_secs),
        2 => (0..100_000u64).prop_map(Duration::from_millis),
        1 => Just(Duration::ZERO),
        1 => Just(Duration::MAX),
    ]
}

fn resets() -> impl Strategy<Value = Reset> {
    prop_oneof![
        moments().prop_map(Reset::At),
        spans().prop_map(Reset::After)
    ]
}

fn told() -> impl Strategy<Value = Told> {
    let numbers = (
        prop::option::weighted(0.9, numbers()),
        prop::option::weighted(0.9, numbers()),
    );
    let times = (
        prop::option::weighted(0.9, resets()),
        prop::option::weighted(0.3, spans()),
    );
    (0..20u64, numbers, times).prop_map(|(id, (limit, remaining), (reset, window))| {
        Told::new(id)
            .with_limit(limit)
            .with_remaining(remaining)
            .with_reset(reset)
            .with_window(window)
    })
}

fn verdicts() -> impl Strategy<Value = Verdict> {
    prop_oneof![
        3 => Just(Verdict::Served),
        1 => prop::option::of(spans()).prop_map(Verdict::refused),
    ]
}

fn said() -> impl Strategy<Value = Said> {
    let told = prop::collection::vec(told(), 0..4);
    let date = prop::option::weighted(0.8, moments());
    let actual = prop::option::weighted(0.2, any::<u32>().prop_map(Spend::new));
    (verdicts(), date, told, actual).prop_map(|(verdict, date, told, actual)| Said {
        verdict,
        date,
        told,
        actual,
    })
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let costs = prop_oneof![4 => Just(1), 1 => 0..100u32, 1 => any::<u32>()];
    let one = prop_oneof![
        3 => (0..5_000u64).prop_map(|ms| Move::Forth(ms * (SECOND / 1000))),
        1 => prop_oneof![0..100 * MINUTE, any::<u64>()].prop_map(Move::Forth),
        1 => (0..100 * MINUTE).prop_map(Move::Back),
        6 => (costs, prop_oneof![0..100usize, Just(usize::MAX)])
            .prop_map(|(cost, waiting)| Move::Leave(cost, waiting)),
        6 => (any::<usize>(), said()).prop_map(|(which, said)| Move::Answer(which, said)),
        1 => any::<usize>().prop_map(Move::Lost),
        1 => any::<usize>().prop_map(Move::Unsent),
    ];
    prop::collection::vec(one, 1..150)
}

struct Run {
    pilot: Pilot,
    now: u64,
    sent: Vec<SendId>,
}

impl Run {
    fn go(&mut self, step: Move) {
        let at = Timestamp::from_nanos(self.now);
        match step {
            Move::Forth(by) => self.now = self.now.saturating_add(by).min(END),
            Move::Back(by) => self.now = self.now.saturating_sub(by),
            Move::Leave(cost, waiting) => self.leave(&Spend::new(cost), waiting),
            Move::Answer(which, said) => {
                if let Some(id) = self.pick(which) {
                    let answer = Answer::new(said.verdict)
                        .with_date(said.date)
                        .with_told(&said.told)
                        .with_actual(said.actual);
                    self.pilot.answered(id, at, &answer);
                }
            }
            Move::Lost(which) => {
                if let Some(id) = self.pick(which) {
                    self.pilot.lost(id, at);
                }
            }
            Move::Unsent(which) => {
                if let Some(id) = self.pick(which) {
                    self.pilot.unsent(id, at);
                }
            }
        }
        for outlook in self.pilot.outlook(at) {
            assert!((0.0..=1.0).contains(&outlook.share), "{outlook:?}");
        }
    }

    /// Now and then an answer comes twice, so that it stays in the list.
    fn pick(&mut self, which: usize) -> Option<SendId> {
        let index = which.checked_rem(self.sent.len())?;
        match which % 5 {
            0 => Some(self.sent[index]),
            _ => Some(self.sent.swap_remove(index)),
        }
    }

    fn leave(&mut self, spend: &Spend, waiting: usize) {
        let at = Timestamp::from_nanos(self.now);
        match self.pilot.leave(at, spend, waiting) {
            Leave::Now => self.sent.push(self.pilot.sent(at, spend)),
            Leave::At(later) => assert!(later > at, "{later:?} is not after {at:?}"),
            _ => {}
        }
    }
}

proptest! {
    #![proptest_config(cases(250))]

    #[test]
    fn nothing_that_is_said_panics(moves in moves(), eager in any::<bool>(), seed in any::<u64>()) {
        let pace = if eager { Pace::Eager } else { Pace::Even };
        let pilot = Pilot::new(Steering::new().with_pace(pace).with_seed(seed));
        let mut run = Run { pilot, now: START, sent: Vec::new() };
        for step in moves {
            run.go(step);
        }
    }
}
