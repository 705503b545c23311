//! Items as they are asked for, with a bound on all that are in memory.

use std::io;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures_util::stream::{self, Stream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use super::Found;
use super::item::{Item, Unread};
use crate::fetch::stop::Stop;

/// After Ctrl-C: whoever writes to us is not waited for, though what was written is still reported.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// An item, and its place in memory. It is free when the result was written: a reader of results who is
/// slow holds up the reading, not what is under way.
pub(in crate::fetch) struct Entry {
    pub(in crate::fetch) item: Result<Item, Unread>,
    pub(in crate::fetch) place: OwnedSemaphorePermit,
}

pub(in crate::fetch) struct Source {
    items: mpsc::Receiver<Found>,
    places: Arc<Semaphore>,
    stop: Stop,
    broken: Arc<OnceLock<io::Error>>,
}

impl Source {
    /// What is read here; at most so many items are in memory at a time, from here to their results.
    pub(in crate::fetch) fn new(items: mpsc::Receiver<Found>, places: usize, stop: Stop) -> Self {
        Self {
            items,
            places: Arc::new(Semaphore::new(places)),
            stop,
            broken: Arc::default(),
        }
    }

    /// Where it will be said why the input could not be read to its end.
    pub(in crate::fetch) fn broken(&self) -> Arc<OnceLock<io::Error>> {
        Arc::clone(&self.broken)
    }

    pub(in crate::fetch) fn entries(self) -> impl Stream<Item = Entry> {
        stream::unfold(self, |mut source| async move {
            let place = Arc::clone(&source.places).acquire_owned().await.ok()?;
            match source.next().await? {
                Ok(item) => Some((Entry { item, place }, source)),
                Err(error) => {
                    let _ = source.broken.set(error);
                    None
                }
            }
        })
    }

    async fn next(&mut self) -> Option<Found> {
        tokio::select! {
            biased;
            // Whatever else there is to read, and be it without end.
            () = self.stop.unheard() => return None,
            read = self.items.recv() => return read,
            () = self.stop.stopping() => {}
            () = self.stop.broken() => return None,
        }
        let last = tokio::time::timeout(LAST_WORDS, self.items.recv());
        last.await.ok().flatten()
    }
}
