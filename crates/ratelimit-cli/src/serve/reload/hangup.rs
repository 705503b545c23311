//! SIGHUP: "read your files again", and also what a program hears when its terminal is closed.
//!
//! Danger: a gateway that takes the second for the first goes on in a terminal that is gone, and nobody
//! knows why its port is taken. So one that had a terminal looks whether it is still there.

use std::io::{IsTerminal, stderr};

/// What a SIGHUP means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Reload,
    /// The terminal was closed.
    End,
}

/// SIGHUPs, where there are any. Caught from the moment it is made.
pub(in crate::serve) struct Hangups {
    #[cfg(unix)]
    signal: tokio::signal::unix::Signal,
    had_terminal: bool,
}

impl Hangups {
    #[cfg(unix)]
    pub(in crate::serve) fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            signal: signal(SignalKind::hangup())?,
            had_terminal: stderr().is_terminal(),
        })
    }

    #[cfg(not(unix))]
    pub(in crate::serve) fn new() -> std::io::Result<Self> {
        let had_terminal = stderr().is_terminal();
        Ok(Self { had_terminal })
    }

    /// What the next of them means.
    pub(super) async fn next(&mut self) -> Meaning {
        #[cfg(unix)]
        let heard = self.signal.recv().await.is_some();
        #[cfg(not(unix))]
        let heard = false;
        if !heard {
            std::future::pending::<()>().await;
        }
        // One that was closed is none any more.
        match self.had_terminal && !stderr().is_terminal() {
            true => Meaning::End,
            false => Meaning::Reload,
        }
    }
}
