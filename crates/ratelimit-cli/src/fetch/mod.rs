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
mod headers;
mod hop;
mod input;
mod outcome;
mod output;
mod progress;
mod stop;
mod work;

use std::io::{self, IsTerminal};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use ratelimit_tower::batch::Batch;

use crate::cli::Fetch;
use crate::complain;
use crate::serve::Signals;

use input::Source;
use output::{Output, Sink};
use progress::{Display, Tally, summary};
use stop::{INTERRUPTED, Stop, Stopper};
use work::{Shared, Work};

/// The exit status of a command line or an input that cannot be used.
const BAD_INPUT: u8 = 2;

const AWAITED: &str = "Type URLs, one a line, then press Ctrl-D on a line of its own.";

/// How many items may be in memory beyond those that are under way: read ahead, or waiting to be written.
const SPARE: usize = 16;

/// What everything is made of, before anything is sent.
struct Prepared {
    work: Work,
    source: Source,
    output: Output,
    tally: Arc<Tally>,
    display: Display,
    stopper: Stopper,
    stop: Stop,
}

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

/// What can be wrong is found before the first request, and before the output is touched.
fn prepare(args: &Fetch) -> Result<Prepared, Failure> {
    let bad = |why: String| (BAD_INPUT, why);
    let tally = Arc::new(Tally::new());
    let (stopper, stop) = stop::pair();
    let headers = headers::headers(&args.header).map_err(bad)?;
    let client = client::client(args, &tally, &stop).map_err(|error| bad(error.to_string()))?;
    if args.input.as_os_str() == "-" && io::stdin().is_terminal() && !args.quiet {
        complain(AWAITED);
    }
    let input = input::open(&args.input).map_err(|error| bad(unread(args, &error)))?;
    if is_same_file(&args.input, &args.output) {
        let why = "--output is the file that --input reads; name another".to_owned();
        return Err(bad(why));
    }
    let display = Display::new(args.quiet);
    let output = Sink::open(&args.output)
        .and_then(|sink| Output::begin(sink, display.clone(), stopper.clone()))
        .map_err(|error| {
            (
                BAD_INPUT,
                format!("--output {}: {error}", args.output.display()),
            )
        })?;
    let items = input::begin(input, Arc::clone(&tally));
    let items = items.map_err(|error| (1, format!("cannot start: {error}")))?;
    input::count(&args.input, Arc::clone(&tally));
    let places = usize::from(args.concurrency) + SPARE;
    let shared = Shared {
        headers,
        max_redirects: args.max_redirects,
        tally: Arc::clone(&tally),
        stop: stop.clone(),
    };
    Ok(Prepared {
        work: Work::new(client, shared),
        source: Source::new(items, places, stop.clone()),
        output,
        tally,
        display,
        stopper,
        stop,
    })
}

/// Whether to open the one for writing would empty the other.
fn is_same_file(one: &Path, other: &Path) -> bool {
    let place = |path: &Path| path.canonicalize().ok().filter(|path| path.is_file());
    place(one).is_some_and(|place_of_one| Some(place_of_one) == place(other))
}

/// Fetches what was prepared, and says how it went.
async fn run(args: &Fetch, prepared: Prepared) -> ExitCode {
    let Prepared {
        work,
        source,
        output,
        tally,
        display,
        stopper,
        stop,
    } = prepared;
    let signals = match Signals::new() {
        Ok(signals) => signals,
        Err(error) => return failed((1, format!("cannot start: {error}"))),
    };
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
    if !args.quiet {
        complain(&summary(&tally));
    }
    let unread = broken.get().map(|error| unread(args, error));
    end(args, &tally, stop.is_stopping(), written, unread)
}

/// The exit status, and what there is to say to it.
fn end(
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
    let name = |path: &Path, other: &str| match path.as_os_str() == "-" {
        true => other.to_owned(),
        false => path.display().to_string(),
    };
    let (results, items) = (name(&args.output, "RESULTS"), name(&args.input, "INPUT"));
    format!(
        "what is left is in the results, with the error `cancelled`; to go on, fetch the lines\n  \
         jq -r 'select(.error) | \"\\(.line)p\"' {results} | sed -n -f /dev/stdin {items} > rest"
    )
}

fn unread(args: &Fetch, error: &io::Error) -> String {
    format!("cannot read the input {}: {error}", args.input.display())
}
