//! The examples of the rate-limit stack.
//!
//! Those in the README are compiled here, in the one place that sees every crate.

#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
