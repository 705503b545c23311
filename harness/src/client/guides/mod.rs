//! The recipes of the four guides, for many workers. Each is what its guide shows, no better: they are
//! what the numbers of our client are compared with.

mod adaptive_rate;
mod manager;
mod retry_after;
mod sleep_when_low;
mod token_bucket;

use std::convert::Infallible;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::{HeaderMap, StatusCode};
use tower::Service;

use super::ours::read_slow;
use crate::item::Item;
use crate::line::Wall;
use crate::server::Server;

pub use adaptive_rate::AdaptiveRate;
pub use manager::Manager;
pub use retry_after::RetryAfter;
pub use sleep_when_low::SleepWhenLow;
pub use token_bucket::TokenBucket;

/// How often the guides try again.
const TRIES: u32 = 5;

/// A response as a recipe sees it.
#[derive(Clone, Copy, Debug)]
struct Seen {
    status: StatusCode,
    limit: Option<f64>,
    remaining: Option<f64>,
    reset: Option<f64>,
    retry_after: Duration,
}

async fn call(server: &Server, item: Item) -> Seen {
    let response: Result<_, Infallible> = server.clone().call(super::request(item)).await;
    let Ok(response) = response;
    let (head, body) = response.into_parts();
    read_slow(body).await;
    let number = |name| number(&head.headers, name);
    Seen {
        status: head.status,
        limit: number("x-ratelimit-limit"),
        remaining: number("x-ratelimit-remaining"),
        reset: number("x-ratelimit-reset"),
        retry_after: Duration::from_secs_f64(number("retry-after").unwrap_or(1.0)),
    }
}

impl Seen {
    fn is_refusal(&self) -> bool {
        self.status == StatusCode::TOO_MANY_REQUESTS
    }

    fn is_good(&self) -> bool {
        super::is_good(self.status)
    }

    /// Until the reset, by the client's own clock.
    fn until_reset(&self, wall: &Wall) -> Duration {
        let left = self.reset.unwrap_or(0.0) - wall.shown().as_secs_f64();
        Duration::from_secs_f64(left.max(0.0))
    }
}

fn number(headers: &HeaderMap, name: &str) -> Option<f64> {
    headers.get(name)?.to_str().ok()?.parse().ok()
}

fn wall(server: &Server) -> Wall {
    let shared = server.shared();
    shared.line().wall(shared.setup().skew)
}

fn lock<T>(state: &Mutex<T>) -> MutexGuard<'_, T> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
