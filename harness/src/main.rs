//! Measures the client and prints the table: see `--help`.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use ratelimit_harness::scenario::{self, Scenario};
use ratelimit_harness::{Job, Kind, Measure, Seeds, Subject, Summary, table, work_off};

/// Measures the client of the rate-limit stack against servers in the same process, in virtual time.
///
/// Prints a line for each scenario and server, with what holds of its goals; the status is 1 if one of the goals
/// (not of the stretch goals) is missed.
///
/// To tune:   cargo run --release -q -p ratelimit-harness -- --seeds tune --only C3 --kinds log,bucket
///
/// To judge:  cargo run --release -q -p ratelimit-harness -- --seeds check
#[derive(Debug, Parser)]
#[command(name = "ratelimit-harness")]
struct Options {
    /// Which runs: tune (0..10), check (1000..1020: never tune on them), short (1000..1003), a number, or a range A..B.
    #[arg(long, default_value = "tune")]
    seeds: Seeds,
    /// Only these families: C1,C3
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Only these servers: fixed, log, counter, bucket, bucket/5, first, refused.
    #[arg(long, value_delimiter = ',')]
    kinds: Vec<Kind>,
    /// Only scenarios whose name contains this: "limit 240"
    #[arg(long)]
    name: Option<String>,
    /// How many threads.
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// A line for each run too.
    #[arg(long)]
    detail: bool,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let scenarios: Vec<Scenario> = (scenario::all().into_iter())
        .filter(|scenario| options.wants(scenario))
        .collect();
    let measures = options.measure(&scenarios);
    let mut rows = Vec::new();
    let mut is_missed = false;
    for (scenario, runs) in scenarios.iter().zip(&measures) {
        let summary = Summary::of(runs);
        is_missed |= scenario.goals.iter().any(|goal| !goal.holds(&summary));
        rows.push(table::row(scenario, &summary));
        if options.detail {
            rows.extend(details(scenario, options.seeds.iter().zip(runs)));
        }
    }
    print!("{}", table::aligned(table::HEADER, &rows));
    ExitCode::from(u8::from(is_missed))
}

impl Options {
    fn wants(&self, scenario: &Scenario) -> bool {
        let family = |only: &String| only.eq_ignore_ascii_case(scenario.family);
        (self.only.is_empty() || self.only.iter().any(family))
            && (self.kinds.is_empty() || self.kinds.contains(&scenario.setup.kind))
            && (self.name.as_ref()).is_none_or(|name| scenario.name.contains(name))
    }

    /// The runs of each scenario.
    fn measure(&self, scenarios: &[Scenario]) -> Vec<Vec<Measure>> {
        let jobs: Vec<_> = (scenarios.iter())
            .flat_map(|scenario| self.seeds.iter().map(|seed| job(scenario, seed)))
            .collect();
        let measures = work_off(&jobs, self.threads, progress(jobs.len()));
        let each = self.seeds.iter().count();
        measures.chunks(each).map(<[Measure]>::to_vec).collect()
    }
}

fn job(scenario: &Scenario, seed: u64) -> Job<'_> {
    Job {
        setup: &scenario.setup,
        subject: Subject::Ours,
        seed,
    }
}

fn details<'a>(
    scenario: &Scenario,
    runs: impl Iterator<Item = (u64, &'a Measure)>,
) -> Vec<table::Row> {
    runs.map(|(seed, run)| {
        let mut row = table::row(scenario, &Summary::of(std::slice::from_ref(run)));
        row[0] = String::new();
        row[1] = format!("  seed {seed}");
        row
    })
    .collect()
}

#[expect(
    clippy::disallowed_methods,
    reason = "how long the user waits is real time"
)]
fn progress(all: usize) -> impl Fn(usize) + Sync {
    let began = Instant::now();
    let is_live = std::io::stderr().is_terminal();
    move |done| {
        let step = if is_live { 20 } else { (all / 4).max(1) };
        if done % step == 0 || done == all {
            let end = if is_live && done < all { '\r' } else { '\n' };
            let seconds = began.elapsed().as_secs_f64();
            let mut out = std::io::stderr().lock();
            let _ = write!(out, "{done} of {all} runs, {seconds:.1} s{end}");
        }
    }
}
