//! The last few values of something that only the largest counts of.

/// How long back that is, in nanoseconds: some waves of those who share a limit.
pub(super) const SPAN: u64 = 10_000_000_000;
const RECENT: usize = 16;

/// The last few values, with their instants.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Recent {
    values: [(u64, f64); RECENT],
    next: usize,
}

impl Recent {
    /// Values of one tick of a tenth of a second are one: the largest.
    pub(super) fn push(&mut self, at: u64, value: f64) {
        let last = &mut self.values[(self.next + RECENT - 1) % RECENT];
        if at.saturating_sub(last.0) < SPAN / (RECENT as u64 - 2) && last.0 > 0 {
            last.1 = last.1.max(value);
            return;
        }
        self.values[self.next] = (at, value);
        self.next = (self.next + 1) % RECENT;
    }

    pub(super) fn max_since(&self, since: u64) -> f64 {
        let since = since.max(1);
        self.values.iter().fold(0.0, |most, &(at, value)| {
            let counts = at >= since && value > most;
            if counts { value } else { most }
        })
    }
}
