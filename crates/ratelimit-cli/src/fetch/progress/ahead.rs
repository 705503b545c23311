//! How long the rest will take.
//!
//! A limit lets a window's worth through at once, and then nothing for long. Who only looks at how quick it was
//! lately promises the end in seconds, and takes minutes. So what the limit says counts as well.

use std::time::Duration;

use ratelimit_tower::observe::Standing;

use super::tally::{Counts, LATELY};

/// What has gone before says something of what comes when so many items ended; or fewer, if they are that part of all.
const MANY: u64 = 10;
const FEW: u64 = 3;
const PART: u64 = 10;
/// And when it took so long: what came at once is the rest of a window, or of a burst.
const SOON: Duration = Duration::from_secs(5);

/// What the tightest limit says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Left {
    remaining: u64,
    limit: Option<u64>,
    reset: Option<Duration>,
}

impl Left {
    pub(super) fn of(limit: &Standing) -> Self {
        Self {
            remaining: limit.remaining,
            limit: limit.limit,
            reset: limit.reset_after,
        }
    }
}

/// The longer of what it takes if it goes on as lately, and of what the limit lets through. `None` before anything
/// is known: a guess after three items would be off by as much as it says.
pub(super) fn to_go(
    counts: &mut Counts,
    rest: u64,
    limit: Option<Left>,
    elapsed: Duration,
) -> Option<Duration> {
    let as_lately = as_lately(counts, rest, elapsed);
    as_lately.max(limit.and_then(|limit| within(counts, rest, limit)))
}

fn as_lately(counts: &mut Counts, rest: u64, elapsed: Duration) -> Option<Duration> {
    let done: u64 = counts.verdicts.values().sum();
    let is_much = done >= MANY || (done >= FEW && done.saturating_mul(PART) >= done + rest);
    if !is_much || elapsed < SOON {
        return None;
    }
    let lately = counts.ends.count(elapsed);
    let takes = |time: Duration, ended: u64| match ended {
        0 => None,
        ended => Some(time.as_secs_f64() * rest as f64 / ended as f64),
    };
    // Who has waited for a window was slow lately, and will not stay so.
    let on_the_whole = takes(elapsed, done)?;
    let seconds =
        takes(elapsed.min(LATELY), lately).map_or(on_the_whole, |time| time.min(on_the_whole));
    Duration::try_from_secs_f64(seconds).ok()
}

/// So long at least, if the limit is ours alone; `None` if what is left is enough, or nothing is known.
fn within(counts: &mut Counts, rest: u64, limit: Left) -> Option<Duration> {
    let reset = limit.reset?;
    let window = reset.max(counts.longest_reset);
    counts.longest_reset = window;
    let most = limit.limit.filter(|most| *most > 0)?;
    let over = rest.checked_sub(limit.remaining).filter(|over| *over > 0)?;
    let windows = u32::try_from((over - 1) / most).unwrap_or(u32::MAX);
    Some(reset.saturating_add(window.saturating_mul(windows)))
}

#[cfg(test)]
mod tests {
    use super::super::tally::Tally;
    use super::*;
    use crate::fetch::outcome::Verdict;

    const SECOND: Duration = Duration::from_secs(1);

    fn left(remaining: u64, reset: u32) -> Option<Left> {
        Some(Left {
            remaining,
            limit: Some(60),
            reset: Some(SECOND * reset),
        })
    }

    /// A tally of which sixty items ended in the second second.
    fn sixty() -> Tally {
        let tally = Tally::new();
        let mut counts = tally.counts();
        counts.verdicts = [(Verdict::Ok, 60)].into();
        for _ in 0..60 {
            counts.ends.add(SECOND);
        }
        drop(counts);
        tally
    }

    #[tokio::test(start_paused = true)]
    async fn what_came_at_once_does_not_go_on_so() {
        let tally = sixty();
        let mut counts = tally.counts();
        let mut after = |at: u32, rest, left: Option<Left>| {
            let to_go = to_go(&mut counts, rest, left, SECOND * at);
            to_go.map(|time| time.as_secs())
        };
        // Without a limit there is nothing else to go by.
        assert_eq!(after(6, 60, None), Some(6));
        // Nothing is left: the window's end, and a window more for each sixty.
        assert_eq!(after(6, 60, left(0, 54)), Some(54));
        assert_eq!(after(6, 440, left(0, 54)), Some(54 + 7 * 54));
        // The window is as long as it was.
        assert_eq!(after(30, 61, left(0, 30)), Some(30 + 54));
        // What is left is enough.
        assert_eq!(after(30, 10, left(10, 30)), Some(5));
        // Whoever shares the limit takes longer than it says.
        assert_eq!(after(59, 120, left(0, 1)), Some(118));
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_is_said_before_it_is_founded() {
        let tally = sixty();
        let mut counts = tally.counts();
        let mut after = |done, at: u32, rest, left: Option<Left>| {
            counts.verdicts = [(Verdict::Ok, done)].into();
            to_go(&mut counts, rest, left, SECOND * at).is_some()
        };
        assert!(!after(60, 4, 500, None), "too soon");
        assert!(!after(9, 30, 500, None), "too few");
        assert!(!after(2, 30, 3, None), "too few, however few there are");
        assert!(after(3, 30, 27, None), "a tenth");
        assert!(after(60, 5, 500, None));
        // But a limit is known from the first answer on.
        assert!(after(1, 1, 500, left(59, 59)));
        assert!(!after(1, 1, 40, left(59, 59)), "it is enough");
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_slow_is_not_rounded() {
        let tally = Tally::new();
        let mut counts = tally.counts();
        counts.verdicts = [(Verdict::Ok, 19)].into();
        let to_go = to_go(&mut counts, 19, None, SECOND * 600);
        assert_eq!(to_go, Some(SECOND * 600));
    }
}
