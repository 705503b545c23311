//! Two that use what there is as soon as they may, on one key: who comes later gets his part all the same.

use std::time::Duration;

use ratelimit_harness::{Kind, Pace, Setup, Subject, run};

/// The second comes when the first has used up its window, in the middle of the next.
fn pair(kind: Kind, limit: u32) -> Setup {
    Setup {
        pace: Pace::Eager,
        workers: 10,
        apart: Duration::from_secs(100),
        ..Setup::shared(kind, limit, 2)
    }
}

#[test]
fn who_comes_to_an_eager_one_is_not_starved() {
    for (kind, limit) in [
        (Kind::Log, 60),
        (Kind::Log, 240),
        (Kind::Fixed, 60),
        (Kind::Fixed, 240),
        (Kind::Bucket, 60),
    ] {
        for seed in 0..3 {
            let measure = run(&pair(kind, limit), Subject::Ours, seed);
            let jain = measure.jain.expect("there are two");
            // With one of them starved it is 0.5, with a quarter for one 0.8.
            assert!(jain > 0.7, "{} {limit}, seed {seed}: {jain}", kind.name());
            let few = f64::from(measure.sent) * 0.005;
            assert!(f64::from(measure.refused) <= few.max(3.0), "{measure:?}");
        }
    }
}
