//! Each test drives the clock by hand and polls only those whose timer fired or who were woken, as a
//! runtime would.

mod events;
mod fair;
mod model;
mod patience;
mod piloted;
mod seat;
mod sim;
mod threads;
mod timing;
