//! Who saves the state now and then, and at the end.

use std::convert::Infallible;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ratelimit_core::Memory;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use super::saved;
use crate::complain;

/// Keeps a store in a file.
pub(in crate::serve) struct Keeper {
    shared: Arc<Shared>,
    interval: Duration,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Occasion {
    NowAndThen,
    TheEnd,
}

struct Shared {
    memory: Memory,
    path: PathBuf,
    /// Whether the last save failed; held while one is under way, so that an older state never takes the
    /// place of a newer one.
    failed: Mutex<bool>,
}

impl Keeper {
    pub(super) fn new(memory: Memory, path: PathBuf, interval: Duration) -> Self {
        let shared = Shared {
            memory,
            path,
            failed: Mutex::default(),
        };
        Self {
            shared: Arc::new(shared),
            interval,
        }
    }

    /// Saves now and then. That it fails stops nobody, and is said once, until it succeeds again.
    pub(in crate::serve) async fn save_for_ever(&self) -> Infallible {
        let mut ticks = interval_at(Instant::now() + self.interval, self.interval);
        // A disk that takes longer than that is not asked again at once.
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            self.save(Occasion::NowAndThen).await;
        }
    }

    /// Saves after everything else, and says whether it did.
    pub(in crate::serve) async fn save_at_the_end(&self) -> bool {
        self.save(Occasion::TheEnd).await
    }

    async fn save(&self, occasion: Occasion) -> bool {
        let shared = Arc::clone(&self.shared);
        // No thread that serves requests waits for the disk. A panic is said by its own message.
        let saved = spawn_blocking(move || shared.save(occasion)).await;
        saved.unwrap_or(false)
    }
}

impl Shared {
    fn save(&self, occasion: Occasion) -> bool {
        // A flag is never half written.
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        let saved = saved::save(&self.memory, &self.path);
        if let Some(text) = self.report(*failed, occasion, saved.as_ref().err()) {
            complain(&text);
        }
        *failed = saved.is_err();
        saved.is_ok()
    }

    /// What is new about how saving goes; at the end nothing is taken for known.
    fn report(
        &self,
        had_failed: bool,
        occasion: Occasion,
        error: Option<&io::Error>,
    ) -> Option<String> {
        let path = self.path.display();
        match error {
            Some(error) if !had_failed || occasion == Occasion::TheEnd => Some(format!(
                "cannot save the state to {path}: {error}; what was spent since it was last saved is \
                 forgotten by a restart"
            )),
            None if had_failed => Some(format!("the state is saved to {path} again")),
            _ => None,
        }
    }
}
