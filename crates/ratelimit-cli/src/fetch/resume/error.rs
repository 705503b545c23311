//! Why results of an earlier run cannot be used.

use std::fmt;
use std::io;
use std::path::PathBuf;

#[derive(Debug)]
pub(in crate::fetch) enum ResumeError {
    /// The file cannot be read.
    Unread(PathBuf, io::Error),
    /// There is something in it, but no result.
    NoResults(PathBuf),
}

impl fmt::Display for ResumeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unread(path, error) => {
                let path = path.display();
                write!(f, "--resume {path}: cannot read the file: {error}")
            }
            Self::NoResults(path) => write!(
                f,
                "--resume {}: there are no results of `ratelimit fetch` in it\n  hint: name the file that an earlier run wrote; the items are given with --input, as then",
                path.display()
            ),
        }
    }
}

impl std::error::Error for ResumeError {}
