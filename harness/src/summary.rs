//! What is made of the runs of all seeds.

use crate::measure::Measure;

/// The numbers of one scenario over its seeds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// How many runs there were.
    pub runs: u32,
    /// Requests that reached the server, in all runs.
    pub sent: u64,
    /// Those that it refused.
    pub refused: u64,
    /// Those that reached it after two minutes.
    pub sent_late: u64,
    /// Those of them that it refused.
    pub refused_late: u64,
    /// The mean of what was [used](Measure::used).
    pub used: f64,
    /// The mean time [over](Measure::over) the optimum.
    pub over: Option<f64>,
    /// The mean index.
    pub jain: Option<f64>,
    /// The longest wait of all runs, in seconds.
    pub longest_wait: f64,
    /// Lost items of all runs.
    pub lost: u64,
    /// The most in flight of all runs.
    pub in_flight: u32,
    /// What 95 of 100 urgent items of all runs waited at most, in seconds.
    pub urgent_p95: Option<f64>,
    /// Too early sends of all runs.
    pub undercuts: u64,
    /// The mean [spread](Measure::spread).
    pub spread: Option<f64>,
    /// The most refusals after a change of all runs.
    pub refused_of_change: Option<u32>,
    /// The mean use after a change.
    pub used_after_change: Option<f64>,
    /// Runs in which a wrong wall clock made a difference.
    pub skewed: u32,
}

impl Summary {
    /// The numbers of these runs.
    #[must_use]
    pub fn of(runs: &[Measure]) -> Self {
        let sum = |number: fn(&Measure) -> u32| runs.iter().map(number).map(u64::from).sum();
        let mean = |number: fn(&Measure) -> Option<f64>| mean(runs.iter().filter_map(number));
        Self {
            runs: u32::try_from(runs.len()).unwrap_or(u32::MAX),
            sent: sum(|run| run.sent),
            refused: sum(|run| run.refused),
            sent_late: sum(|run| run.sent_late),
            refused_late: sum(|run| run.refused_late),
            used: mean(|run| Some(run.used)).unwrap_or_default(),
            over: mean(|run| run.over),
            jain: mean(|run| run.jain),
            longest_wait: runs.iter().map(|run| run.longest_wait).fold(0.0, f64::max),
            lost: sum(|run| run.lost),
            in_flight: runs.iter().map(|run| run.in_flight).max().unwrap_or(0),
            urgent_p95: urgent_p95(runs),
            undercuts: sum(|run| run.undercuts),
            spread: mean(|run| run.spread),
            refused_of_change: runs.iter().filter_map(|run| run.refused_of_change).max(),
            used_after_change: mean(|run| run.used_after_change),
            skewed: runs.iter().map(|run| u32::from(run.is_skewed)).sum(),
        }
    }

    /// Requests that were admitted, in all runs.
    #[must_use]
    pub fn ok(&self) -> u64 {
        self.sent - self.refused
    }
}

fn mean(numbers: impl Iterator<Item = f64>) -> Option<f64> {
    let (count, sum) = numbers.fold((0.0, 0.0), |(count, sum), n| (count + 1.0, sum + n));
    (count > 0.0).then_some(sum / count)
}

fn urgent_p95(runs: &[Measure]) -> Option<f64> {
    let mut waits: Vec<f64> = runs
        .iter()
        .flat_map(|run| run.urgent_waits.clone())
        .collect();
    waits.sort_by(f64::total_cmp);
    waits.get(waits.len() * 95 / 100).copied()
}
