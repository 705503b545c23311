//! The states of one plan side by side, for limiters that know only one caller.

use std::borrow::Cow;

use crate::adapt::Spend;
use crate::algorithm::{Logs, Rate, Refund, State, Taken};
use crate::decision::{Decision, Entry};
use crate::plan::Plan;
use crate::tally::Tally;
use crate::unit::Unit;

/// How many policies that left the plan are remembered.
const MAX_PARKED: usize = 64;

/// A plan and its states. It knows no lock and no clock.
#[derive(Debug)]
pub(crate) struct Meter {
    plan: Plan,
    cells: Vec<Cell>,
    /// What was used of policies that are not in the plan now; those that left last are last.
    parked: Vec<Cell>,
    logs: Logs,
    lives: u64,
}

#[derive(Clone, Copy, Debug)]
struct Cell {
    tag: u64,
    /// Which life of the policy this is: what is given back to a former life, nobody gets.
    life: u64,
    unit: Unit,
    rate: Rate,
    state: State,
    /// Units that were ever given back.
    given_back: u64,
}

/// Which cell something was taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Origin {
    tag: u64,
    life: u64,
}

/// What a meter gave for a while.
#[derive(Clone, Debug)]
pub(crate) struct MeterTicket(Vec<(Origin, Taken)>);

/// The states before something was taken.
#[derive(Debug)]
pub(crate) struct Before(Vec<State>);

impl Meter {
    /// A meter of which nothing is used, whose sliding logs share a budget of `log_entries`.
    pub(crate) fn new(plan: Plan, log_entries: usize) -> Self {
        let cells = fresh_cells(&plan, 0);
        Self {
            plan,
            cells,
            parked: Vec::new(),
            logs: Logs::new(log_entries),
            lives: 0,
        }
    }

    pub(crate) fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Whether, and when, `cost` fits all policies.
    pub(crate) fn fit(&self, now: u64, cost: u32) -> Tally {
        let mut tally = Tally::default();
        for (i, cell) in self.cells.iter().enumerate() {
            let state = cell.rate.advance(cell.state, now);
            let fit = cell.rate.fit(state, &self.logs, now, cost);
            tally.add(i, &cell.rate, fit);
        }
        tally
    }

    /// Takes `cost` from every policy, and a permit of every cap, whether they fit or not.
    pub(crate) fn charge(&mut self, now: u64, cost: u32) {
        self.charge_where(now, cost, |_| true);
    }

    fn charge_where(&mut self, now: u64, cost: u32, charged: impl Fn(&Rate) -> bool) {
        for cell in self.cells.iter_mut().filter(|c| charged(&c.rate)) {
            let state = cell.rate.advance(cell.state, now);
            cell.state = cell
                .rate
                .charge(state, &mut self.logs, now, u64::from(cost));
        }
    }

    /// [`fit`](Self::fit), and [`charge`](Self::charge) if it fits. Caps are only looked at.
    pub(crate) fn check(&mut self, now: u64, cost: u32) -> Decision {
        let tally = self.fit(now, cost);
        if tally.refusal().is_none() {
            self.charge_where(now, cost, |rate| !rate.is_concurrency());
        }
        self.decision(now, cost, tally)
    }

    /// What [`check`](Self::check) would answer.
    pub(crate) fn peek(&self, now: u64, cost: u32) -> Decision {
        let tally = self.fit(now, cost);
        self.decision(now, cost, tally)
    }

    /// [`check`](Self::check), with what it takes to undo it.
    #[expect(clippy::result_large_err, reason = "the error is the answer")]
    pub(crate) fn reserve(
        &mut self,
        now: u64,
        cost: u32,
    ) -> Result<(Decision, MeterTicket), Decision> {
        let tally = self.fit(now, cost);
        if tally.refusal().is_some() {
            return Err(self.decision(now, cost, tally));
        }
        let taken = |cell: &Cell| {
            let state = cell.rate.advance(cell.state, now);
            (cell.rate).taken(state, now, u64::from(cost), cell.given_back)
        };
        let ticket = self.cells.iter().map(|c| (c.origin(), taken(c))).collect();
        self.charge(now, cost);
        Ok((self.decision(now, cost, tally), MeterTicket(ticket)))
    }

    /// The rates with what they count and their states, and the logs of those that keep one: to look
    /// ahead.
    pub(crate) fn cells(&self) -> (impl Iterator<Item = (&Rate, Unit, State)>, &Logs) {
        let cells = self.cells.iter().map(|c| (&c.rate, c.unit, c.state));
        (cells, &self.logs)
    }

    /// Takes what it counts from every policy, each at the instant that `at` says, whether it fits or
    /// not; of those that are [spared](spares) nothing.
    pub(crate) fn take(
        &mut self,
        spend: &Spend,
        at: impl Fn(&Rate, Unit, State) -> u64,
    ) -> (MeterTicket, Before) {
        let before = Before(self.cells.iter().map(|c| c.state).collect());
        let mut ticket = Vec::with_capacity(self.cells.len());
        for cell in self.cells.iter_mut().filter(|c| !spares(spend, c.unit)) {
            let at = at(&cell.rate, cell.unit, cell.state);
            let state = cell.rate.advance(cell.state, at);
            let cost = u64::from(spend.of(cell.unit));
            let taken = (cell.rate).taken(state, at, cost, cell.given_back);
            ticket.push((cell.origin(), taken));
            cell.state = cell.rate.charge(state, &mut self.logs, at, taken.amount);
        }
        (MeterTicket(ticket), before)
    }

