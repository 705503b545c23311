//! Everything that is counted.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use tokio::time::Instant;

use super::recent::Recent;
use super::seen::{Standing, standing};
use crate::fetch::outcome::{Outcome, Verdict};

const MINUTE: Duration = Duration::from_secs(60);

/// Counts what happens.
#[derive(Debug)]
pub(in crate::fetch) struct Tally {
    began: Instant,
    counts: Mutex<Counts>,
}

#[derive(Debug)]
pub(super) struct Counts {
    /// Items that were read so far.
    read: u64,
    /// How many there are, once that is known.
    pub(super) total: Option<u64>,
    started: u64,
    pub(super) verdicts: BTreeMap<Verdict, u64>,
    pub(super) sent: u64,
    on_wire: u64,
    /// Answers with 429.
    pub(super) refused: u64,
    pub(super) redirects: u64,
    pub(super) retries: u64,
    sends: Recent,
    /// Over several minutes: a limit by the minute lets through all at once, and then nothing for long.
    ends: Recent,
    standing: Option<(Standing, Instant)>,
}

/// How it stands at some moment.
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

/// Held while a request is on the wire.
pub(in crate::fetch) struct Sending(Arc<Tally>);

impl Tally {
    pub(in crate::fetch) fn new() -> Self {
        Self {
            began: Instant::now(),
            counts: Mutex::new(Counts::new()),
        }
    }

    /// A line was read, and whether it is an item.
    pub(in crate::fetch) fn read(&self, is_item: bool) {
        self.counts().read += u64::from(is_item);
    }

    /// There is nothing more to read.
    pub(in crate::fetch) fn all_read(&self) {
        let mut counts = self.counts();
        counts.total = Some(counts.read);
    }

    /// So many items will have been read in the end.
    pub(in crate::fetch) fn counted(&self, items: u64) {
        self.counts().total.get_or_insert(items);
    }

    pub(in crate::fetch) fn started(&self) {
        self.counts().started += 1;
    }

    pub(in crate::fetch) fn sends(self: &Arc<Self>) -> Sending {
        let elapsed = self.began.elapsed();
        let mut counts = self.counts();
        counts.sent += 1;
        counts.on_wire += 1;
        counts.sends.add(elapsed);
        Sending(Arc::clone(self))
    }

    pub(in crate::fetch) fn answered(&self, status: StatusCode, headers: &HeaderMap) {
        let seen = standing(headers, SystemTime::from(Timestamp::now()));
        let mut counts = self.counts();
        counts.refused += u64::from(status == StatusCode::TOO_MANY_REQUESTS);
        if let Some(seen) = seen {
            counts.standing = Some((seen, Instant::now()));
        }
    }

    pub(in crate::fetch) fn redirected(&self) {
        self.counts().redirects += 1;
    }

    pub(in crate::fetch) fn ended(&self, outcome: &Outcome) {
        let elapsed = self.began.elapsed();
        let mut counts = self.counts();
        *counts.verdicts.entry(outcome.verdict()).or_default() += 1;
        counts.retries += u64::from(outcome.tries.saturating_sub(1));
        counts.ends.add(elapsed);
    }

    /// Whether each item was answered, and well.
    pub(in crate::fetch) fn all_is_well(&self) -> bool {
        self.counts()
            .verdicts
            .keys()
            .all(|verdict| *verdict == Verdict::Ok)
    }

    /// How many items were not waited for.
    pub(in crate::fetch) fn cancelled(&self) -> u64 {
        let counts = self.counts();
        counts
            .verdicts
            .get(&Verdict::Cancelled)
            .copied()
            .unwrap_or(0)
    }

    pub(super) fn view(&self) -> View {
        let elapsed = self.began.elapsed();
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

    pub(super) fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    pub(super) fn counts(&self) -> MutexGuard<'_, Counts> {
        // Numbers for people: at worst one of them is off.
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counts {
    fn new() -> Self {
        Self {
            read: 0,
            total: None,
            started: 0,
            verdicts: BTreeMap::new(),
            sent: 0,
            on_wire: 0,
            refused: 0,
            redirects: 0,
            retries: 0,
            sends: Recent::new(MINUTE),
            ends: Recent::new(5 * MINUTE),
            standing: None,
        }
    }
}

/// How long it will take if it goes on as it did lately.
fn to_go(counts: &mut Counts, done: u64, elapsed: Duration) -> Option<Duration> {
    let rest = counts.total?.saturating_sub(done);
    let rate = counts.ends.per_minute(elapsed).filter(|rate| *rate > 0)?;
    Some(Duration::from_secs(rest.saturating_mul(60) / rate))
}

impl Drop for Sending {
    fn drop(&mut self) {
        self.0.counts().on_wire -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fetch::outcome::End;

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
        let tally = Arc::new(Tally::new());
        tally.counted(10);
        for _ in 0..4 {
            tally.started();
        }
        let sending = tally.sends();
        tokio::time::advance(Duration::from_secs(30)).await;
        ended(&tally, 1, End::Cancelled);
        let view = tally.view();
        assert_eq!((view.done, view.total, view.waiting), (1, Some(10), 2));
        assert_eq!(view.sent_per_minute, Some(2));
        assert_eq!(view.to_go, Some(Duration::from_secs(270)));
        drop(sending);
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
