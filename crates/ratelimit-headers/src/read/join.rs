//! Which counter belongs to which policy.
//!
//! By exact name, and by partition key where both sides have one. Several counters may belong to one policy (one for
//! each partition); where a server repeats a name *and* a key, they pair up in the order in which they stand. A list
//! of strangers may have thousands of members, so the policies are sorted once and then found by bisection.

use super::member::Member;
use crate::dialect::Dialect;
use crate::few::Few;
use crate::policy::Policy;
use crate::text::Text;
use std::cmp::Ordering;
use std::time::Duration;

/// What a quota policy counts unless it says otherwise (draft -10, section 3.1.2).
const DEFAULT_UNIT: &str = "requests";

struct Candidate<'m, 'a> {
    policy: &'m Member<'a>,
    is_joined: bool,
    /// At the head of a run of equal candidates: how many of the run have been paired.
    paired: usize,
}

pub(super) fn join(counters: &[Member<'_>], policies: &[Member<'_>], joined: &mut Few<Policy>) {
    let mut candidates = Few::Zero;
    for policy in policies {
        candidates.push(Candidate::new(policy));
    }
    let candidates = candidates.as_mut_slice();
    candidates.sort_by(|a, b| a.order(b.policy));

    let mut add = |policy: Policy| {
        if policy.says_something() {
            joined.push(policy);
        }
    };
    for counter in counters {
        let found = find(candidates, counter).map(|candidate| {
            candidate.is_joined = true;
            candidate.policy
        });
        add(policy(Some(counter), found));
    }
    for left in candidates.iter().filter(|candidate| !candidate.is_joined) {
        add(policy(None, Some(left.policy)));
    }
}

fn find<'c, 'm, 'a>(
    candidates: &'c mut [Candidate<'m, 'a>],
    counter: &Member<'_>,
) -> Option<&'c mut Candidate<'m, 'a>> {
    let same = |at: usize, all: &[Candidate<'_, '_>]| {
        all.get(at)
            .is_some_and(|candidate| candidate.order(counter).is_eq())
    };
    let head = candidates.partition_point(|candidate| candidate.order(counter).is_lt());
    if same(head, candidates) {
        let next = head + candidates[head].paired;
        if !same(next, candidates) {
            return candidates.get_mut(next - 1);
        }
        candidates[head].paired += 1;
        return candidates.get_mut(next);
    }
    // No policy has this very key. The first of the name is one without a key, if there is such a one.
    let first = candidates.partition_point(|candidate| candidate.policy.name < counter.name);
    candidates.get_mut(first).filter(|candidate| {
        candidate.policy.name == counter.name
            && (candidate.policy.partition_key.is_none() || counter.partition_key.is_none())
    })
}

fn policy(counter: Option<&Member<'_>>, policy: Option<&Member<'_>>) -> Policy {
    let unit = policy.map(|policy| match policy.unit.as_deref() {
        None | Some(DEFAULT_UNIT) => Text::Static(DEFAULT_UNIT),
        Some(unit) => Text::from(unit),
    });
    let window = policy.and_then(|policy| policy.seconds);
    Policy {
        name: counter.or(policy).map(|member| Text::from(&*member.name)),
        unit,
        limit: policy.and_then(|policy| policy.count),
        remaining: counter.and_then(|counter| counter.count),
        reset_after: counter
            .and_then(|counter| counter.seconds)
            .map(Duration::from_secs),
        reset_at: None,
        // Draft -08 allows a window of 0. It says nothing, and callers divide by windows.
        window: window.filter(|window| *window > 0).map(Duration::from_secs),
        partition_key: counter
            .and_then(|counter| counter.partition_key.as_deref())
            .or_else(|| policy?.partition_key.as_deref())
            .map(Box::from),
        dialect: Dialect::Ietf,
    }
}

impl<'m, 'a> Candidate<'m, 'a> {
    const fn new(policy: &'m Member<'a>) -> Self {
        Candidate {
            policy,
            is_joined: false,
            paired: 0,
        }
    }

    fn order(&self, member: &Member<'_>) -> Ordering {
        let by_name = self.policy.name.cmp(&member.name);
        by_name.then_with(|| self.policy.partition_key.cmp(&member.partition_key))
    }
}
