//! Measures the client and prints the table: see `--help`.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use ratelimit_harness::page::{self, Block};
use ratelimit_harness::scenario::{self, Scenario};
use ratelimit_harness::{
    Goal, Job, Kind, Measure, Seeds, Subject, Summary, baseline, missed, table, work_off,
};
use ratelimit_tower::BoxError;

/// Where a few runs are enough.
const FEW: u64 = 3;

/// Measures the client of the rate-limit stack against servers in the same process, in virtual time.
///
/// Prints a line for each scenario and server, with what holds of its goals; the status is 1 if one of the goals
/// (not of the stretch goals) is missed.
///
/// To tune:   cargo run --release -q -p ratelimit-harness -- --seeds tune --only C3 --kinds log,bucket
///
/// To judge:  cargo run --profile measure -q -p ratelimit-harness -- --seeds check
#[derive(Debug, Parser)]
#[command(name = "ratelimit-harness")]
struct Options {
    /// Which runs: tune (0..10), check (3000..3020: never tune on them), short (3000), a number, or a range A..B.
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
    /// What `cargo test` does: one run to judge by of most scenarios.
    #[arg(long, conflicts_with = "seeds")]
    short: bool,
    /// Also what other clients come to, over the first three seeds.
    #[arg(long)]
    baselines: bool,
    /// Writes all tables into this page, between its marks; takes all scenarios and the seeds of check.
    #[arg(long, value_name = "PAGE", conflicts_with_all = ["only", "kinds", "name", "seeds", "short"])]
    write: Option<PathBuf>,
}

fn main() -> ExitCode {
    let mut options = Options::parse();
    if options.write.is_some() {
        options.seeds = Seeds::CHECK;
    }
    if options.short {
        options.seeds = Seeds::SHORT;
    }
    match options.go() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

impl Options {
    /// Whether all goals hold.
    fn go(&self) -> Result<bool, BoxError> {
        let scenarios: Vec<_> = (scenario::all().into_iter())
            .filter(|scenario| self.wants(scenario))
            .collect();
        let runs = self.measure(&scenarios, &[Subject::Ours], &self.seeds);
        let summaries: Vec<_> = runs.iter().map(|runs| Summary::of(runs)).collect();
        print!("{}", self.table(&scenarios, &runs));
        let clients = match self.baselines || self.write.is_some() {
            true => self.clients(),
            false => Vec::new(),
        };
        if !clients.is_empty() {
            print!("\n{}", table::aligned(baseline::HEADER, &clients));
        }
        if let Some(path) = &self.write {
            let mut page = std::fs::read_to_string(path)?;
            let families = page::families(&scenarios, &summaries);
            page = page::replaced(&page, Block::Families, &families)?;
            let table = page::scenarios(&scenarios, &summaries);
            page = page::replaced(&page, Block::Scenarios, &table)?;
            let clients = table::markdown(baseline::HEADER, &clients);
            page = page::replaced(&page, Block::Clients, &clients)?;
            std::fs::write(path, page)?;
        }
        Ok(self.all_hold(&scenarios, &summaries))
    }

    /// Whether every goal holds. Says which do not.
    fn all_hold(&self, scenarios: &[Scenario], summaries: &[Summary]) -> bool {
        let judge = match self.seeds == Seeds::CHECK {
            true => Goal::holds,
            false => Goal::holds_in_few,
        };
        let missed = missed(scenarios, summaries, judge);
        for goal in &missed {
            eprintln!("missed: {goal}");
        }
        missed.is_empty()
    }

    fn table(&self, scenarios: &[Scenario], runs: &[Vec<Measure>]) -> String {
        let mut rows = Vec::new();
        for (scenario, runs) in scenarios.iter().zip(runs) {
            rows.push(table::row(scenario, &Summary::of(runs)));
            if self.detail {
                rows.extend(details(scenario, self.seeds.iter().zip(runs)));
            }
        }
        table::aligned(table::HEADER, &rows)
    }

    /// What everybody comes to, ours included.
    fn clients(&self) -> Vec<baseline::Row> {
        let (scenarios, subjects) = (baseline::scenarios(), baseline::subjects());
        let runs = self.measure(&scenarios, &subjects, &self.seeds.first(FEW));
        let summaries: Vec<_> = runs.iter().map(|runs| Summary::of(runs)).collect();
        let each = summaries.chunks(scenarios.len());
        (subjects.iter().zip(each))
            .map(|(subject, summaries)| baseline::row(*subject, summaries))
            .collect()
    }

    fn wants(&self, scenario: &Scenario) -> bool {
        let family = |only: &String| only.eq_ignore_ascii_case(scenario.family);
        (self.only.is_empty() || self.only.iter().any(family))
            && (self.kinds.is_empty() || self.kinds.contains(&scenario.setup.kind))
            && !(self.short && scenario.is_extra)
            && (self.name.as_ref()).is_none_or(|name| scenario.name.contains(name))
    }

    /// The runs of each scenario, of one subject after the other.
    fn measure(
        &self,
        scenarios: &[Scenario],
        subjects: &[Subject],
        seeds: &Seeds,
    ) -> Vec<Vec<Measure>> {
        let mut jobs = Vec::new();
        for &subject in subjects {
            for Scenario { setup, .. } in scenarios {
                jobs.extend(seeds.iter().map(|seed| Job {
                    setup,
                    subject,
                    seed,
                }));
            }
        }
        let measures = work_off(&jobs, self.threads, progress());
        let each = seeds.iter().count();
        measures.chunks(each).map(<[Measure]>::to_vec).collect()
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
fn progress() -> impl Fn(usize, usize) + Sync {
    let began = Instant::now();
    let is_live = std::io::stderr().is_terminal();
    move |done, all| {
        let step = if is_live { 20 } else { (all / 10).max(1) };
        if done % step == 0 || done == all {
            let end = if is_live && done < all { '\r' } else { '\n' };
            let seconds = began.elapsed().as_secs_f64();
            let mut out = std::io::stderr().lock();
            let _ = write!(out, "{done} of {all} runs, {seconds:.1} s{end}");
        }
    }
}
