//! What is to be fetched: lines are read by a thread, as there is room for them.
//!
//! A thread, because stdin and files block; and one that nobody waits for, because a pipe may stay open
//! and silent for ever.

mod body;
mod fields;
mod item;
mod lines;
mod object;
mod source;
mod target;

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::sync::Arc;

use tokio::sync::mpsc;

use super::progress::Tally;

pub(super) use fields::header;
pub(super) use item::{Item, Unread};
pub(super) use source::{Entry, Source};
pub(super) use target::{credentials, shown};

use lines::Lines;

/// How many items are read ahead.
const AHEAD: usize = 16;

/// What comes of a line; or why no more can be read.
pub(super) type Found = io::Result<Result<Item, Unread>>;

/// Opens the input; `-` is stdin.
pub(super) fn open(path: &Path) -> io::Result<Box<dyn Read + Send>> {
    if path.as_os_str() == "-" {
        return Ok(Box::new(io::stdin()));
    }
    let file = File::open(path)?;
    // Opening a directory works; only reading it would fail, after results were promised.
    match file.metadata()?.is_dir() {
        true => Err(io::Error::from(io::ErrorKind::IsADirectory)),
        false => Ok(Box::new(file)),
    }
}

/// Reads items from here, as far ahead as there is room.
pub(super) fn begin(
    input: Box<dyn Read + Send>,
    tally: Arc<Tally>,
) -> io::Result<mpsc::Receiver<Found>> {
    let (sender, receiver) = mpsc::channel(AHEAD);
    std::thread::Builder::new()
        .name("input".to_owned())
        .spawn(move || read(input, &tally, &sender))?;
    Ok(receiver)
}

fn read(input: Box<dyn Read + Send>, tally: &Tally, sender: &mpsc::Sender<Found>) {
    for line in Lines::new(BufReader::new(input)) {
        let found = match line.map(|(number, line)| item::parse(number, line)) {
            Ok(Some(item)) => Ok(item),
            Ok(None) => continue,
            Err(error) => Err(error),
        };
        tally.read(found.is_ok());
        if sender.blocking_send(found).is_err() {
            return;
        }
    }
    tally.all_read();
}

/// Counts the items of a file, for the sake of the bar. What is no file, as a pipe, can be read only once.
pub(super) fn count(path: &Path, tally: Arc<Tally>) {
    let is_file = std::fs::metadata(path).is_ok_and(|found| found.is_file());
    if !is_file {
        return;
    }
    let Ok(file) = File::open(path) else { return };
    // It is no matter if this cannot be: then the number is known when everything was read.
    let _ = std::thread::Builder::new()
        .name("count".to_owned())
        .spawn(move || {
            let lines = Lines::new(BufReader::new(file));
            let items = lines.map_while(Result::ok);
            let items = items
                .filter(|(_, line)| line.as_ref().map_or(true, |line| !item::is_skipped(line)));
            tally.counted(items.count() as u64);
        });
}
