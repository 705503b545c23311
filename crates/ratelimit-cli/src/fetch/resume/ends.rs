//! Where results go on in a file that has some.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Where a file of results ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::fetch) struct End {
    /// The bytes of its whole lines. What follows them was torn off.
    pub(super) whole: u64,
    /// Whether the last of these lines has no end.
    pub(super) is_open: bool,
}

impl End {
    /// Takes off what was torn: what is written behind it would be torn with it.
    fn cut(self, file: &File) -> io::Result<()> {
        match file.metadata()?.len() > self.whole {
            true => file.set_len(self.whole),
            false => Ok(()),
        }
    }

    /// Ends the last line, in a file that is written at its end.
    fn close(self, mut file: &File) -> io::Result<()> {
        match self.is_open {
            true => file.write_all(b"\n"),
            false => Ok(()),
        }
    }
}

/// Opens one of these files to go on in it; `None` if the path is another file's.
pub(super) fn reopen(path: &Path, ends: &[(PathBuf, End)]) -> io::Result<Option<File>> {
    let Ok(place) = path.canonicalize() else {
        return Ok(None);
    };
    let is_it = |(of, _): &&(PathBuf, End)| of.canonicalize().is_ok_and(|of| of == place);
    let Some((_, end)) = ends.iter().find(is_it) else {
        return Ok(None);
    };
    // Who may only append may not cut on every system.
    end.cut(&OpenOptions::new().write(true).open(path)?)?;
    let file = OpenOptions::new().append(true).open(path)?;
    end.close(&file)?;
    Ok(Some(file))
}

/// Mends the one of these files that stdout is appended to, if it is one.
#[cfg(unix)]
pub(super) fn mend_stdout(ends: &[(PathBuf, End)]) -> io::Result<()> {
    use std::os::fd::AsFd;
    use std::os::unix::fs::MetadataExt;

    if ends.is_empty() {
        return Ok(());
    }
    let stdout = File::from(io::stdout().as_fd().try_clone_to_owned()?);
    let own = stdout.metadata()?;
    let is_it = |(of, _): &&(PathBuf, End)| {
        let of = std::fs::metadata(of);
        of.is_ok_and(|of| of.is_file() && (of.dev(), of.ino()) == (own.dev(), own.ino()))
    };
    // Emptied by the shell (`>`), there is nothing in it to mend.
    match ends.iter().find(is_it).filter(|_| own.len() > 0) {
        Some((_, end)) => {
            end.cut(&stdout)?;
            end.close(&stdout)
        }
        None => Ok(()),
    }
}

#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps, reason = "as where it can be found out")]
pub(super) fn mend_stdout(_: &[(PathBuf, End)]) -> io::Result<()> {
    Ok(())
}
