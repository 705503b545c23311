//! The end: what there is to say, and the exit status.

use std::io;
use std::process::ExitCode;

use super::progress::Tally;
use super::stop::INTERRUPTED;
use super::{BAD_INPUT, failed, output};
use crate::cli::Fetch;
use crate::complain;

/// The exit status, and what there is to say to it.
pub(super) fn end(
    args: &Fetch,
    tally: &Tally,
    is_stopped: bool,
    written: io::Result<()>,
    unread: Option<String>,
) -> ExitCode {
    if let Some(unread) = unread {
        return failed((BAD_INPUT, unread));
    }
    if let Err(error) = written {
        match output::is_closed(&error) {
            true => complain("results are not read any more; the rest was not fetched"),
            false => complain(&format!("error: cannot write results: {error}")),
        }
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

/// How to go on after Ctrl-C.
fn resume(args: &Fetch) -> String {
    let again = "to go on, give the same command line again";
    match args.output.as_os_str() == "-" {
        false if args.resume.contains(&args.output) => again.to_owned(),
        false => format!("{again}, and --resume {}", args.output.display()),
        true => format!(
            "{again}, and --resume RESULTS, the file that the results are in; append to it, with >>"
        ),
    }
}
