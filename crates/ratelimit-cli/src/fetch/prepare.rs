//! Everything that is needed, before anything is sent.

use std::io::{self, IsTerminal};
use std::sync::Arc;

use super::input::{self, Source};
use super::output::{Output, Sink};
use super::progress::{Display, Tally};
use super::resume::{self, Resume};
use super::same_file::is_same_file;
use super::stop::{self, Stop, Stopper};
use super::work::{Shared, Work};
use super::{BAD_INPUT, Failure, client, headers};
use crate::cli::Fetch;
use crate::complain;
use crate::serve::Signals;

const AWAITED: &str = "Type URLs, one a line, then press Ctrl-D on a line of its own.";

/// How many items may be in memory beyond those that are under way: read ahead, or waiting to be written.
const SPARE: usize = 16;

pub(super) struct Prepared {
    pub(super) work: Work,
    pub(super) source: Source,
    pub(super) output: Output,
    pub(super) tally: Arc<Tally>,
    pub(super) display: Display,
    pub(super) signals: Signals,
    pub(super) stopper: Stopper,
    pub(super) stop: Stop,
}

/// What can be wrong is found before the first request, and before the output is touched.
pub(super) fn prepare(args: &Fetch) -> Result<Prepared, Failure> {
    let tally = Arc::new(Tally::new());
    let (stopper, stop) = stop::pair();
    let work = work(args, &tally, &stop)?;
    let input = input::open(&args.input);
    let input = input.map_err(|error| (BAD_INPUT, super::unread(args, &error)))?;
    let mut resume = resume::read(args).map_err(|error| (BAD_INPUT, error.to_string()))?;
    input::settle(&args.input, &mut resume.earlier);
    let display = Display::new(args.quiet);
    let output = output(args, &resume, &display, &stopper)?;
    let signals = Signals::new().map_err(cannot_start)?;
    if args.input.as_os_str() == "-" && io::stdin().is_terminal() && !args.quiet {
        complain(AWAITED);
    }
    input::count(&args.input, resume.earlier.clone(), Arc::clone(&tally));
    let items = input::begin(input, resume.earlier, Arc::clone(&tally)).map_err(cannot_start)?;
    let places = usize::from(args.concurrency) + SPARE;
    Ok(Prepared {
        work,
        source: Source::new(items, places, stop.clone()),
        output,
        tally,
        display,
        signals,
        stopper,
        stop,
    })
}

fn work(args: &Fetch, tally: &Arc<Tally>, stop: &Stop) -> Result<Work, Failure> {
    let headers = headers::headers(&args.header).map_err(|why| (BAD_INPUT, why))?;
    let client = client::client(args, tally, stop);
    let client = client.map_err(|error| (BAD_INPUT, error.to_string()))?;
    let shared = Shared {
        headers,
        max_redirects: args.max_redirects,
        tally: Arc::clone(tally),
        stop: stop.clone(),
    };
    Ok(Work::new(client, shared))
}

fn output(
    args: &Fetch,
    resume: &Resume,
    display: &Display,
    stopper: &Stopper,
) -> Result<Output, Failure> {
    if is_same_file(&args.input, &args.output) {
        let why = "--output is the file that --input reads; name another";
        return Err((BAD_INPUT, why.to_owned()));
    }
    let sink = Sink::open(&args.output, resume);
    let sink = sink.map_err(|error| {
        let path = args.output.display();
        (BAD_INPUT, format!("--output {path}: {error}"))
    })?;
    Output::begin(sink, display.clone(), stopper.clone()).map_err(cannot_start)
}

#[allow(clippy::needless_pass_by_value, reason = "what is mapped is passed so")]
fn cannot_start(error: io::Error) -> Failure {
    (1, format!("cannot start: {error}"))
}
