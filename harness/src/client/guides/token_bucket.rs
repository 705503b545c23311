//! Mavera's second recipe: a bucket on the client's side that all workers share, of a minute's worth.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{TRIES, call, lock};
use crate::client::Client;
use crate::item::Item;
use crate::server::Server;

/// How often a worker looks for a token.
const LOOK: Duration = Duration::from_millis(50);

/// Takes a token before each request.
#[derive(Clone, Debug)]
pub struct TokenBucket {
    server: Server,
    bucket: Arc<Mutex<Bucket>>,
}

#[derive(Debug)]
struct Bucket {
    tokens: f64,
    filled: Instant,
    rate: f64,
}

impl Bucket {
    fn try_take(&mut self) -> bool {
        let now = Instant::now();
        let gained = (now - self.filled).as_secs_f64() * self.rate;
        self.tokens = (self.tokens + gained).min(self.rate * 60.0);
        self.filled = now;
        let taken = self.tokens >= 1.0;
        self.tokens -= f64::from(u8::from(taken));
        taken
    }
}

impl Client for TokenBucket {
    fn new(server: Server) -> Self {
        let limit = f64::from(server.shared().setup().limit);
        let bucket = Bucket {
            tokens: limit,
            filled: Instant::now(),
            rate: limit / 60.0,
        };
        Self {
            server,
            bucket: Arc::new(Mutex::new(bucket)),
        }
    }

    async fn get(&self, item: Item) -> bool {
        for _ in 0..TRIES {
            while !lock(&self.bucket).try_take() {
                sleep(LOOK).await;
            }
            let seen = call(&self.server, item).await;
            if !seen.is_refusal() {
                return seen.is_good();
            }
            sleep(seen.retry_after).await;
        }
        false
    }
}
