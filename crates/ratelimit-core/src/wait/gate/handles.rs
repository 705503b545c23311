//! What waiters and passes do at the gate that they came from.

use std::task::Waker;

use super::Gate;
use crate::adapt::{Answer, Spend};
use crate::meter::MeterTicket;
use crate::wait::line::Place;
use crate::wait::news::News;
use crate::wait::queue::{Grant, Standing};

impl Gate {
    pub(in crate::wait) fn id(&self) -> u64 {
        self.lock().id
    }

    pub(in crate::wait) fn tell(&self, grant: &Grant, news: News) {
        self.with(|queue, now| queue.tell(grant, news.pace(), now));
    }

    pub(in crate::wait) fn hear(&self, grant: &mut Grant, answer: &Answer<'_>) {
        self.with(|queue, now| queue.hear(grant, answer, now));
    }

    pub(in crate::wait) fn unsend(&self, grant: &mut Grant) {
        self.with(|queue, now| queue.unsend(grant, now));
    }

    pub(in crate::wait) fn lose(&self, grant: &mut Grant) {
        if !grant.is_under_way() {
            return;
        }
        self.with(|queue, now| queue.lose(grant, now));
    }

    pub(in crate::wait) fn poll(&self, place: Place, waker: &Waker) -> Standing {
        let waker = waker.clone();
        self.with(|queue, now| queue.poll(place, now, waker))
    }

    pub(in crate::wait) fn cancel(&self, place: Place) {
        self.with(|queue, now| queue.cancel(place, now));
    }

    pub(in crate::wait) fn settle(&self, ticket: &MeterTicket, actual: &Spend) {
        self.with(|queue, now| queue.settle(ticket, actual, now));
    }

    pub(in crate::wait) fn give_back(&self, grant: &Grant) {
        self.with(|queue, now| {
            queue.give_back(grant, now);
            queue.pump(now);
        });
    }
}
