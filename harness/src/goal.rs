//! What is asked of a scenario's numbers.

use std::fmt;

use crate::summary::Summary;

/// A number that something is asked of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// 429s in percent of all requests of all runs.
    Refused,
    /// The same after two minutes.
    RefusedLate,
    /// Use in percent, the mean of all runs.
    Used,
    /// Time over the optimum in percent, the mean.
    Over,
    /// Jain's index, the mean.
    Jain,
    /// Lost items of all runs.
    Lost,
    /// Requests in flight, the most of all runs.
    InFlight,
    /// What 95 of 100 urgent items waited at most, in seconds.
    UrgentWait,
    /// Sends before the end of a `Retry-After`, of all runs.
    Undercuts,
    /// Over how much of the shorter of `Retry-After` and 5 s refused items came back, the mean.
    Spread,
    /// 429s within two windows of a change of the limit, the most of all runs.
    RefusedOfChange,
    /// Use in percent from a window after a change of the limit on, the mean of the runs' least.
    UsedAfterChange,
    /// Runs in which a wrong wall clock made a difference.
    Skewed,
}

/// A bound on a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Goal {
    quantity: Quantity,
    is_floor: bool,
    bound: f64,
}

impl Quantity {
    /// No more than this. Nothing at all means nothing in any run.
    #[must_use]
    pub const fn at_most(self, bound: f64) -> Goal {
        Goal {
            quantity: self,
            is_floor: false,
            bound,
        }
    }

    /// No less than this.
    #[must_use]
    pub const fn at_least(self, bound: f64) -> Goal {
        Goal {
            quantity: self,
            is_floor: true,
            bound,
        }
    }

    /// What it was; `None` if the runs do not show it.
    #[must_use]
    pub fn of(self, summary: &Summary) -> Option<f64> {
        Some(match self {
            Self::Refused => percent(summary.refused, summary.sent),
            Self::RefusedLate => percent(summary.refused_late, summary.sent_late),
            Self::Used => 100.0 * summary.used,
            Self::Over => 100.0 * summary.over?,
            Self::Jain => summary.jain?,
            Self::Lost => whole(summary.lost),
            Self::InFlight => summary.in_flight.into(),
            Self::UrgentWait => summary.urgent_p95?,
            Self::Undercuts => whole(summary.undercuts),
            Self::Spread => summary.spread?,
            Self::RefusedOfChange => summary.refused_of_change?.into(),
            Self::UsedAfterChange => 100.0 * summary.used_after_change?,
            Self::Skewed => summary.skewed.into(),
        })
    }

    const fn name(self) -> (&'static str, &'static str) {
        match self {
            Self::Refused => ("429s", " %"),
            Self::RefusedLate => ("late 429s", " %"),
            Self::Used => ("use", " %"),
            Self::Over => ("over", " %"),
            Self::Jain => ("Jain", ""),
            Self::Lost => ("lost", ""),
            Self::InFlight => ("in flight", ""),
            Self::UrgentWait => ("urgent p95", " s"),
            Self::Undercuts => ("too early", ""),
            Self::Spread => ("spread", ""),
            Self::RefusedOfChange => ("429s a change", ""),
            Self::UsedAfterChange => ("use after a change", " %"),
            Self::Skewed => ("runs changed by skew", ""),
        }
    }
}

impl Goal {
    /// Whether it holds. What the runs do not show does not hold.
    #[must_use]
    pub fn holds(&self, summary: &Summary) -> bool {
        self.is_met(summary, 0.0)
    }

    /// The same for so few runs that a single 429 is more than a small share of all, and that a mean is
    /// not yet one. Where it is nothing that is asked for, nothing is allowed here either.
    #[must_use]
    pub fn holds_in_few(&self, summary: &Summary) -> bool {
        let slack = match self.quantity {
            _ if self.bound == 0.0 => 0.0,
            Quantity::Refused => percent(1, summary.sent),
            Quantity::RefusedLate => percent(1, summary.sent_late),
            Quantity::Used | Quantity::UsedAfterChange => 1.5,
            Quantity::Over => 0.5,
            Quantity::Jain => 0.03,
            _ => 0.0,
        };
        self.is_met(summary, slack)
    }

    fn is_met(&self, summary: &Summary, slack: f64) -> bool {
        match self.quantity.of(summary) {
            Some(value) if self.is_floor => value >= self.bound - slack,
            Some(value) => value <= self.bound + slack,
            None => false,
        }
    }

    /// Whether the number has a column of its own.
    #[must_use]
    pub(crate) fn is_in_table(&self) -> bool {
        use Quantity::{Jain, Lost, Over, Refused, Used};
        matches!(self.quantity, Refused | Used | Over | Jain | Lost)
    }

    /// What it was, and where it does not hold, what it should have been.
    #[must_use]
    pub fn measured(&self, summary: &Summary) -> String {
        let (name, unit) = self.quantity.name();
        let value = self.value(summary);
        match (self.holds(summary), self.is_floor) {
            (true, _) => format!("{name} {value}"),
            (false, true) => format!("{name} {value} < {}{unit}", self.bound),
            (false, false) => format!("{name} {value} > {}{unit}", self.bound),
        }
    }

    /// What it was, with its unit.
    pub(crate) fn value(&self, summary: &Summary) -> String {
        let (_, unit) = self.quantity.name();
        match self.quantity.of(summary) {
            Some(value) => format!("{}{unit}", number(value)),
            None => "not seen".to_owned(),
        }
    }
}

impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, unit) = self.quantity.name();
        if self.bound == 0.0 && !self.is_floor {
            return write!(f, "no {name}");
        }
        let sign = if self.is_floor { '≥' } else { '≤' };
        write!(f, "{name} {sign} {}{unit}", self.bound)
    }
}

/// Three digits or so that mean something.
fn number(value: f64) -> String {
    let digits = match value.abs() {
        large if large >= 100.0 => 1,
        small if small < 1.0 => 4,
        _ => 2,
    };
    let text = format!("{value:.digits$}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    text.to_owned()
}

pub(crate) fn percent(part: u64, whole_: u64) -> f64 {
    match whole_ {
        0 => 0.0,
        _ => 100.0 * whole(part) / whole(whole_),
    }
}

fn whole(count: u64) -> f64 {
    count as f64
}
