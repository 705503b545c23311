//! The goals of `docs/CLIENT.md` in short: few runs of most scenarios, of those to judge by. The whole is in the page.

use ratelimit_harness::known::{self, verdict_of_few};
use ratelimit_harness::scenario::{self, Scenario};
use ratelimit_harness::{Job, Seeds, Subject, Summary, work_off};

#[test]
fn every_goal_holds_but_those_that_are_known_not_to() {
    let all = scenario::all().into_iter();
    let scenarios: Vec<Scenario> = all.filter(|scenario| !scenario.is_extra).collect();
    let surprises = known::surprises(&scenarios, &measured(&scenarios), verdict_of_few);
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
}

#[test]
fn what_is_known_is_of_a_goal_that_there_is_and_said_once() {
    let scenarios = scenario::all();
    for known in known::all() {
        let scenario = scenarios.iter().find(|scenario| known.is_of(scenario));
        let scenario = scenario.unwrap_or_else(|| panic!("no scenario: {known:?}"));
        let mut goals = scenario.goals.iter();
        let goal = goals.find(|goal| goal.quantity() == known.quantity);
        let goal = goal.unwrap_or_else(|| panic!("no goal: {known:?}"));
        assert!(goal.is_looser_with(known.worst), "{known:?}");
        let same =
            known::all().filter(|other| other.is_of(scenario) && other.quantity == known.quantity);
        assert_eq!(same.count(), 1, "{known:?}");
    }
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
