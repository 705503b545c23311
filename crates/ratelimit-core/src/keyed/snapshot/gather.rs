//! What of a shard goes into a snapshot.

use std::collections::HashMap;

use super::record::{Head, LogEntry, Record, Saved};
use crate::algorithm::{Log, Rate, State};
use crate::keyed::shard::Shard;
use crate::keyed::slot::Fingerprint;

/// The bytes that were gathered and are not written yet.
pub(super) struct Gathered {
    pub(super) bytes: Vec<u8>,
    /// When a state must be in use, to be gathered.
    now: u64,
    states: u64,
    numbers: HashMap<Rate, u32>,
    /// Most states are of the rate of the one before.
    last: Option<(Rate, u32)>,
}

impl Gathered {
    pub(super) fn new(head: &Head) -> Self {
        let mut bytes = Vec::new();
        head.write(&mut bytes);
        Self {
            bytes,
            now: head.line,
            states: 0,
            numbers: HashMap::new(),
            last: None,
        }
    }

    /// All that is in use of a shard. Its lock is held meanwhile: this copies, and does no more.
    pub(super) fn gather(&mut self, shard: &Shard) {
        for (fingerprint, rate, state) in shard.states() {
            let is_idle = rate.is_idle(state, &shard.logs, self.now);
            if is_idle || rate.is_concurrency() {
                continue;
            }
            match rate.log(state, &shard.logs) {
                Some(log) => self.add_log(fingerprint, &rate, log),
                None => self.add(fingerprint, &rate, state, Record::State),
            }
        }
    }

    /// The last record, and how many states there are in all.
    pub(super) fn end(&mut self) -> u64 {
        let states = self.states;
        Record::End { states }.write(&mut self.bytes);
        states
    }

    fn add(
        &mut self,
        fingerprint: Fingerprint,
        rate: &Rate,
        state: State,
        record: fn(Saved) -> Record,
    ) {
        let saved = Saved {
            fingerprint,
            rate: self.number(rate),
            state,
        };
        record(saved).write(&mut self.bytes);
        self.states += 1;
    }

    fn add_log(&mut self, fingerprint: Fingerprint, rate: &Rate, log: &Log) {
        let entries = log.units_by_time();
        let state = State {
            word: log.keep(),
            count: entries.clone().count() as u64,
        };
        self.add(fingerprint, rate, state, Record::Log);
        for (at, units) in entries {
            LogEntry { at, units }.write(&mut self.bytes);
        }
    }

    /// The number of a rate, which is written before the first state that names it.
    fn number(&mut self, rate: &Rate) -> u32 {
        if let Some((_, number)) = self.last.filter(|(last, _)| last == rate) {
            return number;
        }
        let next = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
        let number = *self.numbers.entry(*rate).or_insert_with(|| {
            Record::Rate(*rate).write(&mut self.bytes);
            next
        });
        self.last = Some((*rate, number));
        number
    }
}
