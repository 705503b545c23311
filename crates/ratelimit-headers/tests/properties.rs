//! Whatever comes in is survived; whatever goes out is understood.

mod common;

use common::{NOW, assert_linear, at, headers};
use http::{HeaderMap, HeaderName, HeaderValue};
use proptest::collection::vec;
use proptest::prelude::*;
use ratelimit_headers::{
    Dialect, Dialects, Existing, Policy, PolicyState, Reading, Writer, read, write_retry_after,
};
use std::time::Duration;

const NAMES: [&str; 24] = [
    "ratelimit",
    "ratelimit-policy",
    "x-ratelimit-limit",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
    "x-ratelimit-used",
    "x-ratelimit-reset-after",
    "x-ratelimit-bucket",
    "x-ratelimit-period",
    "x-ratelimit-limit-requests",
    "x-ratelimit-remaining-requests",
    "x-ratelimit-renewalperiod-requests",
    "x-rate-limit-limit",
    "x-rate-limit-remaining",
    "ratelimit-limit",
    "ratelimit-remaining",
    "ratelimit-resettime",
    "anthropic-ratelimit-tokens-limit",
    "anthropic-ratelimit-tokens-remaining",
    "anthropic-ratelimit-tokens-reset",
    "x-ratelimit-retry-after",
    "retry-after",
    "date",
    "age",
];

const LARGEST: u64 = 999_999_999_999_999;
const END_OF_9999: u64 = 253_402_300_799;

/// Families that state one policy and perhaps the quotas of others, and what readers call them.
const ONE_POLICY: [(Dialects, Dialect); 4] = [
    (Dialects::X_RATE_LIMIT_DELTA, Dialect::XRateLimit),
    (Dialects::ENVOY, Dialect::XRateLimit),
    (Dialects::IETF_TRIO, Dialect::IetfTrio),
    (Dialects::IETF_07, Dialect::Ietf07),
];

/// All of them, as what they are read.
const FAMILIES: [(Dialects, Dialect); 8] = [
    (Dialects::X_RATE_LIMIT, Dialect::XRateLimit),
    ONE_POLICY[0],
    ONE_POLICY[1],
    ONE_POLICY[2],
    ONE_POLICY[3],
    (Dialects::IETF, Dialect::Ietf),
    (Dialects::OPENAI, Dialect::Vendor("openai")),
    (Dialects::ANTHROPIC, Dialect::Vendor("anthropic")),
];

#[derive(Clone, Debug)]
struct State {
    name: String,
    unit: Option<String>,
    limit: u64,
    remaining: u64,
    times: (Duration, Option<Duration>, Duration),
    partition_key: Option<Vec<u8>>,
}

impl State {
    fn borrowed(&self) -> PolicyState<'_> {
        let (reset_after, next_after, window) = self.times;
        let mut state = PolicyState::new(&self.name, self.limit, self.remaining, window)
            .with_reset_after(reset_after);
        state.unit = self.unit.as_deref();
        state.next_after = next_after;
        state.partition_key = self.partition_key.as_deref();
        state
    }
}

fn number() -> impl Strategy<Value = u64> {
    prop_oneof![0..20_000_u64, any::<u64>(), LARGEST - 2..LARGEST + 2]
}

fn time() -> impl Strategy<Value = Duration> {
    (
        prop_oneof![0..200_000_u64, any::<u64>()],
        0..1_000_000_000_u32,
    )
        .prop_map(|(secs, nanos)| Duration::new(secs, nanos))
}

fn state() -> impl Strategy<Value = State> {
    let text = || prop_oneof!["[ -~]{0,30}", any::<String>()];
    let times = (time(), proptest::option::of(time()), time());
    (
        text(),
        proptest::option::of(text()),
        number(),
        number(),
        times,
        proptest::option::of(vec(any::<u8>(), 0..20)),
    )
        .prop_map(
            |(name, unit, limit, remaining, times, partition_key)| State {
                name,
                unit,
                limit,
                remaining,
                times,
                partition_key,
            },
        )
}

/// States whose names differ, on the wire too.
fn states() -> impl Strategy<Value = Vec<State>> {
    vec(state(), 1..6).prop_map(|mut states| {
        for (number, state) in states.iter_mut().enumerate() {
            state.name.insert_str(0, &number.to_string());
        }
        states
    })
}

