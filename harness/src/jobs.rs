//! Many runs on several threads. Each run has a runtime of its own and a thread for itself, so what comes
//! out does not depend on how many threads there are.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::client::Subject;
use crate::measure::Measure;
use crate::run::{once, righted};
use crate::setup::Setup;

/// A run that is to be done.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    /// What it is made of.
    pub setup: &'a Setup,
    /// Who is measured.
    pub subject: Subject,
    /// Its random numbers.
    pub seed: u64,
}

/// Does all jobs on so many threads, one at least, and gives their measures in the jobs' order: what
/// [`run`](crate::run()) gives for each. A run that several of them need is done once. `progress` is told how many runs
/// are done, and how many there are.
///
/// # Panics
/// If a run panics.
#[must_use]
pub fn work_off(
    jobs: &[Job<'_>],
    threads: usize,
    progress: impl Fn(usize, usize) + Sync,
) -> Vec<Measure> {
    let rights: Vec<_> = jobs.iter().map(|job| righted(job.setup)).collect();
    let mut runs = Runs::default();
    let needed: Vec<_> = (jobs.iter().zip(&rights))
        .map(|(job, right)| {
            let compared = right.as_ref().map(|setup| Job { setup, ..*job });
            (runs.add(*job), compared.map(|job| runs.add(job)))
        })
        .collect();
    let measures = all_done(&runs.jobs, threads, progress);
    let measure = |(at, right): (usize, Option<usize>)| {
        let measure = measures[at].clone();
        match right {
            Some(right) => measure.beside(&measures[right]),
            None => measure,
        }
    };
    needed.into_iter().map(measure).collect()
}

/// The runs that are needed, each once.
#[derive(Default)]
struct Runs<'a> {
    jobs: Vec<Job<'a>>,
    setups: Vec<&'a Setup>,
    known: HashMap<(usize, Subject, u64), usize>,
}

impl<'a> Runs<'a> {
    /// Where the run of this job is.
    fn add(&mut self, job: Job<'a>) -> usize {
        let known = self.setups.iter().position(|setup| *setup == job.setup);
        let setup = known.unwrap_or_else(|| {
            self.setups.push(job.setup);
            self.setups.len() - 1
        });
        let jobs = &mut self.jobs;
        *(self.known)
            .entry((setup, job.subject, job.seed))
            .or_insert_with(|| {
                jobs.push(job);
                jobs.len() - 1
            })
    }
}

fn all_done(
    jobs: &[Job<'_>],
    threads: usize,
    progress: impl Fn(usize, usize) + Sync,
) -> Vec<Measure> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(vec![None; jobs.len()]);
    let finished = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            scope.spawn(|| {
                while let Some((at, job)) = take(jobs, &next) {
                    let measure = once(job.setup, job.subject, job.seed);
                    done.lock().unwrap_or_else(PoisonError::into_inner)[at] = Some(measure);
                    progress(finished.fetch_add(1, Ordering::Relaxed) + 1, jobs.len());
                }
            });
        }
    });
    let done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.into_iter().flatten().collect()
}

fn take<'a, 'b>(jobs: &'b [Job<'a>], next: &AtomicUsize) -> Option<(usize, &'b Job<'a>)> {
    let at = next.fetch_add(1, Ordering::Relaxed);
    Some((at, jobs.get(at)?))
}
