//! What is counted while items are fetched, and how it is shown.

mod ahead;
mod display;
mod recent;
mod summary;
mod tally;
mod view;
mod words;

pub(super) use display::Display;
pub(super) use summary::summary;
pub(super) use tally::Tally;
