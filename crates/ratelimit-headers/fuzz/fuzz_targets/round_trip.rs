//! What any dialect says of any policies, beside whatever is there, is read back, or something tighter is.
#![no_main]

use http::{HeaderMap, HeaderName, HeaderValue};
use libfuzzer_sys::arbitrary::{Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use ratelimit_headers::{Dialect, Dialects, Existing, Policy, PolicyState, Reading, Writer, read};
use std::time::{Duration, SystemTime};

/// The families, and as what they are read.
const FAMILIES: [(Dialects, Dialect); 8] = [
    (Dialects::X_RATE_LIMIT, Dialect::XRateLimit),
    (Dialects::X_RATE_LIMIT_DELTA, Dialect::XRateLimit),
    (Dialects::ENVOY, Dialect::XRateLimit),
    (Dialects::IETF, Dialect::Ietf),
    (Dialects::IETF_07, Dialect::Ietf07),
    (Dialects::IETF_TRIO, Dialect::IetfTrio),
    (Dialects::OPENAI, Dialect::Vendor("openai")),
    (Dialects::ANTHROPIC, Dialect::Vendor("anthropic")),
];

const UNITS: [Option<&str>; 5] = [
    None,
    Some("requests"),
    Some("tokens"),
    Some("output-tokens"),
    Some("calls"),
];

/// The largest number that is written.
const LARGEST: u64 = 999_999_999_999_999;

fuzz_target!(|data: &[u8]| {
    // Too few bytes to make a case of.
    let _ = round_trip(&mut Unstructured::new(data));
});

fn round_trip(data: &mut Unstructured<'_>) -> Result<()> {
    let (family, dialect) = *data.choose(&FAMILIES)?;
    let existing = *data.choose(&[Existing::Replace, Existing::Merge, Existing::Keep])?;
    let now = Duration::from_secs(data.arbitrary::<u32>()?.into());
    let at = SystemTime::UNIX_EPOCH + now;
    let (first, second) = (state(data)?, state(data)?);
    let mut before = headers(data.arbitrary()?);
    // A response from a cache says nothing, of nobody.
    before.remove("age");
    let writer = Writer::new(family).with_existing(existing);
    let write = |headers: &mut HeaderMap| {
        writer.write(headers, &first, [first, second].into_iter(), now);
    };

    let mut alone = HeaderMap::new();
    write(&mut alone);
    let ours = read(&alone, at);
    if let Some(state) = shown(family, first, second) {
        let is_ours = |policy: &Policy| policy.dialect() == dialect && says(policy, &state);
        let is_said = ours.policies().iter().any(is_ours);
        assert!(is_said, "{alone:?} says nothing of {state:?}");
    }

    let mut beside = before.clone();
    write(&mut beside);
    if existing == Existing::Keep {
        for name in before.keys() {
            let kept = before.get_all(name).iter();
            assert!(kept.eq(beside.get_all(name)), "{name} was not kept");
        }
    }
    if existing == Existing::Replace {
        for (name, value) in &alone {
            assert_eq!(beside.get(name), Some(value));
        }
        assert_eq!(of(dialect, &read(&beside, at)), of(dialect, &ours));
    }
    if existing == Existing::Merge && !matches!(dialect, Dialect::Vendor(_)) {
        is_as_tight(&read(&before, at), &read(&beside, at), &first);
    }
    Ok(())
}

/// Policies that the lists of both sides do not share cannot be compared by name, so the numbers are.
fn of(dialect: Dialect, reading: &Reading) -> Vec<String> {
    let policies = reading.policies().iter();
    let ours = policies.filter(|policy| policy.dialect() == dialect);
    // Moments are measured from a `Date` that may be there, and so are not ours to compare.
    ours.map(|policy| {
        let (limit, remaining) = (policy.limit(), policy.remaining());
        format!(
            "{:?} {limit:?} {remaining:?} {:?}",
            policy.name(),
            policy.window()
        )
    })
    .collect()
}

/// What is there after merging leaves no more than what was readable before, nor than ours.
fn is_as_tight(before: &Reading, after: &Reading, ours: &PolicyState<'_>) {
    let least = |reading: &Reading| {
        let generic = reading.policies().iter();
        let generic = generic.filter(|policy| !matches!(policy.dialect(), Dialect::Vendor(_)));
        let whole = |policy: &&Policy| policy.limit().is_some();
        generic.filter(whole).filter_map(Policy::remaining).min()
    };
    if let (Some(before), Some(after)) = (least(before), least(after)) {
        assert!(after <= before || after <= ours.remaining.min(LARGEST));
        assert!(
            before > ours.remaining || after <= before,
            "{after} hides {before}"
        );
    }
}

/// The policy that a family must show.
fn shown<'a>(
    family: Dialects,
    first: PolicyState<'a>,
    second: PolicyState<'a>,
) -> Option<PolicyState<'a>> {
    if family != Dialects::OPENAI && family != Dialects::ANTHROPIC {
        return Some(first);
    }
    let unit = |state: &PolicyState<'a>| state.unit.unwrap_or("requests");
    let is_known = family.states_unit(unit(&first));
    let is_second = unit(&first) == unit(&second)
        && (second.remaining < first.remaining
            || second.remaining == first.remaining && second.reset_after > first.reset_after);
    is_known.then_some(if is_second { second } else { first })
}

fn says(policy: &Policy, state: &PolicyState<'_>) -> bool {
    let is_list = policy.dialect() == Dialect::Ietf;
    policy.limit() == Some(state.limit.min(LARGEST))
        && policy.remaining() == Some(state.remaining.min(LARGEST))
        && (!is_list || policy.unit() == Some(state.unit.unwrap_or("requests")))
        && (!is_list || policy.partition_key() == state.partition_key)
}

fn state<'a>(data: &mut Unstructured<'a>) -> Result<PolicyState<'a>> {
    let time = |data: &mut Unstructured<'a>| -> Result<Duration> {
        Ok(Duration::from_millis(data.arbitrary()?))
    };
    let number = |data: &mut Unstructured<'a>| -> Result<u64> {
        let small: bool = data.arbitrary()?;
        Ok(if small {
            data.arbitrary::<u8>()?.into()
        } else {
            data.arbitrary()?
        })
    };
    let (name, limit, remaining) = (data.arbitrary()?, number(data)?, number(data)?);
    let mut state = PolicyState::new(name, limit, remaining, time(data)?)
        .with_reset_after(time(data)?)
        .with_next_after(time(data)?);
    state.unit = *data.choose(&UNITS)?;
    state.partition_key = data.arbitrary()?;
    Ok(state)
}

/// One header a line; what cannot be one is left out.
fn headers(data: &[u8]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in data.split(|byte| *byte == b'\n') {
        let mut parts = line.splitn(2, |byte| *byte == b':');
        let name = HeaderName::from_bytes(parts.next().unwrap_or_default());
        let value = HeaderValue::from_bytes(parts.next().unwrap_or_default());
        if let (Ok(name), Ok(value)) = (name, value) {
            let _ = headers.try_append(name, value);
        }
    }
    headers
}
