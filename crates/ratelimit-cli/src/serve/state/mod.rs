//! What callers have spent, kept in a file over restarts.
//!
//! The file is restored at the start, and saved at the start, now and then, and at the end: each time as a
//! new file that takes the place of the old one when it is whole, so a crash never leaves half of one.
//! What cannot be read, or not be written, is found before anything is served.
//!
//! Dangers.
//! - What was spent since the last save is forgotten by a crash, and may be spent again.
//! - The file holds no key, but the secret of their fingerprints: whoever has it can test guesses of keys.
//!   It is readable by its owner alone.
//! - Two gateways with one file overwrite what the other saved.

mod aside;
mod keeper;
mod restore;
mod saved;

pub(super) use keeper::Keeper;

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use ratelimit_core::Memory;

use super::Failure;
use crate::cli::Serve;
use crate::complain;
use crate::policy::PolicyFile;

/// The store, who keeps it in a file if it is to be kept, and what there is to say of it.
pub(super) struct Begun {
    pub(super) memory: Memory,
    pub(super) keeper: Option<Keeper>,
    pub(super) told: String,
}

/// Makes the store, of what the state file holds if there is one.
pub(super) fn begin(args: &Serve, policy: &PolicyFile) -> Result<Begun, Failure> {
    let sized = policy.sized(Memory::builder());
    let Some(path) = &args.state else {
        return Ok(Begun {
            memory: sized.build(),
            keeper: None,
            told: String::new(),
        });
    };
    let path = target(path)?;
    let is_there = is_there(&path)?;
    if is_there && args.fresh {
        let aside = aside::set_aside(&path)?;
        let (path, aside) = (path.display(), aside.display());
        complain(&format!("--fresh: what {path} held is in {aside} now"));
    }
    let restores = is_there && !args.fresh;
    let memory = match restores {
        true => restore::restore(sized, &path)?,
        false => sized.build(),
    };
    let states = saved::save(&memory, &path).map_err(|error| unwritable(&path, &error))?;
    let file = path.display();
    let told = match (restores, states) {
        (false, _) => format!("The state is kept in {file} and begins empty.\n"),
        (true, 1) => format!("The state is kept in {file}: 1 count is restored.\n"),
        (true, states) => format!("The state is kept in {file}: {states} counts are restored.\n"),
    };
    let keeper = Some(Keeper::new(memory.clone(), path, args.state_interval));
    Ok(Begun {
        memory,
        keeper,
        told,
    })
}

/// The file itself: a link would be replaced by what is saved, and what it leads to never be written.
fn target(path: &Path) -> Result<PathBuf, Failure> {
    match fs::canonicalize(path) {
        Ok(path) => Ok(path),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(path.to_owned()),
        Err(error) => Err(unreadable(path, &error)),
    }
}

fn is_there(path: &Path) -> Result<bool, Failure> {
    match fs::metadata(path) {
        Ok(found) if found.is_file() => Ok(true),
        Ok(_) => {
            let path = path.display();
            Err(format!(
                "--state {path}: this is no file\n  hint: name a file, which need not be there yet"
            ))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(unreadable(path, &error)),
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    let path = path.display();
    format!(
        "--state {path}: cannot read the file: {error}\n  hint: let the gateway's user own it and its directory"
    )
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    let path = path.display();
    format!(
        "--state {path}: cannot save the state: {error}\n  \
         hint: its directory has to be there, with room, and the gateway has to be allowed to write to it"
    )
}
