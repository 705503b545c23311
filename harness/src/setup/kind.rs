//! What kinds of server there are.

use std::str::FromStr;

use ratelimit_tower::BoxError;

/// How the server counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Windows that follow each other, aligned to its clock.
    Fixed,
    /// An exact sliding window.
    Log,
    /// A sliding window in two counters.
    Counter,
    /// A token bucket that holds a whole limit.
    Bucket,
    /// A token bucket that holds a fifth of the limit.
    SmallBucket,
    /// Foreign: a window that starts at the first request.
    FirstRequest,
    /// Foreign: a sliding log that counts what it refuses too.
    CountsRefused,
}

impl Kind {
    /// The four that a client is to tell apart.
    pub const FOUR: [Self; 4] = [Self::Fixed, Self::Log, Self::Counter, Self::Bucket];

    /// The name in tables and options.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fixed => "fixed",
            Self::Log => "log",
            Self::Counter => "counter",
            Self::Bucket => "bucket",
            Self::SmallBucket => "bucket/5",
            Self::FirstRequest => "first",
            Self::CountsRefused => "refused",
        }
    }
}

impl FromStr for Kind {
    type Err = BoxError;

    fn from_str(text: &str) -> Result<Self, BoxError> {
        let all = [Self::SmallBucket, Self::FirstRequest, Self::CountsRefused];
        let found = (Self::FOUR.into_iter().chain(all)).find(|kind| kind.name() == text);
        found.ok_or_else(|| {
            format!("{text:?} is no kind: fixed, log, counter, bucket, bucket/5, first, refused")
                .into()
        })
    }
}
