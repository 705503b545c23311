//! The end: what there is to say, and the exit status.

use std::path::PathBuf;
use std::process::ExitCode;

use super::output::Written;
use super::progress::Tally;
use super::same_file::is_same_file;
use super::stop::INTERRUPTED;
use super::{BAD_INPUT, failed, output};
use crate::cli::Fetch;
use crate::complain;

/// The exit status, and what there is to say to it.
pub(super) fn end(
    args: &Fetch,
    tally: &Tally,
    is_stopped: bool,
    written: Written,
    unread: Option<String>,
) -> ExitCode {
    if let Some(unread) = unread {
        return failed((BAD_INPUT, unread));
    }
    if let Some(error) = written.error {
        let what = match output::is_closed(&error) {
            true => "results are not read any more".to_owned(),
            false => format!("error: cannot write results: {error}"),
        };
        complain(&format!("{what}; {}", lost(tally, written.results)));
        return ExitCode::FAILURE;
    }
    if is_stopped {
        if tally.cancelled() > 0 && !args.quiet {
            complain(&resume(args));
        }
        return ExitCode::from(INTERRUPTED);
    }
    match tally.all_is_well() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

/// How many items have no result.
fn lost(tally: &Tally, written: u64) -> String {
    match tally.items() {
        (items, true) => format!(
            "{} of {items} items were not done",
            items - written.min(items)
        ),
        (items, false) => format!(
            "of the items that were read, {} were not done",
            items - written.min(items)
        ),
    }
}

/// Whether the results are written behind those of before.
fn goes_on(args: &Fetch) -> bool {
    let is_it = |path: &PathBuf| is_same_file(path, &args.output);
    args.resume.iter().any(is_it)
}

/// How to go on after Ctrl-C.
fn resume(args: &Fetch) -> String {
    let again = "to go on, give the same command line again";
    match args.output.as_os_str() == "-" {
        false if goes_on(args) => again.to_owned(),
        false => format!("{again}, and --resume {}", args.output.display()),
        true => format!(
            "{again}, and --resume RESULTS, the file that the results are in; append to it, with >>"
        ),
    }
}