/// Values that look like the real ones, cut and joined at random.
fn value() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        "[0-9]{1,25}",
        Just("\"default\"".to_owned()),
        "[\";,=:%@?()\\\\ \t.-]{1,3}",
        "(r|t|q|w|qu|pk|limit|remaining|reset)(=[0-9:\"]{1,3})?",
        Just(";r=50;t=30".to_owned()),
        Just(";pk=:AQ==:, ".to_owned()),
        Just("Mon, 02 Mar 2026 12:00:30 GMT".to_owned()),
        Just("Monday, 02-Mar-26 12:00:30 GMT".to_owned()),
        "\\PC{0,4}",
    ];
    let bytes = vec(piece, 0..8).prop_map(|pieces| pieces.concat().into_bytes());
    prop_oneof![bytes, vec(any::<u8>(), 0..40)]
}

fn hostile() -> impl Strategy<Value = HeaderMap> {
    vec((0..NAMES.len(), value()), 0..12).prop_map(|lines| {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            if let Ok(value) = HeaderValue::from_bytes(&value) {
                headers.append(HeaderName::from_static(NAMES[name]), value);
            }
        }
        headers
    })
}

/// What decides how everything else is read.
fn without_context(headers: &mut HeaderMap) {
    for name in ["age", "date"] {
        headers.remove(name);
    }
}

/// The units of a vendor whose fields are written.
fn units_of(dialects: Dialects) -> Option<&'static [&'static str]> {
    match dialects {
        Dialects::OPENAI => Some(&["requests", "tokens"]),
        Dialects::ANTHROPIC => Some(&["requests", "tokens", "input-tokens", "output-tokens"]),
        _ => None,
    }
}

/// The generic family that readers take.
fn generic(reading: &Reading) -> Option<Dialect> {
    let mut dialects = reading.policies().iter().map(Policy::dialect);
    dialects.find(|dialect| !matches!(dialect, Dialect::Vendor(_)))
}

/// What is said in the fields that a family uses, whatever other families say.
fn ours(dialects: Dialects, headers: &HeaderMap) -> Vec<Policy> {
    let is_ours = |name: &str| {
        if units_of(dialects).is_some() {
            return name.ends_with("-requests") || name.starts_with("anthropic");
        }
        let is_x = name.starts_with("x-ratelimit-") && !name.ends_with("-requests");
        let is_ietf = name.starts_with("ratelimit");
        match dialects {
            Dialects::X_RATE_LIMIT | Dialects::X_RATE_LIMIT_DELTA | Dialects::ENVOY => is_x,
            _ => is_ietf,
        }
    };
    let mut fields = HeaderMap::new();
    for (name, value) in headers.iter().filter(|(name, _)| is_ours(name.as_str())) {
        fields.append(name.clone(), value.clone());
    }
    read(&fields, at(NOW)).policies().to_vec()
}

fn write(headers: &mut HeaderMap, writer: Writer, states: &[State]) {
    let all = states.iter().map(State::borrowed);
    writer.write(
        headers,
        &states[0].borrowed(),
        all,
        Duration::from_secs(NOW),
    );
}

fn seconds_up(time: Duration) -> u64 {
    time.as_secs()
        .saturating_add(u64::from(time.subsec_nanos() > 0))
        .min(LARGEST)
}

fn millis_up(time: Duration) -> Duration {
    let millis = u64::from(time.subsec_nanos().div_ceil(1_000_000));
    Duration::from_secs(time.as_secs()) + Duration::from_millis(millis)
}

fn on_the_wire(text: &str) -> String {
    text.chars()
        .map(|c| if matches!(c, ' '..='~') { c } else { '?' })
        .collect()
}

fn find<'r>(reading: &'r Reading, state: &State) -> &'r Policy {
    let name = on_the_wire(&state.name);
    let mut found = reading
        .policies()
        .iter()
        .filter(|policy| policy.name() == Some(&name));
    let policy = found.next().expect("a policy of that name");
    assert!(found.next().is_none(), "only one of {name}");
    policy
}

#[track_caller]
fn assert_says(policy: &Policy, state: &State) {
    let (_, next, window) = state.times;
    assert_eq!(policy.limit(), Some(state.limit.min(LARGEST)));
    assert_eq!(policy.remaining(), Some(state.remaining.min(LARGEST)));
    assert_eq!(
        policy.unit(),
        Some(&*on_the_wire(state.unit.as_deref().unwrap_or("requests")))
    );
    assert_eq!(
        policy.reset_after(),
        next.map(|next| Duration::from_secs(seconds_up(next)))
    );
    assert_eq!(
        policy.window(),
        Some(Duration::from_secs(seconds_up(window).max(1)))
    );
}

