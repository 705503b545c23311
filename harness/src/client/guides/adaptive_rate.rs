//! Freddy's adaptive rate: a little faster while over half of the limit remains, slower under a fifth, half
//! on a 429, and never under ten a minute.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::{Seen, TRIES, call, lock};
use crate::client::Client;
use crate::item::Item;
use crate::server::Server;

const FLOOR: f64 = 10.0;

/// One rate that all workers share.
#[derive(Clone, Debug)]
pub struct AdaptiveRate {
    server: Server,
    rate: Arc<Mutex<Rate>>,
}

#[derive(Debug)]
struct Rate {
    per_minute: f64,
    next: Instant,
}

impl Rate {
    /// Takes the turn, or says when it comes at the earliest.
    fn turn(&mut self) -> Result<(), Instant> {
        let now = Instant::now();
        if now < self.next {
            return Err(self.next);
        }
        self.next = now + Duration::from_secs_f64(60.0 / self.per_minute);
        Ok(())
    }

    fn adapt(&mut self, seen: &Seen) {
        if seen.is_refusal() {
            self.per_minute = (self.per_minute / 2.0).max(FLOOR);
        } else if let (Some(left), Some(limit)) = (seen.remaining, seen.limit) {
            match left / limit {
                share if share > 0.5 => self.per_minute *= 1.1,
                share if share < 0.2 => self.per_minute = (self.per_minute * 0.8).max(FLOOR),
                _ => {}
            }
        }
    }
}

impl Client for AdaptiveRate {
    fn new(server: Server) -> Self {
        let rate = Rate {
            per_minute: 60.0,
            next: Instant::now(),
        };
        Self {
            server,
            rate: Arc::new(Mutex::new(rate)),
        }
    }

    async fn get(&self, item: Item) -> bool {
        for _ in 0..TRIES {
            loop {
                let turn = lock(&self.rate).turn();
                match turn {
                    Ok(()) => break,
                    Err(next) => sleep_until(next).await,
                }
            }
            let seen = call(&self.server, item).await;
            lock(&self.rate).adapt(&seen);
            if !seen.is_refusal() {
                return seen.is_good();
            }
            sleep_until(Instant::now() + seen.retry_after).await;
        }
        false
    }
}
