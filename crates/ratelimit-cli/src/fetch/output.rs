//! Writes results, from a thread of its own: who reads them slowly holds up no request.

use std::fs::File;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::path::Path;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::JoinHandle;

use super::progress::Display;
use super::resume::Resume;
use super::stop::Stopper;
use super::work::Done;

/// Where results go.
pub(super) struct Output {
    sender: Sender<Done>,
    writer: JoinHandle<io::Result<()>>,
}

/// What results are written to.
pub(super) struct Sink {
    to: Box<dyn Write + Send>,
    is_terminal: bool,
}

impl Sink {
    /// Opens the output; `-` is stdout. What a run that is resumed wrote there is kept.
    pub(super) fn open(path: &Path, resume: &Resume) -> io::Result<Self> {
        if path.as_os_str() == "-" {
            resume.mend_stdout()?;
            return Ok(Self {
                is_terminal: io::stdout().is_terminal(),
                to: Box::new(io::stdout()),
            });
        }
        let to = match resume.reopen(path)? {
            Some(file) => file,
            None => File::create(path)?,
        };
        Ok(Self {
            to: Box::new(to),
            is_terminal: false,
        })
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
                if written.is_err() {
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
    pub(super) fn finish(self) -> io::Result<()> {
        drop(self.sender);
        let written = self.writer.join();
        written.unwrap_or_else(|_| Err(io::Error::other("the writer failed")))
    }
}

fn write(sink: Sink, done: &Receiver<Done>, display: &Display) -> io::Result<()> {
    let mut to = sink.to;
    while let Ok((outcome, place)) = done.recv() {
        let line = outcome.to_line()?;
        let mut put = || to.write_all(&line).and_then(|()| to.flush());
        match sink.is_terminal {
            true => display.beside(put)?,
            false => put()?,
        }
        drop(place);
    }
    Ok(())
}

/// Whether the other end was closed, as `head` does when it has seen enough.
pub(super) fn is_closed(error: &io::Error) -> bool {
    error.kind() == ErrorKind::BrokenPipe
}