proptest! {
    #[test]
    fn what_the_lists_say_is_read_back(states in states()) {
        let mut headers = HeaderMap::new();
        write(&mut headers, Writer::default(), &states);
        let reading = read(&headers, at(NOW));
        prop_assert_eq!(reading.policies().len(), states.len());
        for state in &states {
            assert_says(find(&reading, state), state);
        }
    }

    #[test]
    fn what_x_ratelimit_says_is_read_back(state in state()) {
        let mut headers = HeaderMap::new();
        write(&mut headers, Writer::new(Dialects::X_RATE_LIMIT), std::slice::from_ref(&state));
        let reading = read(&headers, at(NOW));
        let [policy] = reading.policies() else { panic!("one policy, not {reading:?}") };
        prop_assert_eq!(policy.limit(), Some(state.limit.min(LARGEST)));
        prop_assert_eq!(policy.remaining(), Some(state.remaining.min(LARGEST)));
        let reset = seconds_up(state.times.0).min(99_999_999_999 - NOW);
        prop_assert_eq!(policy.reset_after(), Some(Duration::from_secs(reset)));
    }

    #[test]
    fn what_the_families_of_one_policy_say_is_read_back(states in states(), family in 0..4_usize) {
        let (dialect, kind) = ONE_POLICY[family];
        let mut headers = HeaderMap::new();
        write(&mut headers, Writer::new(dialect), &states);
        let reading = read(&headers, at(NOW));
        let mut counted = reading.policies().iter().filter(|policy| policy.remaining().is_some());
        let (policy, state) = (counted.next().expect("the headline"), &states[0]);
        prop_assert!(counted.next().is_none());
        prop_assert_eq!(policy.dialect(), kind);
        prop_assert_eq!(policy.limit(), Some(state.limit.min(LARGEST)));
        prop_assert_eq!(policy.remaining(), Some(state.remaining.min(LARGEST)));
        let reset = seconds_up(state.times.0).min(999_999_999);
        prop_assert_eq!(policy.reset_after(), Some(Duration::from_secs(reset)));
        if dialect != Dialects::X_RATE_LIMIT_DELTA {
            let window = Duration::from_secs(seconds_up(state.times.2).max(1));
            prop_assert_eq!(policy.window(), Some(window));
        }
        let name = (dialect == Dialects::ENVOY).then(|| on_the_wire(&state.name));
        prop_assert_eq!(policy.name(), name.as_deref());
    }

    #[test]
    fn what_the_vendors_families_say_is_read_back(mut state in state()) {
        state.unit = Some("tokens".to_owned());
        for (dialect, kind) in [(Dialects::OPENAI, "openai"), (Dialects::ANTHROPIC, "anthropic")] {
            let mut headers = HeaderMap::new();
            write(&mut headers, Writer::new(dialect), std::slice::from_ref(&state));
            let reading = read(&headers, at(NOW));
            let [policy] = reading.policies() else { panic!("one policy, not {reading:?}") };
            prop_assert_eq!(policy.dialect(), Dialect::Vendor(kind));
            prop_assert_eq!(policy.unit(), Some("tokens"));
            prop_assert_eq!(policy.limit(), Some(state.limit.min(LARGEST)));
            prop_assert_eq!(policy.remaining(), Some(state.remaining.min(LARGEST)));
            let reset = state.times.0;
            let reset = if dialect == Dialects::OPENAI {
                millis_up(reset.min(Duration::from_secs(999_999_999)))
            } else {
                Duration::from_secs(seconds_up(reset).min(END_OF_9999 - NOW))
            };
            prop_assert_eq!(policy.reset_after(), Some(reset));
        }
    }

    #[test]
    fn what_retry_after_says_is_read_back(wait in time()) {
        let mut headers = HeaderMap::new();
        write_retry_after(&mut headers, wait);
        let expected = Duration::from_secs(seconds_up(wait).max(1));
        prop_assert_eq!(read(&headers, at(NOW)).retry_after(), Some(expected));
    }

    #[test]
    fn any_headers_are_read_without_a_panic(headers in hostile(), now in any::<u32>()) {
        let reading = read(&headers, at(now.into()));
        let _ = reading.binding();
        for policy in reading.policies() {
            prop_assert!(policy.limit().is_some() || policy.remaining().is_some() || policy.reset_after().is_some());
            prop_assert!(policy.window() != Some(Duration::ZERO));
        }
    }

    #[test]
    fn to_replace_is_to_be_alone(mut headers in hostile(), states in states(), family in 0..FAMILIES.len()) {
        without_context(&mut headers);
        let (dialects, _) = FAMILIES[family];
        let writer = Writer::new(dialects).with_existing(Existing::Replace);
        let mut alone = HeaderMap::new();
        write(&mut alone, writer, &states);
        write(&mut headers, writer, &states);
        prop_assert_eq!(ours(dialects, &headers), ours(dialects, &alone));
    }

    #[test]
    fn to_merge_is_to_let_one_side_stand_whole(mut headers in hostile(), states in states(), family in 0..FAMILIES.len()) {
        without_context(&mut headers);
        let (dialects, dialect) = FAMILIES[family];
        let writer = Writer::new(dialects);
        let before = ours(dialects, &headers);
        let mut alone = HeaderMap::new();
        write(&mut alone, writer, &states);
        let alone = ours(dialects, &alone);
        write(&mut headers, writer, &states);
        let after = ours(dialects, &headers);
        if let Some(units) = units_of(dialects) {
            for unit in units {
                let of = |all: &[Policy]| -> Vec<Policy> {
                    let is_of = |p: &&Policy| p.unit() == Some(unit) && p.dialect() == dialect;
                    all.iter().filter(is_of).cloned().collect()
                };
                let after = of(&after);
                prop_assert!(after == of(&before) || after == of(&alone), "{:?}", after);
            }
        } else if dialect == Dialect::Ietf && after != before {
            // Members of both sides, none of them changed.
            for policy in &after {
                prop_assert!(before.contains(policy) || alone.contains(policy), "{:?}", policy);
            }
        } else {
            prop_assert!(after == before || after == alone, "{:?}", after);
        }
    }

    #[test]
    fn ours_is_understood_whatever_was_there_before(mut headers in hostile(), states in states(), replace in any::<bool>()) {
        without_context(&mut headers);
        let existing = if replace { Existing::Replace } else { Existing::Merge };
        let before = read(&headers, at(NOW));
        write(&mut headers, Writer::default().with_existing(existing), &states);
        let after = read(&headers, at(NOW));
        // Beside an older family that is tighter we are silent.
        let is_silent = !replace && generic(&after).is_some_and(|dialect| dialect != Dialect::Ietf);
        for state in states.iter().filter(|_| !is_silent) {
            assert_says(find(&after, state), state);
        }
        let kept = before.policies().iter().filter(|policy| {
            !replace && (is_silent || policy.name().is_some() && policy.dialect() == Dialect::Ietf)
        });
        for policy in kept {
            prop_assert!(after.policies().contains(policy), "lost {:?}", policy);
        }
    }

    #[test]
    fn what_is_there_is_kept_byte_for_byte(before in hostile(), states in states()) {
        let others = ONE_POLICY.map(|(dialect, _)| dialect | Dialects::OPENAI | Dialects::ANTHROPIC);
        for dialects in others.into_iter().chain([Dialects::default()]) {
            let mut after = before.clone();
            write(&mut after, Writer::new(dialects).with_existing(Existing::Keep), &states);
            for name in before.keys() {
                prop_assert!(before.get_all(name).iter().eq(after.get_all(name)));
            }
        }
    }
}

