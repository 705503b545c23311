//! The policy file, read again while requests are served.
//!
//! A file that is wrong changes nothing: it is complained of as `check` would, and the one in force stays.
//! One that is right is in force for the next request of each connection. The store is the same, so what
//! was spent stays spent, and permits that are held stay held.
//!
//! Dangers.
//! - A file that is read while it is being written is half a file, and half a file may be a right one. Who
//!   changes it writes a new one and renames it.
//! - The store keeps the sizes that it was made with.

mod hangup;
mod reloadable;

pub(super) use hangup::Hangups;
pub(super) use reloadable::Reloadable;

use std::path::{Path, PathBuf};

use crate::complain;
use crate::policy::{PolicyError, PolicyFile};
use hangup::Meaning;

/// What it takes to put another policy file in force.
pub(super) struct Reload<S, F> {
    pub(super) config: Option<PathBuf>,
    pub(super) service: Reloadable<S>,
    /// Makes the service that enforces a file.
    pub(super) enforce: F,
    /// That whose sizes the store has.
    pub(super) first: PolicyFile,
}

impl<S: Clone, F: Fn(&PolicyFile) -> S> Reload<S, F> {
    /// Reads the file again at each SIGHUP, until one says that the terminal is gone.
    pub(super) async fn at(&self, hangups: &mut Hangups) {
        while hangups.next().await == Meaning::Reload {
            match &self.config {
                Some(path) => self.reload(path).await,
                None => complain(
                    "SIGHUP: there is no --config, so there is no policy file to read again",
                ),
            }
        }
    }

    async fn reload(&self, path: &Path) {
        let file = path.to_owned();
        // A slow disk keeps no request waiting. A panic there is said by its own message.
        let read = tokio::task::spawn_blocking(move || super::load(&file)).await;
        match read {
            Ok(Ok(policy)) => self.put_in_force(path, &policy),
            Ok(Err(error)) => not_reloaded(path, &error),
            Err(_) => {}
        }
    }

    fn put_in_force(&self, path: &Path, policy: &PolicyFile) {
        self.service.exchange((self.enforce)(policy));
        let file = path.display();
        let (plans, keys) = policy.counts();
        let (plans, keys) = (counted(plans, "plan"), counted(keys, "key"));
        complain(&format!("reloaded {file}: {plans}, {keys}"));
        if !policy.has_store_of(&self.first) {
            complain(&format!(
                "{file}: warning: [store] is as it was at the start; it changes when the gateway is started again"
            ));
        }
    }
}

fn not_reloaded(path: &Path, error: &PolicyError) {
    complain(&error.to_string());
    let file = path.display();
    complain(&format!(
        "{file} was not reloaded: the policy from before stays in force"
    ));
}

fn counted(count: usize, what: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{count} {what}{s}")
}
