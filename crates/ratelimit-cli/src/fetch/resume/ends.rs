//! Where results go on in a file that has some.
//!
//! Danger: what is cut off was looked at earlier, and another run may have written since. So a file is locked first,
//! and is left alone if it is no longer as long as it was.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::fetch::lock::lock;
use crate::fetch::same_file::Identity;

/// Where a file of results ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::fetch) struct End {
    /// The bytes of its whole lines. What follows them was torn off.
    pub(super) whole: u64,
    /// All bytes that were seen in it, those of what was torn too.
    pub(super) seen: u64,
    /// Whether the last of these lines has no end.
    pub(super) is_open: bool,
}

impl End {
    /// Makes the file, which is locked and written at its end, one to go on in.
    fn mend(self, file: &File, path: &Path) -> io::Result<()> {
        if file.metadata()?.len() != self.seen {
            let path = path.display();
            return Err(io::Error::other(format!(
                "{path} was changed while it was read, and is left as it is\n  hint: when nobody else writes to it, give the same command line again"
            )));
        }
        // What is written behind what was torn would be torn with it.
        cut(file, path, self.whole)?;
        self.close(file)
    }

    /// Ends the last line.
    fn close(self, mut file: &File) -> io::Result<()> {
        match self.is_open {
            true => file.write_all(b"\n"),
            false => Ok(()),
        }
    }
}

/// Opens a file to write at its end: what was read before is gone on in, what any other has is taken out.
///
/// Two runs never write to one file: the second is refused, before anything is lost.
pub(super) fn open(path: &Path, ends: &[(PathBuf, End)]) -> io::Result<File> {
    let mut options = OpenOptions::new();
    // Windows does not lock what may only be appended to.
    options.append(true).create(true).read(cfg!(windows));
    let file = options.open(path)?;
    let Some(identity) = Identity::of(&file, path)? else {
        return Ok(file);
    };
    lock(&file, path)?;
    match find(ends, &identity) {
        Some((_, end)) => end.mend(&file, path)?,
        None => cut(&file, path, 0)?,
    }
    Ok(file)
}

fn find<'a>(ends: &'a [(PathBuf, End)], identity: &Identity) -> Option<&'a (PathBuf, End)> {
    let is_it = |(of, _): &&(PathBuf, End)| Identity::at(of).as_ref() == Some(identity);
    ends.iter().find(is_it)
}

fn cut(file: &File, path: &Path, length: u64) -> io::Result<()> {
    match file.metadata()?.len() > length {
        // Who may only append may not cut there.
        true if cfg!(windows) => OpenOptions::new().write(true).open(path)?.set_len(length),
        true => file.set_len(length),
        false => Ok(()),
    }
}

/// Locks and mends the one of these files that stdout is appended to, if it is one.
#[cfg(unix)]
pub(super) fn mend_stdout(ends: &[(PathBuf, End)]) -> io::Result<()> {
    use std::os::fd::AsFd;

    if ends.is_empty() {
        return Ok(());
    }
    // The lock is that of stdout, and stays when this is closed.
    let stdout = File::from(io::stdout().as_fd().try_clone_to_owned()?);
    let identity = Identity::of(&stdout, Path::new("-"))?;
    match identity.and_then(|identity| find(ends, &identity)) {
        Some((path, end)) => {
            lock(&stdout, path)?;
            end.mend(&stdout, path)
        }
        None => Ok(()),
    }
}

#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps, reason = "as where it can be found out")]
pub(super) fn mend_stdout(_: &[(PathBuf, End)]) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_another_wrote_since_is_not_cut_off() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("results");
        let end = End {
            whole: 4,
            seen: 6,
            is_open: false,
        };
        let ends = [(path.clone(), end)];
        std::fs::write(&path, "one\ntwo\n").unwrap();
        let error = open(&path, &ends).unwrap_err().to_string();
        assert!(error.contains("results was changed while"), "{error}");
        assert_eq!(std::fs::read(&path).unwrap(), b"one\ntwo\n");
        std::fs::write(&path, "one\ntw").unwrap();
        drop(open(&path, &ends).unwrap());
        assert_eq!(std::fs::read(&path).unwrap(), b"one\n");
    }

    #[test]
    fn a_file_that_is_held_is_neither_opened_nor_emptied() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("results");
        let mut first = open(&path, &[]).unwrap();
        first.write_all(b"one\n").unwrap();
        let error = open(&path, &[]).unwrap_err().to_string();
        assert!(error.contains("another run is writing to"), "{error}");
        assert!(error.contains("results\n  hint: "), "{error}");
        assert_eq!(std::fs::read(&path).unwrap(), b"one\n");
        drop(first);
        drop(open(&path, &[]).unwrap());
        assert_eq!(std::fs::read(&path).unwrap(), b"");
    }
}
