//! Which runs are done.

use std::ops::Range;
use std::str::FromStr;

use ratelimit_tower::BoxError;

/// Seeds, in a row.
///
/// What was tuned on some seeds must be judged by others, so there are two sets that do not meet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seeds(Range<u64>);

impl Seeds {
    /// To look at while something is changed.
    pub const TUNE: Self = Self(0..10);
    /// To judge by. Nothing is ever tuned on these.
    pub const CHECK: Self = Self(3000..3020);
    /// The first of those to judge by, for where there is little time.
    pub const SHORT: Self = Self(3000..3001);

    /// The first few of them.
    #[must_use]
    pub fn first(&self, few: u64) -> Self {
        let Range { start, end } = self.0;
        Self(start..end.min(start + few))
    }

    /// One after the other.
    pub fn iter(&self) -> impl Iterator<Item = u64> + use<> {
        self.0.clone()
    }
}

impl FromStr for Seeds {
    type Err = BoxError;

    fn from_str(text: &str) -> Result<Self, BoxError> {
        match text {
            "tune" => return Ok(Self::TUNE),
            "check" => return Ok(Self::CHECK),
            "short" => return Ok(Self::SHORT),
            _ => {}
        }
        let (first, end) = match text.split_once("..") {
            Some((first, end)) => (first.parse()?, end.parse()?),
            None => (text.parse()?, text.parse::<u64>()? + 1),
        };
        if first < end {
            Ok(Self(first..end))
        } else {
            Err(format!("{text:?} holds no seed: give the first and one past the last").into())
        }
    }
}
