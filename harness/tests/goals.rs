//! The goals of `docs/CLIENT.md` in short: few runs of most scenarios, of those to judge by. The whole is in the page.

use ratelimit_harness::scenario::{self, Scenario};
use ratelimit_harness::{Goal, Job, Seeds, Subject, Summary, missed, work_off};

#[test]
fn every_goal_holds() {
    let all = scenario::all().into_iter();
    let scenarios: Vec<Scenario> = all.filter(|scenario| !scenario.is_extra).collect();
    let missed = missed(&scenarios, &measured(&scenarios), Goal::holds_in_few);
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

fn measured(scenarios: &[Scenario]) -> Vec<Summary> {
    let mut jobs = Vec::new();
    for Scenario { setup, .. } in scenarios {
        jobs.extend(Seeds::SHORT.iter().map(|seed| Job {
            setup,
            subject: Subject::Ours,
            seed,
        }));
    }
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    let runs = work_off(&jobs, threads, |_, _| {});
    let each = Seeds::SHORT.iter().count();
    runs.chunks(each).map(Summary::of).collect()
}
