//! One gate per key, in a bounded map.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ratelimit_core::wait::Gate;
use ratelimit_core::{Key, KeyHasher, Timestamp};

/// When nobody could be forgotten, it is tried again only after this: a look at all of them for each
/// newcomer would make a flood of keys expensive.
const SWEEP_EVERY: Duration = Duration::from_secs(1);

/// The gates of a layer and all its clones.
pub(super) struct Gates {
    pub(super) hasher: KeyHasher,
    map: Mutex<Map>,
}

#[derive(Default)]
struct Map {
    gates: HashMap<Key, Gate>,
    /// For keys that find the map full of gates in use: those under one plan share one of these. That
    /// is slower than need be for them, and never faster.
    shared: HashMap<u64, Gate>,
    swept: Option<Timestamp>,
}

impl Gates {
    pub(super) fn new() -> Self {
        Self {
            hasher: KeyHasher::random(),
            map: Mutex::new(Map::default()),
        }
    }

    /// The gate of this key under the rule of this number; `make` makes it if there is none.
    pub(super) fn get(
        &self,
        (key, rule): (Key, u64),
        max: usize,
        make: impl FnOnce() -> Gate,
    ) -> Gate {
        let mut map = self.lock();
        if let Some(gate) = map.gates.get(&key) {
            return gate.clone();
        }
        let gate = make();
        if map.gates.len() >= max {
            map.sweep(gate.now());
        }
        if map.gates.len() >= max {
            return map.shared.entry(rule).or_insert(gate).clone();
        }
        map.gates.insert(key, gate.clone());
        gate
    }

    pub(super) fn len(&self) -> usize {
        self.lock().gates.len()
    }

    fn lock(&self) -> MutexGuard<'_, Map> {
        // A panic leaves nothing half done: the map is changed in single steps.
        self.map.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Map {
    /// Forgets the gates that are as good as new. One that holds a pause, somebody who waits, a
    /// permit or spent quota stays, and so does one whose request is under way: its answer may ask for
    /// a pause.
    fn sweep(&mut self, now: Timestamp) {
        let next = self.swept.map(|at| at.saturating_add(SWEEP_EVERY));
        if next.is_some_and(|next| now < next) {
            return;
        }
        self.swept = Some(now);
        let stays = |gate: &Gate| gate.is_shared() || !gate.is_idle();
        self.gates.retain(|_, gate| stays(gate));
        self.shared.retain(|_, gate| stays(gate));
    }
}

impl fmt::Debug for Gates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gates")
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratelimit_core::wait::Settings;
    use ratelimit_core::{ManualClock, Quota};

    #[test]
    fn the_map_is_bounded_and_forgets_only_what_is_as_good_as_new() {
        let clock = ManualClock::new();
        let gates = Gates::new();
        let get = |name: &str| {
            let key = gates.hasher.key(name);
            let quota = Quota::per_second(1);
            gates.get((key, 0), 2, || {
                Gate::with_clock(quota, Settings::new(), clock.clone())
            })
        };
        let (used, paused) = (get("used"), get("paused"));
        drop(used.try_pass(1));
        drop(used);
        let later = paused.now().saturating_add(Duration::from_secs(60));
        paused.pause_until(later);
        drop(get("third").try_pass(1));
        assert!(get("fourth").try_pass(1).is_none()); // shares a gate with the third
        assert_eq!(gates.len(), 2);

        clock.advance(Duration::from_secs(1));
        assert!(get("fifth").try_pass(1).is_some()); // takes the place of what was used
        assert_eq!(gates.len(), 2);
        assert_eq!(get("paused").paused_until(), Some(later));
    }
}
