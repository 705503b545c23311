//! A client that learns from a server's answers when it may send.

mod answer;
mod flight;
mod law;
mod ledger;
mod model;
mod offset;
mod pilot;
mod series;
mod sight;
mod silent;
mod spend;
mod track;

pub use answer::{Answer, Reset, Told, Verdict};
pub use pilot::{Leave, Outlook, Pace, Pilot, SendId, Steering};
pub use spend::Spend;
