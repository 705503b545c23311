//! How long a connection may stay open without a request.

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::sleep;

/// How long silence is borne when others wait for room.
const WHEN_CROWDED: Duration = Duration::from_secs(1);
/// How often the silent ones are told that others wait.
pub(super) const TELL_EVERY: Duration = Duration::from_millis(100);

/// As long as silence is borne.
pub(super) async fn silence(patience: Duration, crowded: &Notify) {
    let in_the_way = async {
        sleep(patience.min(WHEN_CROWDED)).await;
        crowded.notified().await;
    };
    tokio::select! {
        () = in_the_way => {}
        () = sleep(patience) => {}
    }
}

/// Drives a connection, and drops it if nothing was asked in time.
pub(super) async fn unless_silent(
    connection: impl Future,
    asked: &AtomicBool,
    silence: impl Future<Output = ()>,
) {
    let mut connection = pin!(connection);
    tokio::select! {
        _ = &mut connection => return,
        () = silence => {}
    }
    // Nothing else hangs on this flag, and a request that comes this late may as well be too late.
    if asked.load(Ordering::Relaxed) {
        connection.await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::Instant;

    #[tokio::test(start_paused = true)]
    async fn silence_is_borne_for_less_when_others_wait() {
        let (patience, crowded) = (Duration::from_secs(10), Notify::new());
        let began = Instant::now();
        silence(patience, &crowded).await;
        assert_eq!(began.elapsed(), patience);

        let began = Instant::now();
        let told = async {
            loop {
                crowded.notify_waiters();
                sleep(TELL_EVERY).await;
            }
        };
        tokio::select! {
            () = silence(patience, &crowded) => {}
            () = told => {}
        }
        assert!(began.elapsed() <= WHEN_CROWDED + TELL_EVERY * 2);
    }
}