fn write_and_read(headers: &mut HeaderMap) {
    let state = PolicyState::new("a", 5, 1, Duration::from_secs(1));
    let all = [state].into_iter();
    Writer::default().write(headers, &state, all, Duration::from_secs(NOW));
    headers.remove("age");
    assert!(!read(headers, at(NOW)).is_empty());
}

#[test]
fn ten_thousand_lines_are_read_in_linear_time() {
    let date = "Mon, 02 Mar 2026 12:00:30 GMT";
    for name in NAMES {
        for value in ["5", r#""a";r=9;q=9;pk=:AQ==:"#, "", date] {
            let make = |lines| headers(&[(name, value)].repeat(lines));
            assert_linear(10_000, make, |headers| drop(read(headers, at(NOW))));
            // In a debug build the map itself takes quadratic time to replace them, so fewer.
            write_and_read(&mut make(500));
        }
    }
}

#[test]
fn values_of_64_kib_are_read_in_linear_time() {
    let pieces = [
        "9",
        "0",
        ",",
        "a,",
        "\"",
        "\"\\\\\",",
        "\"b\";r=3;q=1, ",
        ";r=1",
        "5, ",
        " ",
        "\t",
        "%\"",
        ":",
        "(",
    ];
    for piece in pieces {
        for (head, tail) in [("", ""), ("\"x\"", ""), ("", "\"a\";r=7;q=8")] {
            let make = |length: usize| {
                let text = format!("{head}{}{tail}", piece.repeat(length / piece.len()));
                headers(&NAMES.map(|name| (name, &*text)))
            };
            assert_linear(65_536, make, |headers| drop(read(headers, at(NOW))));
            assert_linear(65_536, make, write_and_read);
        }
    }
}
