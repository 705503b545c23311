//! How the states of a snapshot come into a store, and its times into the line of another clock.

use super::SnapshotError;
use super::record::{Head, LogEntry, Saved};
use super::unsealed::Unsealed;
use crate::algorithm::restored::Shift;
use crate::algorithm::{Logs, Rate, State};
use crate::keyed::Memory;
use crate::keyed::shard::home;
use crate::time::nanos;

/// A store that is being filled.
pub(super) struct Restored<'m> {
    memory: &'m Memory,
    shift: Shift,
    rates: Vec<Rate>,
    states: u64,
}

impl<'m> Restored<'m> {
    pub(super) fn new(memory: &'m Memory, head: &Head) -> Self {
        let now = memory.0.clock.now();
        // A wall clock that was set back says nothing of the time between: then there was none.
        let elapsed = nanos(memory.0.clock.unix(now)).saturating_sub(head.unix);
        let shift = Shift {
            from: head.line,
            to: now.as_nanos().saturating_sub(elapsed),
            now: now.as_nanos(),
        };
        Self {
            memory,
            shift,
            rates: Vec::new(),
            states: 0,
        }
    }

    /// How many states there were.
    pub(super) fn states(&self) -> u64 {
        self.states
    }

    pub(super) fn rate(&mut self, rate: Rate) {
        self.rates.push(rate);
    }

    pub(super) fn state(&mut self, saved: &Saved) -> Result<(), SnapshotError> {
        let rate = self.rate_of(saved)?;
        if rate.is_kept_outside() {
            return Err(SnapshotError::Corrupt);
        }
        let state = rate.restored(saved.state, &self.shift);
        let state = state.ok_or(SnapshotError::Corrupt)?;
        self.put(saved, &rate, |_| state);
        Ok(())
    }

    /// A log, whose entries are still to be read.
    pub(super) fn log(
        &mut self,
        saved: &Saved,
        from: &mut Unsealed<'_>,
    ) -> Result<(), SnapshotError> {
        let rate = self.rate_of(saved)?;
        if !rate.is_kept_outside() {
            return Err(SnapshotError::Corrupt);
        }
        let mut entries = Vec::new();
        for _ in 0..saved.state.count {
            entries.push(LogEntry::read(from)?);
        }
        let (shift, keep) = (self.shift, saved.state.word);
        self.put(saved, &rate, |logs| {
            let entries = entries.iter().map(|e| (shift.moved(e.at), e.units));
            rate.restored_log(logs, entries, keep)
        });
        Ok(())
    }

    fn rate_of(&self, saved: &Saved) -> Result<Rate, SnapshotError> {
        let rate = usize::try_from(saved.rate).ok();
        let rate = rate.and_then(|number| self.rates.get(number).copied());
        rate.ok_or(SnapshotError::Corrupt)
    }

    fn put(&mut self, saved: &Saved, rate: &Rate, state: impl FnOnce(&mut Logs) -> State) {
        let table = &self.memory.0.table;
        let high = saved.fingerprint.high;
        let mut shard = table.lock(high);
        shard.make_room(table.count(), 1, self.shift.now);
        let state = state(&mut shard.logs);
        let home = home(high, table.count());
        shard.put(saved.fingerprint, home, rate, state, self.shift.now);
        self.states += 1;
    }
}
