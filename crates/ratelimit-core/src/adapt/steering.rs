//! What a pilot is told when it is made.

/// How a pilot spends what it may.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Pace {
    /// Evenly, so that whoever comes next finds something left: for live traffic.
    #[default]
    Even,
    /// As soon as it is sure that it is admitted: for batches. The last of a window is spent evenly all the same,
    /// or kept: who comes to a key finds something, and is seen by that.
    Eager,
}

/// What a pilot is told when it is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Steering {
    pub(super) pace: Pace,
    pub(super) seed: u64,
}

impl Steering {
    /// An even pace.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            pace: Pace::Even,
            seed: 0,
        }
    }

    /// How what is left is spent.
    #[must_use]
    pub const fn with_pace(mut self, pace: Pace) -> Self {
        self.pace = pace;
        self
    }

    /// What the small random differences between sends begin with. Two clients should not have the same.
    #[must_use]
    pub const fn with_seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }
}

impl Default for Steering {
    fn default() -> Self {
        Self::new()
    }
}
