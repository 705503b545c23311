//! What is to be fetched: lines are read by a thread, as there is room for them.
//!
//! A thread, because stdin and files block; and one that nobody waits for, because a pipe may stay open
//! and silent for ever.

mod ahead;
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

use super::fingerprint::Fingerprint;
use super::progress::Tally;
use super::resume::{Earlier, Place};

pub(super) use ahead::{count, settle};
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

/// Reads items from here, as far ahead as there is room, but not those that were done before.
pub(super) fn begin(
    input: Box<dyn Read + Send>,
    earlier: Earlier,
    tally: Arc<Tally>,
) -> io::Result<mpsc::Receiver<Found>> {
    let (sender, receiver) = mpsc::channel(AHEAD);
    std::thread::Builder::new()
        .name("input".to_owned())
        .spawn(move || read(input, earlier, &tally, &sender))?;
    Ok(receiver)
}

fn read(
    input: Box<dyn Read + Send>,
    mut earlier: Earlier,
    tally: &Tally,
    sender: &mpsc::Sender<Found>,
) {
    for line in Lines::new(BufReader::new(input)) {
        let found = match line {
            Ok((number, line)) => {
                let item = item::parse(number, line);
                if earlier.is_done(place(number, item.as_ref())) {
                    tally.done_before();
                    continue;
                }
                let Some(item) = item else { continue };
                Ok(item)
            }
            Err(error) => Err(error),
        };
        tally.read(found.is_ok());
        if sender.blocking_send(found).is_err() {
            return;
        }
    }
    tally.all_read(earlier.left());
}

/// Which item a line stands for.
fn place(line: u64, item: Option<&Result<Item, Unread>>) -> Place {
    let item = item.and_then(|item| item.as_ref().ok());
    Place {
        line,
        item: item.map(Fingerprint::of),
        may_move: item.is_some_and(|item| !item.has_own_headers),
    }
}

/// The item that a line stands for.
#[cfg(test)]
pub(super) fn read_item(text: &str) -> Item {
    let item = item::parse(1, Ok(text.to_owned()));
    item.expect("it is no item").expect("it is no request")
}
