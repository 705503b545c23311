//! Which items have succeeded before.

use std::collections::{BTreeSet, HashMap};

use crate::fetch::fingerprint::Fingerprint;

/// A line of the input.
#[derive(Clone, Copy, Debug)]
pub(in crate::fetch) struct Place {
    pub(in crate::fetch) line: u64,
    /// The item on it, if there is one.
    pub(in crate::fetch) item: Option<Fingerprint>,
    /// Whether a success on another line may have been its own. Not if it differs from other items in what the
    /// fingerprint is not of: then it is rather fetched than lost.
    pub(in crate::fetch) may_move: bool,
}

/// What succeeded, some thirty bytes for each.
///
/// An item is first looked for on the line that it had. If the input was changed in between, it is another line's now:
/// then each success stands for one such item that may move, wherever that is.
#[derive(Clone, Debug, Default)]
pub(in crate::fetch) struct Earlier {
    at: BTreeSet<(u64, Fingerprint)>,
    /// How often each succeeded on a line that is not its own any more.
    moved: HashMap<Fingerprint, u64>,
}

impl Earlier {
    /// This item succeeded on this line. To say so twice is to say it once.
    pub(super) fn succeeded(&mut self, line: u64, item: Fingerprint) {
        self.at.insert((line, item));
    }

    pub(in crate::fetch) fn is_empty(&self) -> bool {
        self.at.is_empty() && self.moved.is_empty()
    }

    /// Looks at the whole input before its items are asked for, so that what moved towards its beginning is found, too.
    pub(in crate::fetch) fn settle(&mut self, input: impl Iterator<Item = Place>) {
        let mut unmoved = BTreeSet::new();
        for Place { line, item, .. } in input {
            unmoved.extend(item.and_then(|item| self.at.take(&(line, item))));
        }
        for (_, item) in std::mem::replace(&mut self.at, unmoved) {
            *self.moved.entry(item).or_default() += 1;
        }
    }

    /// Whether what is on this line was done. Each line is asked for once, in their order.
    pub(in crate::fetch) fn is_done(&mut self, place: Place) -> bool {
        let mut is_here = false;
        while let Some(found) = self.pop(place.line) {
            match Some(found) == place.item {
                true => is_here = true,
                false => *self.moved.entry(found).or_default() += 1,
            }
        }
        let item = place.item.filter(|_| place.may_move);
        is_here || item.is_some_and(|item| self.take_moved(item))
    }

    /// Successes that were of no item that was asked for.
    pub(in crate::fetch) fn left(&self) -> u64 {
        self.at.len() as u64 + self.moved.values().sum::<u64>()
    }

    /// What succeeded on this line, or on one before that was not asked for.
    fn pop(&mut self, line: u64) -> Option<Fingerprint> {
        let first = self.at.first().filter(|(at, _)| *at <= line)?.to_owned();
        self.at.remove(&first);
        Some(first.1)
    }

    fn take_moved(&mut self, item: Fingerprint) -> bool {
        let Some(count) = self.moved.get_mut(&item) else {
            return false;
        };
        *count -= 1;
        if *count == 0 {
            self.moved.remove(&item);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn print(name: char) -> Fingerprint {
        format!("{:016x}", u32::from(name)).parse().unwrap()
    }

    /// Results as items and their lines.
    fn earlier(done: &[(u64, char)]) -> Earlier {
        let mut earlier = Earlier::default();
        for (line, name) in done {
            earlier.succeeded(*line, print(*name));
        }
        earlier
    }

    /// The input, a line for each letter; a blank one is a space, and one that may not move is a capital.
    fn places(input: &str) -> impl Iterator<Item = Place> {
        let place = |(line, name): (u64, char)| Place {
            line,
            item: (name != ' ').then(|| print(name.to_ascii_lowercase())),
            may_move: name.is_ascii_lowercase(),
        };
        (1..).zip(input.chars()).map(place)
    }

    /// The lines that are fetched, if the input can be read only once.
    fn rest(earlier: &mut Earlier, input: &str) -> Vec<u64> {
        let to_do = places(input).filter(|place| place.item.is_some() && !earlier.is_done(*place));
        to_do.map(|place| place.line).collect()
    }

    /// The same if it is a file.
    fn rest_of_file(earlier: &mut Earlier, input: &str) -> Vec<u64> {
        earlier.settle(places(input));
        rest(earlier, input)
    }

    #[test]
    fn what_was_done_is_not_done_again() {
        for rest in [rest, rest_of_file] {
            let mut earlier = earlier(&[(2, 'b'), (4, 'd'), (2, 'b')]);
            assert_eq!(rest(&mut earlier, "abcde"), [1, 3, 5]);
            assert!(earlier.is_empty());
        }
    }

    #[test]
    fn the_same_item_twice_is_two_items() {
        for rest in [rest, rest_of_file] {
            assert_eq!(rest(&mut earlier(&[(2, 'a')]), "aaa"), [1, 3]);
        }
    }

    #[test]
    fn another_item_on_a_line_is_fetched() {
        for rest in [rest, rest_of_file] {
            let mut earlier = earlier(&[(1, 'a'), (2, 'b')]);
            assert_eq!(rest(&mut earlier, "xb"), [1]);
            assert_eq!(earlier.left(), 1);
        }
    }

    #[test]
    fn items_that_moved_down_are_found() {
        for rest in [rest, rest_of_file] {
            let mut earlier = earlier(&[(1, 'a'), (2, 'b'), (3, 'a')]);
            assert_eq!(rest(&mut earlier, " xabaa"), [2, 6]);
            assert!(earlier.is_empty());
        }
    }

    #[test]
    fn what_may_not_move_is_done_on_its_own_line_alone() {
        for rest in [rest, rest_of_file] {
            let done = [(1, 'a'), (2, 'b'), (4, 'b')];
            assert_eq!(rest(&mut earlier(&done), "ABcBB"), [3, 5]);
            assert_eq!(rest(&mut earlier(&done), "xAcB"), [1, 2, 3]);
        }
    }

    #[test]
    fn items_that_moved_up_are_found_in_a_file() {
        let done = [(2, 'b'), (3, 'c'), (5, 'c')];
        assert_eq!(rest_of_file(&mut earlier(&done), "bccc"), [4]);
        // What cannot be read twice is rather fetched than lost.
        assert_eq!(rest(&mut earlier(&done), "bccc"), [1, 2, 4]);
    }

    #[test]
    fn a_line_of_two_inputs_is_one_of_each() {
        for rest in [rest, rest_of_file] {
            let mut earlier = earlier(&[(1, 'a'), (1, 'x')]);
            assert_eq!(rest(&mut earlier, "xab"), [3]);
        }
    }
}
