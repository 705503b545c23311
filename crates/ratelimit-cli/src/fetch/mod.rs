//! `ratelimit fetch`: many requests, as fast as their servers let them, and no faster.
//!
//! It is a [`Batch`] around the client layers: items are read as there is room, started in their order,
//! and printed as they finish. What one of them comes to is a result, never the end of the others.
//!
//! # Dangers
//! - Items hold keys: in headers, in URLs. Nothing of them is printed to stderr, and results hold only the
//!   URL as it was written, without name and password. What is wrong with a line is said without repeating it.
//! - What is sent again after it broke off may be executed twice. So that is only done with methods that are
//!   idempotent, and with what was surely not executed.
//! - Results may be read slowly, and the input be endless. Both are bounded: an item takes a place in
//!   memory from its line to its result.

mod client;
mod cut_short;
mod ending;
mod fingerprint;
mod harmless;
mod headers;
mod hop;
mod input;
mod lock;
mod outcome;
mod output;
mod prepare;
mod progress;
mod resume;
mod same_file;
mod stop;
mod work;

use std::io;
use std::process::ExitCode;
use std::sync::Arc;

use ratelimit_tower::batch::Batch;

use crate::cli::Fetch;
use crate::complain;

use prepare::{Prepared, prepare};
use progress::summary;

/// The exit status of a command line or an input that cannot be used.
const BAD_INPUT: u8 = 2;

/// Why nothing was begun: the exit status, and what to say.
type Failure = (u8, String);

/// Fetches everything.
pub(crate) fn command(args: &Fetch) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => return failed((1, format!("cannot start: {error}"))),
    };
    let code = runtime.block_on(async {
        match prepare(args) {
            Ok(prepared) => run(args, prepared).await,
            Err(failure) => failed(failure),
        }
    });
    // Look-ups of names that hang are no reason to hang as well.
    runtime.shutdown_background();
    code
}

fn failed((code, why): Failure) -> ExitCode {
    complain(&format!("error: {why}"));
    ExitCode::from(code)
}

/// Fetches what was prepared, and says how it went.
async fn run(args: &Fetch, prepared: Prepared) -> ExitCode {
    let Prepared {
        work,
        source,
        output,
        tally,
        display,
        signals,
        stopper,
        stop,
    } = prepared;
    let hearing = tokio::spawn(stopper.at(signals, display.clone()));
    let showing = tokio::spawn(display.clone().show(Arc::clone(&tally)));
    let broken = source.broken();
    let entries = Box::pin(source.entries());
    let mut batch = Batch::of_stream(work, entries).with_concurrency(args.concurrency.into());
    while let Some((_, result)) = batch.next().await {
        let Ok(done) = result;
        output.put(done);
    }
    let written = output.finish();
    showing.abort();
    hearing.abort();
    display.end();
    if !args.quiet && written.error.is_none() {
        complain(&summary(&tally));
    }
    let unread = broken.get().map(|error| unread(args, error));
    ending::end(args, &tally, stop.is_stopping(), written, unread)
}

fn unread(args: &Fetch, error: &io::Error) -> String {
    format!("cannot read the input {}: {error}", args.input.display())
}
