//! Freddy's rate-limit manager: counts this minute's requests from its own start, and waits for the next
//! minute when they are used up.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{TRIES, call, lock};
use crate::client::Client;
use crate::item::Item;
use crate::server::Server;
use crate::setup::WINDOW;

/// Counts what all workers send.
#[derive(Clone, Debug)]
pub struct Manager {
    server: Server,
    minute: Arc<Mutex<Minute>>,
}

#[derive(Debug)]
struct Minute {
    began: Instant,
    used: u32,
    limit: u32,
}

impl Minute {
    /// Counts one, or says how long to wait.
    fn count(&mut self) -> Result<(), Duration> {
        let now = Instant::now();
        if now >= self.began + WINDOW {
            (self.began, self.used) = (now, 0);
        }
        if self.used >= self.limit {
            return Err(self.began + WINDOW - now);
        }
        self.used += 1;
        Ok(())
    }
}

impl Client for Manager {
    fn new(server: Server) -> Self {
        let minute = Minute {
            began: Instant::now(),
            used: 0,
            limit: server.shared().setup().limit,
        };
        Self {
            server,
            minute: Arc::new(Mutex::new(minute)),
        }
    }

    async fn get(&self, item: Item) -> bool {
        for _ in 0..TRIES {
            loop {
                let counted = lock(&self.minute).count();
                match counted {
                    Ok(()) => break,
                    Err(wait) => sleep(wait).await,
                }
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
