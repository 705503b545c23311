//! From a response to what a pilot is told: no names of headers, no status codes.
//!
//! Nothing in a response is to be believed: there may be a thousand policies in it, a limit of 10¹⁸, or
//! a reset in the year 5000.
//!
//! Where only a part of each limit is to be used, the rest is hidden: what is left begins after it.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::{Duration, UNIX_EPOCH};

use http::{HeaderMap, StatusCode};
use ratelimit_core::Unit;
use ratelimit_core::adapt::{Answer, Reset, Spend, Told, Verdict};
use ratelimit_headers::{Policy, Reading, read_date};

use super::config::Config;
use crate::client::{Wall, grpc, stated_wait_of};

/// More limits than this no server has.
const MOST: usize = 12;

/// More than this no limit grants: plans count by 32 bits too.
const LARGEST: u64 = u32::MAX as u64;

/// No quota is renewed later than this, or has a longer window.
const FURTHEST: Duration = Duration::from_secs(366 * 24 * 3600);

const NOTHING: Told = Told {
    id: 0,
    unit: Unit::REQUESTS,
    limit: None,
    remaining: None,
    reset: None,
    window: None,
};

/// A response, translated.
pub(super) struct Translation {
    pub(super) verdict: Verdict,
    date: Option<Duration>,
    told: [Told; MOST],
    len: usize,
}

impl Translation {
    pub(super) fn new(
        (status, headers): (StatusCode, &HeaderMap),
        reading: &Reading,
        config: &Config,
        wall: &Wall,
    ) -> Self {
        let date = read_date(headers, wall.now());
        let mut all = Self {
            verdict: verdict(status, headers, reading),
            date: date.and_then(|date| date.duration_since(UNIX_EPOCH).ok()),
            told: [NOTHING; MOST],
            len: 0,
        };
        for policy in reading.policies() {
            if let Some(told) = told(policy, config) {
                all.push(told);
            }
        }
        all
    }

    pub(super) fn answer(&self, actual: Option<Spend>) -> Answer<'_> {
        Answer {
            verdict: self.verdict,
            date: self.date,
            told: &self.told[..self.len],
            actual,
        }
    }

    /// Of two that cannot be told apart, the one with less left.
    fn push(&mut self, told: Told) {
        let known = self.told[..self.len]
            .iter_mut()
            .find(|known| known.id == told.id);
        match known {
            Some(known) if told.remaining < known.remaining && told.remaining.is_some() => {
                *known = told;
            }
            Some(_) => {}
            None if self.len < MOST => {
                self.told[self.len] = told;
                self.len += 1;
            }
            None => {}
        }
    }
}

/// What refuses for another reason than a limit (a server that is down) let the request in.
fn verdict(status: StatusCode, headers: &HeaderMap, reading: &Reading) -> Verdict {
    let wait = stated_wait_of(status, headers, reading);
    match status {
        StatusCode::TOO_MANY_REQUESTS => Verdict::Refused { wait },
        // It may be a message that was too large, unless it says when to come again.
        StatusCode::OK if wait.is_some() && grpc::is_limit(headers) => Verdict::Refused { wait },
        _ => Verdict::Served,
    }
}

fn told(policy: &Policy, config: &Config) -> Option<Told> {
    let name = policy.unit().unwrap_or("requests");
    let unit = Unit::new(name);
    // A limit of nothing is no limit that anybody could keep.
    if policy.limit() == Some(0) || !config.costs.concern(name, unit) {
        return None;
    }
    let limit = policy.limit().map(|limit| limit.min(LARGEST));
    let percent = u64::from(config.settings.percent_of_limit());
    let reserve = limit.map_or(0, |limit| limit - (limit * percent / 100).max(1));
    let left = policy.remaining().map(|left| left.min(LARGEST));
    Some(Told {
        id: id(policy),
        unit,
        limit: limit.map(|limit| limit - reserve),
        remaining: left.map(|left| left.saturating_sub(reserve)),
        reset: reset(policy),
        window: policy.window().filter(|window| *window <= FURTHEST),
    })
}

fn reset(policy: &Policy) -> Option<Reset> {
    let after = policy.reset_after().filter(|after| *after <= FURTHEST)?;
    Some(policy.reset_at().map_or(Reset::After(after), Reset::At))
}

/// The same for every response that speaks of it, whatever it says.
fn id(policy: &Policy) -> u64 {
    let mut hasher = DefaultHasher::new();
    policy.dialect().hash(&mut hasher);
    policy.name().hash(&mut hasher);
    policy.unit().hash(&mut hasher);
    policy.window().hash(&mut hasher);
    policy.partition_key().hash(&mut hasher);
    hasher.finish()
}
