//! Many runs on several threads. Each run has a runtime of its own and a thread for itself, so what comes
//! out does not depend on how many threads there are.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::client::Subject;
use crate::measure::Measure;
use crate::run::run;
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

/// Does all jobs on so many threads, one at least, and gives their measures in the jobs' order. `progress` is told how
/// many are done.
///
/// # Panics
/// If a run panics.
#[must_use]
pub fn work_off(jobs: &[Job<'_>], threads: usize, progress: impl Fn(usize) + Sync) -> Vec<Measure> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(vec![None; jobs.len()]);
    let finished = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            scope.spawn(|| {
                while let Some((at, job)) = take(jobs, &next) {
                    let measure = run(job.setup, job.subject, job.seed);
                    done.lock().unwrap_or_else(PoisonError::into_inner)[at] = Some(measure);
                    progress(finished.fetch_add(1, Ordering::Relaxed) + 1);
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
