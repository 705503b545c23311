//! What is made of a record: the numbers of the table.

use std::time::Duration;

use crate::record::{Arrival, Record, WakeUp};
use crate::run::Optimum;
use crate::setup::{Setup, Supply, WINDOW};

/// From when on a run counts as settled.
const SETTLED: Duration = Duration::from_secs(120);
/// Stays that end within this time belong to one refusal of everybody.
const TOGETHER: Duration = Duration::from_secs(1);
/// So few wake-ups show no spread.
const FEW: usize = 8;

/// The numbers of one run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measure {
    /// Requests that reached the server.
    pub sent: u32,
    /// Those that it refused.
    pub refused: u32,
    /// Those that reached it after two minutes.
    pub sent_late: u32,
    /// Those of them that it refused.
    pub refused_late: u32,
    /// What was admitted of everybody, the neighbour too, as a part of what a perfect client gets.
    pub used: f64,
    /// By how much a list took longer than a perfect client's, as a part of that.
    pub over: Option<f64>,
    /// How equal the clients' shares are after two minutes: 1 is equal.
    pub jain: Option<f64>,
    /// The longest that an item waited before it was sent first, in seconds.
    pub longest_wait: f64,
    /// Items that ended with a refusal or an error.
    pub lost: u32,
    /// The most requests that were under way at the same time.
    pub in_flight: u32,
    /// How long urgent items waited, in seconds, in order.
    pub urgent_waits: Vec<f64>,
    /// Sends before the end of a `Retry-After`.
    pub undercuts: u32,
    /// Over how much of the shorter of `Retry-After` and 5 s refused items came back.
    pub spread: Option<f64>,
    /// The most refusals within two windows of a change of the limit.
    pub refused_of_change: Option<u32>,
    /// The least use between a window after a change of the limit and the next change.
    pub used_after_change: Option<f64>,
    /// Whether a right wall clock would have led to something else.
    pub is_skewed: bool,
}

impl Measure {
    /// The numbers of a run that was allowed this much time.
    #[must_use]
    pub fn of(setup: &Setup, limit: Duration, record: &Record, optimum: &Optimum) -> Self {
        let is_refused = |arrival: &&Arrival| !arrival.admitted;
        let is_late = |arrival: &&Arrival| arrival.at >= SETTLED;
        let arrivals = || record.arrivals.iter();
        let mut urgent_waits: Vec<_> = (record.urgent_waits.iter())
            .map(Duration::as_secs_f64)
            .collect();
        urgent_waits.sort_by(f64::total_cmp);
        Self {
            sent: count(arrivals()),
            refused: count(arrivals().filter(is_refused)),
            sent_late: count(arrivals().filter(is_late)),
            refused_late: count(arrivals().filter(is_late).filter(is_refused)),
            used: used(record, optimum, Duration::ZERO, limit),
            over: over(setup, record, optimum),
            jain: (setup.clients > 1).then(|| jain(setup, record)),
            longest_wait: record.longest_wait.as_secs_f64(),
            lost: record.lost + undone(setup, record),
            in_flight: record.most_in_flight,
            urgent_waits,
            undercuts: record.undercuts,
            spread: spread(&record.wake_ups),
            refused_of_change: refused_of_change(setup, record),
            used_after_change: used_after_change(setup, limit, record, optimum),
            is_skewed: false,
        }
    }

    /// The same, compared with that of a right wall clock.
    pub(crate) fn beside(self, right: &Self) -> Self {
        let is_skewed = self != *right;
        Self { is_skewed, ..self }
    }
}

fn count<T>(items: impl Iterator<Item = T>) -> u32 {
    u32::try_from(items.count()).unwrap_or(u32::MAX)
}

fn admitted(record: &Record) -> impl Iterator<Item = (Duration, u32)> + '_ {
    let ours = record.arrivals.iter().filter(|arrival| arrival.admitted);
    let ours = ours.map(|arrival| (arrival.at, arrival.cost));
    ours.chain(record.neighbour.iter().copied())
}

fn used(record: &Record, optimum: &Optimum, from: Duration, to: Duration) -> f64 {
    let within = |(at, _): &(Duration, u32)| (from..to).contains(at);
    let sum = |units: &mut dyn Iterator<Item = (Duration, u32)>| -> f64 {
        units.filter(within).map(|(_, cost)| f64::from(cost)).sum()
    };
    let best = sum(&mut optimum.admitted.iter().copied());
    match best > 0.0 {
        true => sum(&mut admitted(record)) / best,
        // All of nothing.
        false => 1.0,
    }
}

fn over(setup: &Setup, record: &Record, optimum: &Optimum) -> Option<f64> {
    let Supply::List(_) = setup.supply else {
        return None;
    };
    Some(record.finished.as_secs_f64() / optimum.finished.as_secs_f64() - 1.0)
}

/// Items of a list that were not even ended when the time was over.
fn undone(setup: &Setup, record: &Record) -> u32 {
    let Supply::List(items) = setup.supply else {
        return 0;
    };
    let clients = u32::try_from(setup.clients).unwrap_or(u32::MAX);
    let ended = count(admitted(record)) + record.lost;
    (items * clients).saturating_sub(ended)
}

