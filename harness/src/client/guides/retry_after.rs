//! maviapi's recipe: each worker looks before it spends (one left or none: wait for the reset), waits on a
//! 429 exactly as it is told, and gives up after four tries.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::sleep;

use super::{Seen, call, lock, wall};
use crate::client::Client;
use crate::item::Item;
use crate::server::Server;

const TRIES: u32 = 4;

/// Does as the last response says.
#[derive(Clone, Debug)]
pub struct RetryAfter {
    server: Server,
    last: Arc<Mutex<Option<Seen>>>,
}

impl RetryAfter {
    /// How long to wait before the next request.
    fn look(&self) -> Duration {
        match *lock(&self.last) {
            Some(seen) if seen.remaining.is_some_and(|left| left <= 1.0) => {
                seen.until_reset(&wall(&self.server))
            }
            _ => Duration::ZERO,
        }
    }
}

impl Client for RetryAfter {
    fn new(server: Server) -> Self {
        Self {
            server,
            last: Arc::default(),
        }
    }

    async fn get(&self, item: Item) -> bool {
        sleep(self.look()).await;
        for _ in 0..TRIES {
            let seen = call(&self.server, item).await;
            *lock(&self.last) = Some(seen);
            if !seen.is_refusal() {
                return seen.is_good();
            }
            sleep(seen.retry_after).await;
        }
        false
    }
}
