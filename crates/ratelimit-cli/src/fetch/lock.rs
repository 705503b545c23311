//! One run at a time writes to a file of results.
//!
//! The lock is advisory, and goes when the file is closed, so also with a process that is killed.

use std::fs::{File, TryLockError};
use std::io::{self, ErrorKind};
use std::path::Path;

/// Holds the file for as long as it is open; an error says who holds it already.
///
/// Not every file system can lock. Where it cannot, the run goes on without.
pub(super) fn lock(file: &File, path: &Path) -> io::Result<()> {
    match file.try_lock() {
        Ok(()) | Err(TryLockError::Error(_)) => Ok(()),
        Err(TryLockError::WouldBlock) => {
            let path = path.display();
            Err(io::Error::new(
                ErrorKind::WouldBlock,
                format!(
                    "another run is writing to {path}\n  hint: wait until it has ended, or write to another file"
                ),
            ))
        }
    }
}
