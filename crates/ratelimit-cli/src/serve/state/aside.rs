//! A file that is not to be used is set aside, not overwritten.

use std::fs;
use std::path::{Path, PathBuf};

use super::super::Failure;

/// Whoever has so many of them has to look at them first.
const MOST: u32 = 1000;

/// Renames `FILE` to `FILE.old`, or `FILE.old.2` and so on if there is one already.
pub(super) fn set_aside(path: &Path) -> Result<PathBuf, Failure> {
    let aside = (1..MOST).map(|number| named(path, number));
    let free = |aside: &PathBuf| fs::symlink_metadata(aside).is_err();
    let Some(aside) = aside.into_iter().find(free) else {
        let first = named(path, 1);
        return Err(format!(
            "--fresh: all the names from {} on are taken\n  hint: remove those files",
            first.display()
        ));
    };
    fs::rename(path, &aside).map_err(|error| {
        let (path, aside) = (path.display(), aside.display());
        format!(
            "--fresh: cannot rename {path} to {aside}: {error}\n  \
             hint: let the gateway's user own their directory, or move the file away"
        )
    })?;
    Ok(aside)
}

fn named(path: &Path, number: u32) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".old");
    if number > 1 {
        name.push(format!(".{number}"));
    }
    name.into()
}
