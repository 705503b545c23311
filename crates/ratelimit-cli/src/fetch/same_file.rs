//! Whether two paths mean the same file: one file may have many names.
//!
//! Only regular files are compared. That two names mean one terminal or one pipe is no matter: nothing there can be
//! emptied.

use std::ffi::OsString;
use std::fs::{File, Metadata};
use std::io;
use std::path::{Path, PathBuf};

/// Which file it is, whatever it is called.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Identity(Which);

/// Device and inode: a hard link has them too.
#[cfg(unix)]
type Which = (u64, u64);

#[cfg(not(unix))]
type Which = PathBuf;

impl Identity {
    /// That of the file at this path; `None` if there is none, or no regular one.
    pub(super) fn at(path: &Path) -> Option<Self> {
        let found = std::fs::metadata(path).ok()?;
        Self::found(&found, path).ok().flatten()
    }

    /// That of an open file, which was opened by this path.
    pub(super) fn of(file: &File, path: &Path) -> io::Result<Option<Self>> {
        Self::found(&file.metadata()?, path)
    }

    fn found(found: &Metadata, path: &Path) -> io::Result<Option<Self>> {
        match found.is_file() {
            true => which(found, path).map(|which| Some(Self(which))),
            false => Ok(None),
        }
    }
}

#[cfg(unix)]
#[allow(clippy::unnecessary_wraps, reason = "as where it can fail")]
fn which(found: &Metadata, _: &Path) -> io::Result<Which> {
    use std::os::unix::fs::MetadataExt;

    Ok((found.dev(), found.ino()))
}

#[cfg(not(unix))]
fn which(_: &Metadata, path: &Path) -> io::Result<Which> {
    path.canonicalize()
}

/// Whether there is a file that both mean: to open the one for writing would empty the other.
pub(super) fn is_same_file(one: &Path, other: &Path) -> bool {
    Identity::at(one).is_some_and(|found| Some(found) == Identity::at(other))
}

/// Whether both are a name for the same file in the same directory, be it there or not.
pub(super) fn is_same_name(one: &Path, other: &Path) -> bool {
    one == other || name(one).is_some_and(|found| Some(found) == name(other))
}

/// The directory, and the name in it.
fn name(path: &Path) -> Option<(PathBuf, OsString)> {
    let directory = match path.parent()? {
        here if here.as_os_str().is_empty() => Path::new("."),
        directory => directory,
    };
    Some((directory.canonicalize().ok()?, path.file_name()?.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_not_there_has_a_name_all_the_same() {
        let same = |one, other| is_same_name(Path::new(one), Path::new(other));
        assert!(same("none.jsonl", "./none.jsonl"));
        assert!(same("src/none.jsonl", "src/../src/none.jsonl"));
        assert!(!same("none.jsonl", "src/none.jsonl"));
        assert!(!same("none.jsonl", "./other.jsonl"));
        assert!(!is_same_file(Path::new("none"), Path::new("none")));
    }

    #[cfg(unix)]
    #[test]
    fn a_file_has_many_names() {
        let directory = tempfile::tempdir().unwrap();
        let [one, hard, soft, other] =
            ["one", "hard", "soft", "other"].map(|name| directory.path().join(name));
        std::fs::write(&one, "").unwrap();
        std::fs::write(&other, "").unwrap();
        std::fs::hard_link(&one, &hard).unwrap();
        std::os::unix::fs::symlink(&one, &soft).unwrap();
        assert!(is_same_file(&one, &hard) && is_same_file(&soft, &hard));
        assert!(!is_same_file(&one, &other));
    }
}
