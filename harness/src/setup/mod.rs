//! What one run is made of, as data.

mod between;
mod form;
mod kind;

use std::time::Duration;

pub use between::Between;
pub use form::Form;
pub use kind::Kind;

/// The window of every quota but a day's.
pub const WINDOW: Duration = Duration::from_secs(60);

/// How a client spends what it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// For live traffic.
    Even,
    /// For batches.
    Eager,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Supply {
    /// There is always more, for so many windows.
    Endless {
        /// Whole windows; beside the part of one in which the run begins, if it begins anywhere.
        windows: u32,
    },
    /// So many items for each client.
    List(u32),
}

/// Where in a window of the server's clock a run begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// Anywhere.
    Anywhere,
    /// In its first second, so that a run of whole windows ends with one.
    AtAnEdge,
}

/// What items cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Costs {
    /// One unit each.
    One,
    /// 1 to 20 units, known beforehand.
    Known,
    /// 1 to 20 units are estimated; what it was, at most that, is stated in the response.
    TruedUp,
}

/// One run, but for its seed.
#[derive(Clone, Debug, PartialEq)]
pub struct Setup {
    /// How the server counts.
    pub kind: Kind,
    /// Units a window.
    pub limit: u32,
    /// Units a day, if that is limited too.
    pub day: Option<u32>,
    /// Independent clients on the one key.
    pub clients: usize,
    /// How much later each client starts than the one before.
    pub apart: Duration,
    /// Workers of each client.
    pub workers: usize,
    /// What is to be done.
    pub supply: Supply,
    /// Where in a window the run begins.
    pub start: Start,
    /// How it is paced.
    pub pace: Pace,
    /// Whether the client is told the limit beforehand.
    pub configured: bool,
    /// What items cost.
    pub costs: Costs,
    /// The way up, and the way down.
    pub latency: Between,
    /// How long after a request was sent the head of its response is there, where that is not only the ways' time.
    pub work: Option<Between>,
    /// How long after a request was sent the body of its response ends, where that is not with the head.
    pub body: Option<Between>,
    /// How many the server lets in at the same time; the client knows it.
    pub cap: Option<u32>,
    /// How limits are stated.
    pub form: Form,
    /// The share of responses that state no limits, 0 to 1.
    pub headers_lost: f64,
    /// How old what is stated is.
    pub headers_late: Duration,
    /// By how many seconds the client's wall clock is ahead of the server's.
    pub skew: i32,
    /// Units that were used shortly before the start.
    pub used_before: u32,
    /// Whether somebody else uses the key in bursts, a quarter to a half of it.
    pub neighbour: bool,
    /// Whether an urgent item comes every few seconds.
    pub urgent: bool,
    /// When the limit becomes another, after the start, in order.
    pub changes: Vec<(Duration, u32)>,
}

impl Setup {
    /// One client of 50 workers for ten minutes, on an ordinary network.
    #[must_use]
    pub fn alone(kind: Kind, limit: u32) -> Self {
        Self {
            kind,
            limit,
            day: None,
            clients: 1,
            apart: Duration::from_secs(3),
            workers: 50,
            supply: Supply::Endless { windows: 10 },
            start: Start::Anywhere,
            pace: Pace::Even,
            configured: false,
            costs: Costs::One,
            latency: Between::seconds(0.02, 0.08),
            work: None,
            body: None,
            cap: None,
            form: Form::UNIX,
            headers_lost: 0.0,
            headers_late: Duration::ZERO,
            skew: 0,
            used_before: 0,
            neighbour: false,
            urgent: false,
            changes: Vec::new(),
        }
    }

    /// So many clients that do not know of each other.
    #[must_use]
    pub fn shared(kind: Kind, limit: u32, clients: usize) -> Self {
        Self {
            clients,
            ..Self::alone(kind, limit)
        }
    }

    /// Whether what is admitted is settled later.
    pub(crate) fn holds(&self) -> bool {
        self.cap.is_some() || self.costs == Costs::TruedUp
    }
}
