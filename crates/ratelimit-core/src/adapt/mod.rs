//! A client that learns from a server's answers when it may send.

mod answer;
mod pilot;
mod spend;

pub use answer::{Answer, Reset, Told, Verdict};
pub use pilot::{Leave, Outlook, Pace, Pilot, SendId, Steering};
pub use spend::Spend;
