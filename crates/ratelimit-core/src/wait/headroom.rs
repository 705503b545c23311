//! A plan of which only a part is used.

use crate::algorithm::Algorithm;
use crate::plan::Plan;
use crate::policy::Policy;
use crate::quota::Quota;

/// The plan with `percent` of each limit and burst, rounded down, but at least 1. Caps stay as they
/// are: how many are in flight is known, not guessed.
pub(super) fn part_of(plan: &Plan, percent: u32) -> Plan {
    if percent == 100 {
        return plan.clone();
    }
    let policies = plan.policies().iter().map(|policy| part(policy, percent));
    // The names are those of a plan, and a burst is scaled with its limit; if rounding should have
    // made them differ where they must not, the whole plan is the lesser evil.
    Plan::new(plan.name().to_owned(), policies).unwrap_or_else(|_| plan.clone())
}

fn part(policy: &Policy, percent: u32) -> Policy {
    let name = policy.name().to_owned();
    let quota = |quota| scaled(quota, percent);
    let scaled = match (policy.algorithm(), policy.quota(), policy.periods()) {
        (Algorithm::Gcra, Some(of), _) => Policy::gcra(name, quota(of)),
        (Algorithm::SlidingLog, Some(of), _) => Policy::sliding_log(name, quota(of)),
        (Algorithm::SlidingCounter, Some(of), _) => Policy::sliding_counter(name, quota(of)),
        (Algorithm::FixedWindow, Some(of), _) => Policy::fixed_window(name, quota(of)),
        (_, _, Some(periods)) => {
            Policy::calendar(name, part_of_one(policy.limit(), percent), periods)
        }
        (_, _, None) => return policy.clone(),
    };
    match policy.unit() {
        Some(unit) => scaled.with_unit(unit.to_owned()),
        None => scaled,
    }
}

fn scaled(quota: Quota, percent: u32) -> Quota {
    let part = |n| part_of_one(n, percent);
    Quota::new(part(quota.limit()), quota.window())
        .and_then(|scaled| scaled.try_burst(part(quota.burst_size())))
        .unwrap_or(quota)
}

fn part_of_one(n: u32, percent: u32) -> u32 {
    let part = u64::from(n) * u64::from(percent) / 100;
    u32::try_from(part.max(1)).unwrap_or(n)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_and_bursts_shrink_and_caps_do_not() {
        let plan = Plan::new(
            "p",
            [
                Policy::gcra("a", Quota::per_minute(100).burst(120)).with_unit("tokens"),
                Policy::sliding_log("b", Quota::per_day(999)),
                Policy::concurrency("c", 5),
                Policy::gcra("d", Quota::per_second(1)),
            ],
        );
        let part = part_of(&plan.unwrap(), 90);
        let limits: Vec<u32> = part.policies().iter().map(Policy::limit).collect();
        assert_eq!(limits, [90, 899, 5, 1]);
        let first = &part.policies()[0];
        assert_eq!(first.quota().unwrap().burst_size(), 108);
        assert_eq!((first.name(), first.unit()), ("a", Some("tokens")));
    }
}
