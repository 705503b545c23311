//! How long the rest will take.
//!
//! A limit lets a window's worth through at once, and then nothing for long. Who only looks at how quick it was
//! lately promises the end in seconds, and takes minutes. So what the limit says counts as well.

use std::time::Duration;

use ratelimit_tower::observe::Standing;

use super::tally::Counts;

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

/// The longer of what it takes if it goes on as lately, and of what the limit lets through.
pub(super) fn to_go(
    counts: &mut Counts,
    rest: u64,
    limit: Option<Left>,
    elapsed: Duration,
) -> Option<Duration> {
    let lately = counts.ends.per_minute(elapsed).unwrap_or(0);
    // Who has waited for a window was slow lately, and will not stay so.
    let rate = lately.max(on_the_whole(counts, elapsed));
    let rate = Some(rate).filter(|rate| *rate > 0);
    let as_lately = rate.map(|rate| Duration::from_secs(rest.saturating_mul(60) / rate));
    as_lately.max(limit.and_then(|limit| within(counts, rest, limit)))
}

/// What ended a minute, since the beginning.
fn on_the_whole(counts: &Counts, elapsed: Duration) -> u64 {
    let done: u64 = counts.verdicts.values().sum();
    done.saturating_mul(60) / elapsed.as_secs().max(1)
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

    const SECOND: Duration = Duration::from_secs(1);

    fn left(remaining: u64, reset: u32) -> Option<Left> {
        Some(Left {
            remaining,
            limit: Some(60),
            reset: Some(SECOND * reset),
        })
    }

    #[tokio::test(start_paused = true)]
    async fn what_came_at_once_does_not_go_on_so() {
        let tally = Tally::new();
        let mut counts = tally.counts();
        for _ in 0..60 {
            counts.ends.add(SECOND);
        }
        let mut after = |at: u32, rest, left: Option<Left>| {
            let to_go = to_go(&mut counts, rest, left, SECOND * at);
            to_go.map(|time| time.as_secs())
        };
        // Without a limit there is nothing else to go by.
        assert_eq!(after(2, 60, None), Some(2));
        // Nothing is left: the window's end, and a window more for each sixty.
        assert_eq!(after(2, 60, left(0, 58)), Some(58));
        assert_eq!(after(2, 440, left(0, 58)), Some(58 + 7 * 58));
        // The window is as long as it was.
        assert_eq!(after(30, 61, left(0, 30)), Some(30 + 58));
        // What is left is enough.
        assert_eq!(after(30, 10, left(10, 30)), Some(5));
        // Whoever shares the limit takes longer than it says.
        assert_eq!(after(59, 120, left(0, 1)), Some(118));
    }
}
