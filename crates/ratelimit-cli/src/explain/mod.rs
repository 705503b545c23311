//! `ratelimit explain`: what the head of a response says about limits, in plain words.
//!
//! # Dangers
//! - A head may hold secrets (`Set-Cookie`, say). Nothing of it is printed but the status, what was read as a limit, and
//!   the names of what looks like one; no message repeats a line.
//! - A body may be endless. Nothing behind the last head is waited for but what shows that it is the last.
//! - Names come from a stranger, and a terminal obeys control characters: names are escaped.

mod advice;
mod error;
mod head;
mod json;
mod labels;
mod lines;
mod moments;
mod not_understood;
mod notes;
mod status;
mod text;
pub(crate) mod words;

use std::io::{IsTerminal, stderr, stdin, stdout};
use std::process::ExitCode;
use std::time::SystemTime;

use jiff::Timestamp;
use ratelimit_headers::{Dialect, Reader, ResetUnit};

use crate::cli::{Explain, ResetUnit as Unit};
use crate::{complain, print};
use text::Style;

/// The exit status when there is no head to explain.
const NO_HEAD: u8 = 2;

const AWAITED: &str = "\
Paste the head of a response (`curl -si URL` prints it), then press Ctrl-D on a line of its own.";

/// The families that servers disagree about. The others are specified, or documented by their vendors.
const GENERIC: [Dialect; 3] = [
    Dialect::IetfTrio,
    Dialect::XRateLimit,
    Dialect::XRateLimitDashed,
];

/// Reads a head from stdin and prints what it says.
pub(crate) fn explain(args: &Explain) -> ExitCode {
    if stdin().is_terminal() && stderr().is_terminal() {
        complain(AWAITED);
    }
    let head = match head::read(stdin().lock()) {
        Ok(head) => head,
        Err(error) => {
            complain(&error.to_string());
            return ExitCode::from(NO_HEAD);
        }
    };
    let now = args.now.unwrap_or_else(Timestamp::now);
    let reader = reader(args.reset_unit);
    let reading = reader.read(&head.headers, SystemTime::from(now));
    if args.json {
        return print(&json::line(&reading));
    }
    let style = Style::of(stdout().is_terminal());
    print(&text::explanation(&head, &reader, &reading, now, style))
}

fn reader(unit: Option<Unit>) -> Reader {
    let unit = match unit {
        None => return Reader::new(),
        Some(Unit::Seconds) => ResetUnit::Seconds,
        Some(Unit::Milliseconds) => ResetUnit::Millis,
    };
    let hinted = |reader: Reader, family| reader.with_reset_unit(family, unit);
    // Never the fallback: all three have resets.
    let mut families = GENERIC.into_iter();
    families.try_fold(Reader::new(), hinted).unwrap_or_default()
}
