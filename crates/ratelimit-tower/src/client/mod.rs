//! What the client layers know of a client: the head of what it sends, the head of what comes back,
//! and its clock.
//!
//! Clients do not agree on types: hyper-util's client and tonic's `Channel` speak `http::Request` and
//! `http::Response`, `reqwest::Client` has its own. [`RequestHead`] and [`ResponseHead`] are the part
//! that they share, so one layer fits them all, without adapters and without boxes. The types of
//! reqwest need the feature `reqwest`.
//!
//! ```
//! use http::Request;
//! use ratelimit_tower::client::RequestHead;
//!
//! let request = Request::get("https://Api.Example:8443/v1/items?page=2").body(()).unwrap();
//! assert_eq!(request.host(), Some("Api.Example"));
//! assert_eq!(request.port(), Some(8443));
//! assert_eq!(request.path(), "/v1/items");
//! ```

mod clock;
pub(crate) mod grpc;
mod outgoing;
mod request;
#[cfg(feature = "reqwest")]
mod reqwest;
mod response;
pub(crate) mod seat;
mod told;

pub use outgoing::Outgoing;
pub use request::RequestHead;
pub use response::{Guard, ReadBody, ResponseHead};

pub(crate) use clock::{TokioClock, Wall};
pub(crate) use told::{LONGEST_PAUSE, believable_reset, stated_wait, stated_wait_of};
