//! What a state file holds, or why it cannot be used.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use ratelimit_core::{Memory, MemoryBuilder, SnapshotError};

use super::super::Failure;
use crate::complain;

/// The store that the file holds. What it cannot use it leaves as it is.
pub(super) fn restore(builder: MemoryBuilder, path: &Path) -> Result<Memory, Failure> {
    let file = File::open(path).map_err(|error| super::unreadable(path, &error))?;
    let memory = builder
        .restore(&mut BufReader::new(file))
        .map_err(|error| refused(path, &error))?;
    let evicted = memory.stats().evicted;
    if evicted > 0 {
        let path = path.display();
        complain(&format!(
            "{path}: warning: {evicted} counts did not fit into the store and are forgotten; see `capacity` under [store]"
        ));
    }
    Ok(memory)
}

fn refused(path: &Path, error: &SnapshotError) -> Failure {
    const FRESH: &str = "or begin empty with `--fresh`, which keeps this one beside it";
    let hint = match error {
        SnapshotError::Io(error) => return super::unreadable(path, error),
        SnapshotError::NewerVersion(_) => {
            format!(
                "start the newer program that saved it, put a copy from before in its place, {FRESH}"
            )
        }
        SnapshotError::NotASnapshot => {
            format!("name the file that was saved, put a copy of it in its place, {FRESH}")
        }
        _ => format!("put a copy of the file in its place, {FRESH}"),
    };
    let path = path.display();
    format!("--state {path}: {}{error}\n  hint: {hint}", kind(error))
}

/// What kind of damage it is, where the error's own words do not say it.
fn kind(error: &SnapshotError) -> &'static str {
    match error {
        SnapshotError::Corrupt => "the file is corrupt: ",
        _ => "",
    }
}
