//! One save: all of it, or none of it.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use ratelimit_core::Memory;

/// Saves the state, and says how many counts that were. The file is the old one until the new one is whole
/// and on the disk.
///
/// # Errors
/// Those of the file system; the file is the old one then.
pub(super) fn save(memory: &Memory, path: &Path) -> io::Result<u64> {
    let directory = directory(path);
    // Of its owner alone (mode 0600) from its first moment, and gone if this fails half-way.
    let mut new = tempfile::Builder::new()
        .prefix(".ratelimit-state-")
        .suffix(".tmp")
        .tempfile_in(directory)?;
    let mut to = BufWriter::with_capacity(1 << 16, new.as_file_mut());
    let states = memory.write_snapshot(&mut to)?;
    to.flush()?;
    drop(to);
    // Before it is renamed: else a power cut may leave the new name with nothing in it.
    new.as_file().sync_all()?;
    new.persist(path).map_err(|failed| failed.error)?;
    // That it was renamed is on the disk a little sooner. Not every system can do that to a directory,
    // and the file is whole without it.
    let _ = File::open(directory).and_then(|directory| directory.sync_all());
    Ok(states)
}

fn directory(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}
