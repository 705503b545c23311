//! Writes results, from a thread of its own: who reads them slowly holds up no request.

use std::io::{self, ErrorKind, IsTerminal, Write};
use std::path::Path;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::JoinHandle;

use super::outcome::Outcome;
use super::progress::Display;
use super::resume::Resume;
use super::stop::Stopper;
use super::work::Done;

/// Where results go.
pub(super) struct Output {
    sender: Sender<Done>,
    writer: JoinHandle<Written>,
}

/// What became of the results.
pub(super) struct Written {
    /// How many were written.
    pub(super) results: u64,
    /// Why the others could not be, if that is so.
    pub(super) error: Option<io::Error>,
}

/// What results are written to.
pub(super) struct Sink {
    to: Box<dyn Write + Send>,
    is_terminal: bool,
}

impl Sink {
    /// Opens the output; `-` is stdout. What a run that is resumed wrote there is kept, and another run that still
    /// writes there is an error.
    pub(super) fn open(path: &Path, resume: &Resume) -> io::Result<Self> {
        if path.as_os_str() == "-" {
            resume.mend_stdout()?;
            return Ok(Self {
                is_terminal: io::stdout().is_terminal(),
                to: Box::new(io::stdout()),
            });
        }
        Ok(Self {
            to: Box::new(resume.open(path)?),
            is_terminal: false,
        })
    }
}

impl Sink {
    fn put(&mut self, outcome: &Outcome, display: &Display) -> io::Result<()> {
        let line = outcome.to_line()?;
        let to = &mut self.to;
        let mut put = || to.write_all(&line).and_then(|()| to.flush());
        match self.is_terminal {
            true => display.beside(put),
            false => put(),
        }
    }
}

impl Output {
    /// Writes to here. When that fails, everything ends: what is fetched would be lost.
    pub(super) fn begin(sink: Sink, display: Display, stopper: Stopper) -> io::Result<Self> {
        let (sender, receiver) = mpsc::channel();
        let writer = std::thread::Builder::new()
            .name("output".to_owned())
            .spawn(move || {
                let written = write(sink, &receiver, &display);
                if written.error.is_some() {
                    stopper.break_off();
                }
                written
            })?;
        Ok(Self { sender, writer })
    }

    pub(super) fn put(&self, done: Done) {
        // That nobody takes it any more, the end will tell.
        let _ = self.sender.send(done);
    }

    /// Waits until everything was written.
    pub(super) fn finish(self) -> Written {
        drop(self.sender);
        self.writer.join().unwrap_or_else(|_| Written {
            results: 0,
            error: Some(io::Error::other("the writer failed")),
        })
    }
}

fn write(mut sink: Sink, done: &Receiver<Done>, display: &Display) -> Written {
    let mut results = 0;
    while let Ok((outcome, place)) = done.recv() {
        if let Err(error) = sink.put(&outcome, display) {
            let error = Some(error);
            return Written { results, error };
        }
        results += 1;
        drop(place);
    }
    Written {
        results,
        error: None,
    }
}

/// Whether the other end was closed, as `head` does when it has seen enough.
pub(super) fn is_closed(error: &io::Error) -> bool {
    error.kind() == ErrorKind::BrokenPipe
}
