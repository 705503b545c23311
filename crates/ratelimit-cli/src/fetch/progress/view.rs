//! How it stands at some moment.

use std::time::Duration;

use super::tally::{Counts, Tally};

/// What is shown while it goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct View {
    pub(super) elapsed: Duration,
    pub(super) done: u64,
    pub(super) total: Option<u64>,
    pub(super) sent_per_minute: Option<u64>,
    /// What is left of the tightest limit, and in how long there is more.
    pub(super) left: Option<(u64, Option<Duration>)>,
    pub(super) refused: u64,
    /// Items that are under way, but not on the wire.
    pub(super) waiting: u64,
    pub(super) to_go: Option<Duration>,
}

impl Tally {
    /// How it stands now.
    pub(super) fn view(&self) -> View {
        let elapsed = self.elapsed();
        let mut counts = self.counts();
        let done = counts.verdicts.values().sum();
        let under_way = counts.started.saturating_sub(done);
        let left = counts.standing.map(|(standing, at)| {
            let reset = standing
                .reset
                .map(|reset| reset.saturating_sub(at.elapsed()));
            (standing.left, reset)
        });
        View {
            elapsed,
            done,
            total: counts.total,
            sent_per_minute: counts.sends.per_minute(elapsed),
            left,
            refused: counts.refused,
            waiting: under_way.saturating_sub(counts.on_wire),
            to_go: to_go(&mut counts, done, elapsed),
        }
    }
}

/// How long it will take if it goes on as it did lately.
fn to_go(counts: &mut Counts, done: u64, elapsed: Duration) -> Option<Duration> {
    let rest = counts.total?.saturating_sub(done);
    let rate = counts.ends.per_minute(elapsed).filter(|rate| *rate > 0)?;
    Some(Duration::from_secs(rest.saturating_mul(60) / rate))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fetch::outcome::{End, Outcome};
    use http::{HeaderMap, StatusCode};

    fn ended(tally: &Tally, tries: u32, end: End) {
        tally.ended(&Outcome {
            line: 1,
            id: None,
            url: None,
            end,
            tries,
            waited: Duration::ZERO,
        });
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_under_way_and_not_on_the_wire_waits() {
        let tally = Tally::new();
        tally.counted(10);
        for _ in 0..4 {
            tally.started();
        }
        tally.sent();
        tally.on_wire(true);
        tokio::time::advance(Duration::from_secs(30)).await;
        ended(&tally, 1, End::Cancelled);
        let view = tally.view();
        assert_eq!((view.done, view.total, view.waiting), (1, Some(10), 2));
        assert_eq!(view.sent_per_minute, Some(2));
        assert_eq!(view.to_go, Some(Duration::from_secs(270)));
        tally.on_wire(false);
        assert_eq!(tally.view().waiting, 3);
        assert_eq!((tally.cancelled(), tally.all_is_well()), (1, false));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_left_is_seen_and_its_reset_comes_nearer() {
        let tally = Tally::new();
        let mut headers = HeaderMap::new();
        headers.insert("ratelimit", r#""m";r=3;t=20"#.parse().unwrap());
        tally.answered(StatusCode::TOO_MANY_REQUESTS, &headers);
        tokio::time::advance(Duration::from_secs(5)).await;
        tally.answered(StatusCode::OK, &HeaderMap::new());
        let view = tally.view();
        assert_eq!(view.left, Some((3, Some(Duration::from_secs(15)))));
        assert_eq!(view.refused, 1);
    }
}
