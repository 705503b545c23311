//! Going on where an earlier run ended, however it ended.
//!
//! What is known of the earlier run is what it wrote: the items that succeeded are not fetched again, and all others
//! are, whether they failed, were cancelled, or were never begun.
//!
//! # Dangers
//! - An item that is taken for another is never fetched. So an item is known by all that it asks for, and the same
//!   one on two lines is two items: each success stands for one. Headers are no part of that, so one that has its own
//!   is looked for on its line alone.
//! - What was sent but whose result was not yet written when a process was killed is sent again.

mod earlier;
mod ends;
mod error;
mod results;

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

pub(super) use earlier::{Earlier, Place};
pub(super) use error::ResumeError;

use super::same_file::is_same_name;
use crate::cli::Fetch;
use crate::complain;
use ends::End;

/// What earlier runs have done, and where results can go on in their files.
#[derive(Default)]
pub(super) struct Resume {
    pub(super) earlier: Earlier,
    ends: Vec<(PathBuf, End)>,
}

impl Resume {
    /// Opens a file for results, to go on in it if it was read, else empty.
    pub(super) fn open(&self, path: &Path) -> io::Result<File> {
        ends::open(path, &self.ends)
    }

    /// The same for stdout, which is open already.
    pub(super) fn mend_stdout(&self) -> io::Result<()> {
        ends::mend_stdout(&self.ends)
    }
}

/// Reads the results of earlier runs.
pub(super) fn read(args: &Fetch) -> Result<Resume, ResumeError> {
    let mut resume = Resume::default();
    for path in &args.resume {
        // The first run of many that all have the same command line.
        if !path.exists() && is_same_name(path, &args.output) {
            resume.ends.push((path.clone(), End::default()));
            continue;
        }
        let read = results::read(path, &mut resume.earlier)?;
        if read.others > 0 && !args.quiet {
            complain(&others(path, read.others));
        }
        resume.ends.push((path.clone(), read.end));
    }
    Ok(resume)
}

fn others(path: &Path, others: u64) -> String {
    let path = path.display();
    format!("--resume {path}: {others} of its lines are no results, and count for nothing")
}
