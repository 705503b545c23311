//! From a response to what a pilot is told: no names of headers, no status codes.
//!
//! Nothing in a response is to be believed: there may be a thousand policies in it, a limit of 10¹⁸, or
//! a reset in the year 5000.
//!
//! Where only a part of each limit is to be used, the rest is hidden: what is left begins after it.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::{Duration, UNIX_EPOCH};

use http::{HeaderMap, StatusCode};
use ratelimit_core::adapt::{Answer, Reset, Spend, Told, Verdict};
use ratelimit_headers::{Policy, Reading, read_date};

use super::config::Config;
use super::costs::unit_of;
use crate::client::{Wall, grpc, stated_wait_of};

/// More limits than this no server has.
const MOST: usize = 12;

/// More than this no limit grants: plans count by 32 bits too.
const LARGEST: u64 = u32::MAX as u64;

/// No quota is renewed later than this, or has a longer window.
const FURTHEST: Duration = Duration::from_secs(366 * 24 * 3600);

/// What says to stay away for longer than that is a misread number, and is taken for this.
const NONSENSE: Duration = Duration::from_secs(24 * 3600);

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
            told: [Told::new(0); MOST],
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
        Answer::new(self.verdict)
            .with_date(self.date)
            .with_told(&self.told[..self.len])
            .with_actual(actual)
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
pub(super) fn verdict(status: StatusCode, headers: &HeaderMap, reading: &Reading) -> Verdict {
    let wait = stated_wait_of(status, headers, reading);
    match status {
        StatusCode::TOO_MANY_REQUESTS => Verdict::refused(wait),
        // It may be a message that was too large, unless it says when to come again.
        StatusCode::OK if grpc::is_limit(headers) && (wait.is_some() || grpc::invites(headers)) => {
            Verdict::refused(wait)
        }
        _ => Verdict::Served,
    }
}

/// What a server states is waited for, be it a month; what no server can mean is not, unless the layer was told to
/// wait for as long as that.
pub(super) fn believable(wait: Duration, longest_pause: Duration) -> Duration {
    match wait <= FURTHEST.max(longest_pause) {
        true => wait,
        false => NONSENSE.max(longest_pause),
    }
}

fn told(policy: &Policy, config: &Config) -> Option<Told> {
    // A limit of nothing is no limit that anybody could keep.
    if policy.limit() == Some(0) || !config.costs.concern(policy) {
        return None;
    }
    let limit = policy.limit().map(|limit| limit.min(LARGEST));
    let percent = u64::from(config.settings.percent_of_limit());
    let reserve = limit.map_or(0, |limit| limit - (limit * percent / 100).max(1));
    let left = policy.remaining().map(|left| left.min(LARGEST));
    let told = Told::new(id(policy))
        .with_unit(unit_of(policy))
        .with_limit(limit.map(|limit| limit - reserve))
        .with_remaining(left.map(|left| left.saturating_sub(reserve)))
        .with_reset(reset(policy))
        .with_window(policy.window().filter(|window| *window <= FURTHEST));
    Some(told)
}

fn reset(policy: &Policy) -> Option<Reset> {
    let after = policy.reset_after().filter(|after| *after <= FURTHEST)?;
    Some(policy.reset_at().map_or(Reset::After(after), Reset::At))
}

