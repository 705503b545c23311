//! `ratelimit explain`: what the head of a response says about limits, in plain words.
//!
//! # Dangers
//! - A head may hold secrets (`Set-Cookie`, say). Nothing of it is printed but what was read as a limit, and no message
//!   repeats a line.
//! - A body may be endless. Nothing behind the last head is waited for but what shows that it is the last.
//! - Names come from a stranger, and a terminal obeys control characters: names are escaped.

mod advice;
mod head;
mod json;
mod lines;
mod moments;
mod text;
mod words;

use std::io::{IsTerminal, stderr, stdin, stdout};
use std::process::ExitCode;
use std::time::SystemTime;

use jiff::Timestamp;

use crate::{complain, say};
use text::Style;

/// The exit status when there is no head to explain.
const NO_HEAD: u8 = 2;

const AWAITED: &str = "\
Paste the head of a response (`curl -si URL` prints it), then press Ctrl-D on a line of its own.";

/// Reads a head from stdin and prints what it says.
pub(crate) fn explain(as_json: bool, now: Option<Timestamp>) -> ExitCode {
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
    let now = now.unwrap_or_else(Timestamp::now);
    let reading = ratelimit_headers::read(&head.headers, SystemTime::from(now));
    if as_json {
        say(&json::line(&reading));
    } else {
        let style = Style::of(stdout().is_terminal());
        say(&text::explanation(&head, &reading, now, style));
    }
    ExitCode::SUCCESS
}
