//! Mavera's first recipe: each worker reads what remains, and when that is low spreads it over the time to
//! the reset.

use std::time::Duration;

use tokio::time::sleep;

use super::{TRIES, call, wall};
use crate::client::Client;
use crate::item::Item;
use crate::server::Server;

const THRESHOLD: f64 = 10.0;
const INTERVAL: Duration = Duration::from_millis(500);
const LONGEST_SLEEP: Duration = Duration::from_secs(30);

/// Sleeps after a response that says that little is left.
#[derive(Clone, Debug)]
pub struct SleepWhenLow(Server);

impl Client for SleepWhenLow {
    fn new(server: Server) -> Self {
        Self(server)
    }

    async fn get(&self, item: Item) -> bool {
        for _ in 0..TRIES {
            let seen = call(&self.0, item).await;
            if seen.is_refusal() {
                sleep(seen.retry_after).await;
                continue;
            }
            let spread = match seen.remaining {
                Some(left) if left <= THRESHOLD => {
                    seen.until_reset(&wall(&self.0)).div_f64(left.max(1.0))
                }
                _ => INTERVAL,
            };
            sleep(spread.clamp(INTERVAL, LONGEST_SLEEP)).await;
            return seen.is_good();
        }
        false
    }
}
