//! A seed is a run: whoever tunes must be able to see the same run again.

use ratelimit_harness::scenario::{self, Scenario};
use ratelimit_harness::{Job, Measure, Setup, Subject, Supply, run, work_off};

fn of(family: &str) -> Scenario {
    let mut all = scenario::all().into_iter();
    let found = all.find(|scenario| scenario.family == family);
    found.expect("there is such a family")
}

fn short(setup: &Setup) -> Setup {
    let supply = match setup.supply {
        Supply::Endless { .. } => Supply::Endless { windows: 2 },
        list @ Supply::List(_) => list,
    };
    Setup {
        supply,
        ..setup.clone()
    }
}

#[test]
fn two_runs_of_a_seed_agree_exactly_and_two_seeds_do_not() {
    for family in ["C1", "C3", "C9", "C10", "C12", "C14"] {
        let setup = short(&of(family).setup);
        for subject in [Subject::Ours, Subject::TokenBucket] {
            let first = run(&setup, subject, 7);
            assert_eq!(first, run(&setup, subject, 7), "{family} {subject:?}");
            let other = run(&setup, subject, 8);
            assert_ne!(first, other, "{family} {subject:?}");
        }
    }
}

#[test]
fn threads_change_nothing() {
    let setups: Vec<Setup> = ["C1", "C3", "C9", "C13"]
        .map(|f| short(&of(f).setup))
        .into();
    let job = |setup| Job {
        setup,
        subject: Subject::Ours,
        seed: 3,
    };
    let jobs: Vec<Job<'_>> = setups.iter().map(job).collect();
    let alone: Vec<Measure> = work_off(&jobs, 1, |_, _| {});
    assert_eq!(alone.len(), jobs.len());
    assert_eq!(alone, work_off(&jobs, 3, |_, _| {}));
}
