//! The goals of `docs/CLIENT.md` in short: a few runs of most scenarios, of those to judge by. The whole is in the page.

use ratelimit_harness::scenario::{self, Scenario};
use ratelimit_harness::{Job, Seeds, Subject, Summary, table, work_off};

/// What few runs may have in 429s beside what is allowed, where that is a share so small that a single one is
/// more.
const SLACK: u64 = 1;

#[test]
fn every_goal_holds() {
    let all = scenario::all().into_iter();
    let scenarios: Vec<Scenario> = all.filter(|scenario| !scenario.is_extra).collect();
    let missed: Vec<String> = (scenarios.iter().zip(measured(&scenarios)))
        .filter(|(scenario, summary)| is_missed(scenario, summary))
        .map(|(scenario, summary)| table::row(scenario, &summary).join("  "))
        .collect();
    assert!(missed.is_empty(), "missed:\n{}", missed.join("\n"));
}

fn is_missed(scenario: &Scenario, summary: &Summary) -> bool {
    let mut goals = scenario.goals.iter();
    goals.any(|goal| !goal.holds_within(summary, SLACK))
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
    let runs = work_off(&jobs, threads, |_| {});
    let each = Seeds::SHORT.iter().count();
    runs.chunks(each).map(Summary::of).collect()
}
