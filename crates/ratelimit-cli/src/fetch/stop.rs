//! The end before the end: Ctrl-C, or nobody who reads the results.

use std::time::Duration;

use tokio::sync::watch;

use super::progress::Display;
use crate::serve::Signals;

/// How long what is under way may take to finish.
const GRACE: Duration = Duration::from_secs(5);
/// How long it may take to write what is finished then.
const MOMENT: Duration = Duration::from_secs(1);

/// The exit status after Ctrl-C, by custom 128 and the number of the signal.
pub(super) const INTERRUPTED: u8 = 130;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Going,
    /// Nothing more is sent.
    Stopping,
    /// Nothing is waited for.
    Broken,
    /// Nothing is reported either.
    Unheard,
}

/// Where it is heard that it is over. Clones hear the same.
#[derive(Clone, Debug)]
pub(super) struct Stop(watch::Receiver<Phase>);

/// Where it is said. Nobody else can say it.
#[derive(Clone, Debug)]
pub(super) struct Stopper(watch::Sender<Phase>);

pub(super) fn pair() -> (Stopper, Stop) {
    let (sender, receiver) = watch::channel(Phase::Going);
    (Stopper(sender), Stop(receiver))
}

impl Stop {
    pub(super) fn is_stopping(&self) -> bool {
        *self.0.borrow() >= Phase::Stopping
    }

    /// Until nothing more is to be sent.
    pub(super) async fn stopping(&self) {
        self.until(Phase::Stopping).await;
    }

    /// Until nothing is to be waited for.
    pub(super) async fn broken(&self) {
        self.until(Phase::Broken).await;
    }

    /// Until nobody takes what there is to report.
    pub(super) async fn unheard(&self) {
        self.until(Phase::Unheard).await;
    }

    async fn until(&self, phase: Phase) {
        let mut heard = self.0.clone();
        if heard.wait_for(|now| *now >= phase).await.is_err() {
            // Nobody is left who could say it.
            std::future::pending::<()>().await;
        }
    }
}

impl Stopper {
    /// Ends everything at once: results cannot be written any more.
    pub(super) fn break_off(&self) {
        self.to(Phase::Unheard);
    }

    fn to(&self, phase: Phase) {
        self.0.send_if_modified(|now| {
            let later = phase > *now;
            *now = phase.max(*now);
            later
        });
    }

    /// Hears signals: at the first, what is under way may finish; at the second it is broken off, and if
    /// that takes a moment (nobody reads the results, say), the process ends where it stands.
    pub(super) async fn at(self, mut signals: Signals, display: Display) {
        signals.next().await;
        display.say("stopping: what is under way may finish; press Ctrl-C again to break it off");
        self.to(Phase::Stopping);
        let moment = tokio::select! {
            () = tokio::time::sleep(GRACE) => None,
            () = signals.next() => Some(MOMENT),
        };
        self.to(Phase::Broken);
        match moment {
            Some(moment) => tokio::time::sleep(moment).await,
            None => signals.next().await,
        }
        std::process::exit(INTERRUPTED.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_only_gets_later() {
        let (stopper, stop) = pair();
        assert!(!stop.is_stopping());
        stopper.break_off();
        stopper.to(Phase::Stopping);
        stop.stopping().await;
        stop.broken().await;
        stop.unheard().await;
        assert!(stop.is_stopping());
    }
}
