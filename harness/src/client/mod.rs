//! Who is measured: our client, and the recipes of the four guides.

mod guides;
mod ours;

use std::future::Future;
use std::sync::LazyLock;

use http::{HeaderName, Request, StatusCode, Uri};

use crate::item::Item;
use crate::server::Server;

pub use guides::{AdaptiveRate, Manager, RetryAfter, SleepWhenLow, TokenBucket};
pub use ours::{Ours, Static};

/// Something that workers give their items to.
pub trait Client: Clone + Send + Sync + 'static {
    /// A client of this server. What it may know beforehand stands in the [setup](crate::Setup).
    fn new(server: Server) -> Self;

    /// Does all that it takes, retries included, and says whether it came to a good end.
    fn get(&self, item: Item) -> impl Future<Output = bool> + Send;
}

/// Which client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// [`Ours`].
    Ours,
    /// [`Static`].
    Static,
    /// [`SleepWhenLow`].
    SleepWhenLow,
    /// [`TokenBucket`].
    TokenBucket,
    /// [`Manager`].
    Manager,
    /// [`AdaptiveRate`].
    AdaptiveRate,
    /// [`RetryAfter`].
    RetryAfter,
}

impl Subject {
    /// All but ours.
    pub const BASELINES: [Self; 6] = [
        Self::SleepWhenLow,
        Self::TokenBucket,
        Self::Manager,
        Self::AdaptiveRate,
        Self::RetryAfter,
        Self::Static,
    ];

    /// What it is called in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ours => "ThrottleLayer::adaptive()",
            Self::Static => "ThrottleLayer::new(quota)",
            Self::SleepWhenLow => "sleep when remaining < 10 (Mavera)",
            Self::TokenBucket => "token bucket (Mavera)",
            Self::Manager => "rate-limit manager (Freddy)",
            Self::AdaptiveRate => "adaptive rate (Freddy)",
            Self::RetryAfter => "wait Retry-After (maviapi)",
        }
    }
}

const COST: HeaderName = HeaderName::from_static("x-cost");
const URGENT: HeaderName = HeaderName::from_static("x-urgent");

/// What the hooks of the layers can see of an item: they see heads, not bodies.
fn request(item: Item) -> Request<Item> {
    static URI: LazyLock<Uri> = LazyLock::new(|| Uri::from_static("http://api.example/things"));
    let mut request = Request::new(item);
    *request.uri_mut() = URI.clone();
    // What is as usual is not said: runs are of millions of requests.
    if item.cost != 1 {
        request.headers_mut().insert(COST, item.cost.into());
    }
    if item.urgent {
        request.headers_mut().insert(URGENT, 1.into());
    }
    request
}

fn is_good(status: StatusCode) -> bool {
    status.is_success()
}