/// The same for every response that speaks of it, whatever it says.
pub(super) fn id(policy: &Policy) -> u64 {
    let mut hasher = DefaultHasher::new();
    policy.dialect().hash(&mut hasher);
    policy.name().hash(&mut hasher);
    policy.unit().hash(&mut hasher);
    policy.window().hash(&mut hasher);
    policy.partition_key().hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_secs(1_772_452_800);

    fn translate(status: u16, lines: &[(&'static str, &str)]) -> Translation {
        translate_for(&Config::new(None), status, lines)
    }

    fn translate_for(config: &Config, status: u16, lines: &[(&'static str, &str)]) -> Translation {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.insert(*name, value.parse().unwrap());
        }
        let wall = Wall::new(ratelimit_core::ManualClock::starting_at(NOW));
        let reading = ratelimit_headers::read(&headers, wall.now());
        let status = StatusCode::from_u16(status).unwrap();
        Translation::new((status, &headers), &reading, config, &wall)
    }

    fn told(translation: &Translation) -> &[Told] {
        translation.answer(None).told
    }

    #[test]
    fn a_moment_is_the_servers_and_a_delay_is_nobodys() {
        let date = ("date", "Mon, 02 Mar 2026 11:59:00 GMT");
        let limits = [("x-ratelimit-limit", "60"), ("x-ratelimit-remaining", "7")];
        let of = |reset| {
            translate(
                200,
                &[limits[0], limits[1], ("x-ratelimit-reset", reset), date],
            )
        };
        let moment = of("1772452830");
        assert_eq!(
            moment.answer(None).date,
            Some(NOW - Duration::from_secs(60))
        );
        let expected = Reset::At(NOW + Duration::from_secs(30));
        assert_eq!(told(&moment)[0].reset, Some(expected));
        assert_eq!(
            (told(&moment)[0].limit, told(&moment)[0].remaining),
            (Some(60), Some(7))
        );
        let delay = of("30");
        let expected = Reset::After(Duration::from_secs(30));
        assert_eq!(told(&delay)[0].reset, Some(expected));
        assert_eq!(told(&delay)[0].id, told(&moment)[0].id);
    }

    #[test]
    fn each_limit_is_known_by_all_that_tells_it_from_others() {
        let policies =
            r#""a";q=60;w=60, "a";q=60;w=3600, "b";q=60;w=60, "b";q=60;w=60;qu="tokens""#;
        let counters = r#""a";r=1;t=9;pk=:YQ==:, "a";r=1;t=9;pk=:Yg==:"#;
        let all = translate(
            200,
            &[("ratelimit-policy", policies), ("ratelimit", counters)],
        );
        let mut ids: Vec<_> = told(&all).iter().map(|told| told.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), told(&all).len());
        assert!(ids.len() >= 4, "{:?}", told(&all));
    }

    #[test]
    fn what_cannot_be_so_is_not_told() {
        let many: Vec<_> = (0..1000).map(|i| format!("\"p{i}\";r=1;t=9")).collect();
        let many = translate(200, &[("ratelimit", &many.join(", "))]);
        assert_eq!(told(&many).len(), MOST);
        let huge = r#""m";q=999999999999999;w=999999999999999"#;
        let left = r#""m";r=999999999999999;t=999999999999999"#;
        let huge = translate(200, &[("ratelimit-policy", huge), ("ratelimit", left)]);
        let huge = told(&huge)[0];
        assert_eq!((huge.limit, huge.remaining), (Some(LARGEST), Some(LARGEST)));
        assert_eq!((huge.reset, huge.window), (None, None));
        let none = translate(
            200,
            &[("x-ratelimit-limit", "0"), ("x-ratelimit-remaining", "0")],
        );
        assert!(told(&none).is_empty());
        // Of two that look alike the tighter one.
        let twice = translate(200, &[("ratelimit", r#""m";r=9;t=9, "m";r=3;t=9"#)]);
        assert_eq!(told(&twice).len(), 1);
        assert_eq!(told(&twice)[0].remaining, Some(3));
    }

    #[test]
    fn a_month_is_believed_and_a_misread_number_is_not() {
        let day = Duration::from_secs(86_400);
        let (hour, epoch) = (
            Duration::from_secs(3600),
            Duration::from_secs(1_700_000_000),
        );
        assert_eq!(believable(31 * day, hour), 31 * day);
        assert_eq!(believable(366 * day, hour), 366 * day);
        assert_eq!(believable(epoch, hour), day);
        assert_eq!(believable(epoch, 400 * day), 400 * day);
        assert_eq!(believable(390 * day, 400 * day), 390 * day);
    }

    #[test]
    fn only_a_limit_refuses() {
        let after = ("retry-after", "7");
        let wait = Some(Duration::from_secs(7));
        let verdict = |status, lines: &[_]| translate(status, lines).verdict;
        assert_eq!(verdict(429, &[after]), Verdict::refused(wait));
        assert_eq!(verdict(429, &[]), Verdict::refused(None));
        assert_eq!(verdict(503, &[after]), Verdict::Served);
        assert_eq!(verdict(500, &[]), Verdict::Served);
        let grpc = |code| [("grpc-status", code), ("grpc-retry-pushback-ms", "7000")];
        assert_eq!(verdict(200, &grpc("8")), Verdict::refused(wait));
        assert_eq!(verdict(200, &grpc("14")), Verdict::Served);
        let at_once = [("grpc-status", "8"), ("grpc-retry-pushback-ms", "0")];
        assert_eq!(verdict(200, &at_once), Verdict::refused(None));
        assert_eq!(verdict(200, &[("grpc-status", "8")]), Verdict::Served);
    }

    #[test]
    fn what_is_left_to_others_is_hidden() {
        let mut config = Config::new(None);
        config.settings = config.settings.with_percent_of_limit(80);
        let of = |left| {
            let lines = [
                ("x-ratelimit-limit", "100"),
                ("x-ratelimit-remaining", left),
            ];
            let told = told(&translate_for(&config, 200, &lines))[0];
            (told.limit, told.remaining)
        };
        assert_eq!(of("100"), (Some(80), Some(80)));
        assert_eq!(of("30"), (Some(80), Some(10)));
        assert_eq!(of("20"), (Some(80), Some(0)));
        assert_eq!(of("3"), (Some(80), Some(0)));
    }
}
