//! Measures the client of the rate-limit stack in virtual time.
//!
//! The real layers ([`ThrottleLayer`] within [`RetryLayer`]) call a server in the same process that sleeps
//! the way up, asks a limiter, states the limits in headers, and sleeps the way down. tokio's clock is paused and
//! jumps to the next timer, so ten minutes take milliseconds, and a seed gives the same run each time.
//!
//! [`Setup`] says what a run is made of, [`run`] does it, [`Measure`] is what came of it. The scenarios and
//! their goals are data in [`scenario`]; `docs/CLIENT.md` holds the tables, and says how to repeat them.
//!
//! # Dangers
//! - A seed that was used for tuning proves nothing: see [`Seeds`].
//! - Everything in a run must take its time from tokio and its random numbers from `fastrand`.
//!
//! [`ThrottleLayer`]: ratelimit_tower::throttle::ThrottleLayer
//! [`RetryLayer`]: ratelimit_tower::retry::RetryLayer

pub mod baseline;
pub mod client;
mod goal;
mod item;
mod jobs;
pub mod limiter;
mod line;
mod measure;
mod missed;
pub mod page;
mod record;
mod run;
pub mod scenario;
mod seeds;
mod server;
mod setup;
mod summary;
pub mod table;

pub use client::Subject;
pub use goal::{Goal, Quantity};
pub use item::Item;
pub use jobs::{Job, work_off};
pub use line::{Line, Wall};
pub use measure::Measure;
pub use missed::{Judge, missed};
pub use record::{Arrival, Record, WakeUp};
pub use run::{Optimum, run};
pub use seeds::Seeds;
pub use server::{Server, Shared, Slow};
pub use setup::{Between, Costs, Form, Kind, Pace, Setup, Start, Supply, WINDOW};
pub use summary::Summary;