    /// As if the ticket had never been taken: exact, where a refund errs on the safe side. Only if
    /// nothing else has happened since.
    pub(crate) fn undo(&mut self, ticket: &MeterTicket, before: &Before) {
        for (cell, state) in self.cells.iter_mut().zip(&before.0) {
            let Some((_, taken)) = ticket.0.iter().find(|(from, _)| from.tag == cell.tag) else {
                continue;
            };
            if cell.rate.is_kept_outside() {
                let now = taken.at;
                let all = Refund {
                    kept: 0,
                    given_back: cell.given_back,
                };
                cell.state = (cell.rate).refund(cell.state, &mut self.logs, now, *taken, all);
            } else {
                cell.state = *state;
            }
        }
    }

    /// Whether nothing is used and no permit is held, also under plans that were.
    pub(crate) fn is_idle(&self, now: u64) -> bool {
        let idle = |c: &Cell| c.rate.is_idle(c.state, &self.logs, now);
        self.cells.iter().chain(&self.parked).all(idle)
    }

    /// Settles a ticket: `actual` units were used, and permits of caps are let go.
    pub(crate) fn settle(&mut self, now: u64, ticket: &MeterTicket, actual: &Spend) {
        for (origin, taken) in &ticket.0 {
            let mut known = self.cells.iter_mut().chain(&mut self.parked);
            let Some(cell) = known.find(|c| c.tag == origin.tag) else {
                continue;
            };
            let actual = actual.of(cell.unit);
            if cell.life != origin.life && taken.gives_back(actual) {
                continue;
            }
            let state = cell.rate.advance(cell.state, now);
            cell.state = settle_one(
                &cell.rate,
                state,
                &mut self.logs,
                now,
                *taken,
                actual,
                &mut cell.given_back,
            );
        }
    }

    /// Forgets what was spent. Permits that are held stay held.
    pub(crate) fn reset(&mut self) {
        self.lives += 1;
        for cell in self.cells.iter_mut().chain(&mut self.parked) {
            if !cell.rate.is_concurrency() {
                cell.rate.forget(cell.state, &mut self.logs);
                cell.state = State::default();
                cell.life = self.lives;
            }
        }
    }

    /// Another plan from now on. What was spent stays spent, also under policies that leave the plan and
    /// come back.
    pub(crate) fn set_plan(&mut self, plan: Plan, now: u64) {
        self.lives += 1;
        let mut known = std::mem::take(&mut self.parked);
        known.append(&mut self.cells);
        self.cells = fresh_cells(&plan, self.lives);
        for cell in &mut self.cells {
            if let Some(at) = known.iter().position(|old| old.tag == cell.tag) {
                cell.follow(&known.remove(at), now);
            }
        }
        self.park(known, now);
        self.plan = plan;
    }

    /// Keeps the cells of policies that left the plan while they are worth something, of too many those
    /// that left last.
    fn park(&mut self, left: Vec<Cell>, now: u64) {
        let (idle, mut busy): (Vec<_>, Vec<_>) =
            (left.into_iter()).partition(|c| c.rate.is_idle(c.state, &self.logs, now));
        let surplus = busy.len().saturating_sub(MAX_PARKED);
        for cell in idle.into_iter().chain(busy.drain(..surplus)) {
            cell.rate.forget(cell.state, &mut self.logs);
        }
        self.parked = busy;
    }

    fn decision(&self, now: u64, cost: u32, tally: Tally) -> Decision {
        let mut decision = Decision::new(now, cost, tally.refusal());
        decision.push_plan(Cow::Owned(self.plan.clone()));
        for (i, cell) in self.cells.iter().enumerate() {
            let state = cell.rate.advance(cell.state, now);
            decision.push(Entry::new((0, i), &cell.rate, state, &self.logs, now));
        }
        decision
    }
}

/// Whether a policy of this unit is left aside: it is named with 0.
pub(crate) fn spares(spend: &Spend, unit: Unit) -> bool {
    spend.of(unit) == 0 && spend.each() != 0
}

/// Corrects one charge to what was really used; for a cap, lets go of the permit.
pub(crate) fn settle_one(
    rate: &Rate,
    state: State,
    logs: &mut Logs,
    now: u64,
    taken: Taken,
    actual: u32,
    given_back: &mut u64,
) -> State {
    let actual = u64::from(actual);
    if rate.is_concurrency() {
        rate.release(state)
    } else if actual < taken.amount {
        let refund = Refund {
            kept: actual,
            given_back: *given_back,
        };
        *given_back += taken.amount - actual;
        rate.refund(state, logs, now, taken, refund)
    } else {
        rate.charge(state, logs, now, actual - taken.amount)
    }
}

impl Cell {
    /// Goes on from what the cell of the same tag in the plan before was.
    fn follow(&mut self, old: &Self, now: u64) {
        if old.rate.refunds_at(&self.rate) {
            self.life = old.life;
            self.given_back = old.given_back;
        }
        self.state = old.state;
        if old.rate != self.rate {
            self.state = old.rate.rebase(&self.rate, old.state, now);
        }
    }

    fn origin(&self) -> Origin {
        Origin {
            tag: self.tag,
            life: self.life,
        }
    }
}

fn fresh_cells(plan: &Plan, life: u64) -> Vec<Cell> {
    let cell = |policy: &crate::Policy| Cell {
        tag: policy.tag(),
        life,
        unit: policy.counts(),
        rate: policy.rate(),
        state: State::default(),
        given_back: 0,
    };
    plan.policies().iter().map(cell).collect()
}
