//! What can be known of a file before its items are read.
//!
//! What is no file, as a pipe, can be read only once, so nothing is known of it.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::Arc;

use super::lines::{Line, Lines};
use super::{item, place};
use crate::fetch::progress::Tally;
use crate::fetch::resume::Earlier;

/// Counts the items that are to be fetched, for the sake of the bar.
pub(in crate::fetch) fn count(path: &Path, mut earlier: Earlier, tally: Arc<Tally>) {
    let Some(lines) = lines(path) else { return };
    // It is no matter if this cannot be: then the number is known when everything was read.
    let _ = std::thread::Builder::new()
        .name("count".to_owned())
        .spawn(move || {
            let items = match earlier.is_empty() {
                true => lines.filter(is_item).count(),
                false => lines.filter_map(|line| rest(line, &mut earlier)).count(),
            };
            tally.counted(items as u64);
        });
}

/// Tells what was done where its items are now.
pub(in crate::fetch) fn settle(path: &Path, earlier: &mut Earlier) {
    if let Some(lines) = lines(path).filter(|_| !earlier.is_empty()) {
        let item = |(number, line)| place(number, item::parse(number, line).as_ref());
        earlier.settle(lines.map(item));
    }
}

fn lines(path: &Path) -> Option<impl Iterator<Item = Line> + Send + use<>> {
    let is_file = std::fs::metadata(path).is_ok_and(|found| found.is_file());
    let is_file = is_file && path.as_os_str() != "-";
    let file = File::open(path).ok().filter(|_| is_file)?;
    Some(Lines::new(BufReader::new(file)).map_while(Result::ok))
}

fn is_item((_, line): &Line) -> bool {
    line.as_ref().map_or(true, |line| !item::is_skipped(line))
}

/// Something, if this line is an item that was not done.
fn rest((number, line): Line, earlier: &mut Earlier) -> Option<()> {
    let item = item::parse(number, line);
    let is_done = earlier.is_done(place(number, item.as_ref()));
    item.filter(|_| !is_done).map(drop)
}
