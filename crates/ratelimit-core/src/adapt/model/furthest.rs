//! Whether resets name the ends of windows, or move as those do that say when the next unit comes.

use crate::adapt::sight::{Edge, Sight};

/// The latest reset that was stated.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Furthest(Option<Stated>);

#[derive(Clone, Copy, Debug)]
struct Stated {
    edge: Edge,
    left: f64,
    /// When its answer arrived.
    now: u64,
}

impl Furthest {
    /// A window that ends earlier than was said before is none: that is when the next unit comes.
    pub(super) fn goes_back(&mut self, edge: &Edge, sight: &Sight, window: f64) -> bool {
        if !edge.known {
            return false;
        }
        let goes_back = self.0.is_some_and(|last| last.shows(edge, sight, window));
        if self.0.is_none_or(|last| last.edge.is_before(edge)) {
            self.0 = Some(Stated {
                edge: *edge,
                left: sight.left,
                now: sight.now,
            });
        }
        goes_back
    }
}

impl Stated {
    fn shows(&self, edge: &Edge, sight: &Sight, window: f64) -> bool {
        let (earlier, later) = (edge.is_before(&self.edge), self.edge.is_before(edge));
        if sight.sent.saturating_sub(sight.lag) > self.now {
            return earlier;
        }
        // Of two that were under way together, the next unit comes later where more is left; and no window ends
        // so soon after another.
        let apart = match earlier {
            true => edge.until(&self.edge),
            false => self.edge.until(edge),
        };
        let with_more = earlier && sight.left < self.left || later && sight.left > self.left;
        edge.label.is_none() && with_more && apart < window - 1.2
    }
}