/// Jain's index of what the clients were admitted: 1 if all have the same, 1 ÷ clients if one has all.
fn jain(setup: &Setup, record: &Record) -> f64 {
    let mut shares = vec![0.0; setup.clients];
    let late = (record.arrivals.iter()).filter(|arrival| arrival.at >= SETTLED);
    for arrival in late.filter(|arrival| arrival.admitted) {
        shares[arrival.client] += f64::from(arrival.cost);
    }
    let sum: f64 = shares.iter().sum();
    let squares: f64 = shares.iter().map(|share| share * share).sum();
    let clients = f64::from(u32::try_from(setup.clients).unwrap_or(u32::MAX));
    match squares > 0.0 {
        true => sum * sum / (clients * squares),
        false => 0.0,
    }
}

/// The mean, over refusals of everybody, of how far apart the first and the last of them came back.
fn spread(wake_ups: &[WakeUp]) -> Option<f64> {
    let mut ordered = wake_ups.to_vec();
    ordered.sort_by_key(|wake_up| wake_up.end);
    let together = ordered.chunk_by({
        let mut first = Duration::ZERO;
        move |before, next| {
            first = if before.end.saturating_sub(first) > TOGETHER {
                before.end
            } else {
                first
            };
            next.end.saturating_sub(first) <= TOGETHER
        }
    });
    let spreads: Vec<f64> = (together.filter(|group| group.len() >= FEW))
        .map(spread_of)
        .collect();
    let groups = f64::from(count(spreads.iter()));
    (!spreads.is_empty()).then(|| spreads.iter().sum::<f64>() / groups)
}

fn spread_of(group: &[WakeUp]) -> f64 {
    let sent = || group.iter().map(|wake_up| wake_up.sent);
    let range = sent().max().unwrap_or_default() - sent().min().unwrap_or_default();
    let wait = group.iter().map(|wake_up| wake_up.wait).max();
    let most = wait.unwrap_or_default().min(Duration::from_secs(5));
    range.as_secs_f64() / most.as_secs_f64()
}

fn refused_of_change(setup: &Setup, record: &Record) -> Option<u32> {
    let of = |change: Duration| {
        let after = change..change + 2 * WINDOW;
        let refused = record.arrivals.iter().filter(|arrival| !arrival.admitted);
        count(refused.filter(|arrival| after.contains(&arrival.at)))
    };
    setup.changes.iter().map(|(change, _)| of(*change)).max()
}

fn used_after_change(
    setup: &Setup,
    limit: Duration,
    record: &Record,
    optimum: &Optimum,
) -> Option<f64> {
    let changes = setup.changes.iter().map(|(at, _)| *at);
    let ends = changes.clone().skip(1).chain([limit]);
    let uses = changes
        .zip(ends)
        .map(|(at, end)| used(record, optimum, at + WINDOW, end));
    uses.min_by(f64::total_cmp)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::setup::Kind;

    const SECOND: Duration = Duration::from_secs(1);

    fn arrivals(of: &[(u64, usize, bool)]) -> Record {
        let arrivals = of.iter().map(|&(at, client, admitted)| Arrival {
            at: Duration::from_secs(at),
            client,
            admitted,
            cost: 1,
        });
        Record {
            arrivals: arrivals.collect(),
            ..Record::default()
        }
    }

    #[test]
    fn use_is_what_was_admitted_of_what_there_was_and_late_is_after_two_minutes() {
        let record = arrivals(&[
            (1, 0, true),
            (119, 0, false),
            (120, 0, false),
            (130, 1, true),
        ]);
        let optimum = Optimum {
            admitted: vec![(Duration::ZERO, 3), (200 * SECOND, 1), (700 * SECOND, 9)],
            finished: 700 * SECOND,
        };
        let setup = Setup::shared(Kind::Fixed, 60, 2);
        let measure = Measure::of(&setup, 600 * SECOND, &record, &optimum);
        assert_eq!((measure.sent, measure.refused), (4, 2));
        assert_eq!((measure.sent_late, measure.refused_late), (2, 1));
        assert_eq!((measure.used, measure.jain), (0.5, Some(0.5)));
    }

    #[test]
    fn the_spread_is_that_of_those_who_were_told_the_same_end() {
        let told = |end: u64, wait: u64, after: u64| WakeUp {
            wait: Duration::from_secs(wait),
            end: Duration::from_secs(end),
            sent: Duration::from_secs(end) + Duration::from_millis(after),
        };
        let mut wake_ups: Vec<_> = (0..8).map(|i| told(60, 30, 100 + 300 * i)).collect();
        assert_eq!(spread(&wake_ups[..7]), None, "too few");
        assert_eq!(spread(&wake_ups), Some(2.1 / 5.0));
        wake_ups.extend((0..8).map(|i| told(120, 2, 100 * i)));
        let mean = (2.1 / 5.0 + 0.7 / 2.0) / 2.0;
        assert!((spread(&wake_ups).unwrap() - mean).abs() < 1e-9);
    }
}
