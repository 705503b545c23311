//! Warns that little is left: once when it becomes so, not with each answer.
//!
//! Answers overtake each other, and a sliding window gives back one at a time, so what is left goes to and
//! fro about any threshold. A warning is only armed again when there is clearly more: twice as much, or as
//! good as everything.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use ratelimit_core::Key;

/// Beyond so many limits all of them are forgotten: a few warnings come twice, and memory stays bounded.
const MOST: usize = 4096;

/// The threshold, and which limits are below it. The key is a fingerprint.
#[derive(Debug)]
pub(crate) struct LowWatch {
    percent: u32,
    low: Mutex<HashMap<(Key, u64), bool>>,
}

impl LowWatch {
    /// Warns below this part of a limit; 0 never warns.
    pub(crate) fn new(percent: u32) -> Self {
        Self {
            percent: percent.min(100),
            low: Mutex::default(),
        }
    }

    /// Whether this is the moment to warn.
    pub(crate) fn crosses(&self, of: (Key, u64), remaining: u64, limit: u64) -> bool {
        let (left, whole) = (u128::from(remaining), u128::from(limit));
        let threshold = whole * u128::from(self.percent);
        let is_low = left * 100 < threshold;
        let is_plenty = left * 100 >= threshold * 2 || left + 1 >= whole;
        let mut low = self.low.lock().unwrap_or_else(PoisonError::into_inner);
        if low.len() >= MOST && !low.contains_key(&of) {
            low.clear();
        }
        let was_low = low.get(&of).copied().unwrap_or(false);
        match (is_low, is_plenty) {
            (true, _) => low.insert(of, true),
            (_, true) => low.remove(&of),
            _ => None,
        };
        is_low && !was_low
    }
}

impl Default for LowWatch {
    fn default() -> Self {
        Self::new(10)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratelimit_core::KeyHasher;

    fn warned(percent: u32, limit: u64, left: &[u64]) -> Vec<u64> {
        let watch = LowWatch::new(percent);
        let key = KeyHasher::random().key("a");
        let left = left.iter().copied();
        left.filter(|left| watch.crosses((key, 1), *left, limit))
            .collect()
    }

    #[test]
    fn it_warns_when_it_becomes_low_and_not_again_until_there_was_more() {
        assert_eq!(warned(10, 100, &[11, 10, 9, 8, 10, 9, 0]), [9]);
        // Twice the threshold arms it again, and so does a new window.
        assert_eq!(warned(10, 100, &[9, 19, 9, 20, 9]), [9, 9]);
        assert_eq!(warned(90, 10, &[8, 9, 8]), [8, 8]);
        assert_eq!(warned(10, 1, &[0, 0, 1, 0]), [0, 0]);
    }

    #[test]
    fn thresholds_are_parts_of_any_limit() {
        assert!(warned(0, 100, &[0]).is_empty());
        assert_eq!(warned(10, u64::MAX, &[u64::MAX, 5]), [5]);
        assert!(warned(10, 0, &[0]).is_empty());
        assert_eq!(warned(500, 10, &[10, 9]), [9]);
    }

    #[test]
    fn each_limit_of_each_key_has_its_own_warning() {
        let (watch, hasher) = (LowWatch::default(), KeyHasher::random());
        for key in ["a", "b"] {
            for limit in [1, 2] {
                assert!(watch.crosses((hasher.key(key), limit), 0, 60));
                assert!(!watch.crosses((hasher.key(key), limit), 0, 60));
            }
        }
        let mut keys = (0..2 * MOST as u64).map(|number| (hasher.key("c"), number));
        assert!(keys.all(|key| watch.crosses(key, 0, 60)));
        assert!(watch.low.lock().unwrap().len() <= MOST);
    }
}
