//! What any dialect says of any policies, beside whatever is there, is read back.
#![no_main]

use http::{HeaderMap, HeaderName, HeaderValue};
use libfuzzer_sys::arbitrary::{Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use ratelimit_headers::{Dialects, Existing, PolicyState, Writer, read};
use std::time::{Duration, SystemTime};

const FAMILIES: [Dialects; 6] = [
    Dialects::X_RATE_LIMIT,
    Dialects::X_RATE_LIMIT_DELTA,
    Dialects::ENVOY,
    Dialects::IETF,
    Dialects::IETF_07,
    Dialects::IETF_TRIO,
];

/// The largest number that is written.
const LARGEST: u64 = 999_999_999_999_999;

fuzz_target!(|data: &[u8]| {
    // Too few bytes to make a case of.
    let _ = round_trip(&mut Unstructured::new(data));
});

fn round_trip(data: &mut Unstructured<'_>) -> Result<()> {
    let family = *data.choose(&FAMILIES)?;
    let existing = *data.choose(&[Existing::Replace, Existing::Merge])?;
    let now = Duration::from_secs(data.arbitrary::<u32>()?.into());
    let (first, second) = (state(data)?, state(data)?);
    let before = headers(data.arbitrary()?);
    let all = [first, second].into_iter();

    let mut headers = HeaderMap::new();
    let writer = Writer::new(family).with_existing(existing);
    writer.write(&mut headers, &first, all.clone(), now);
    let reading = read(&headers, SystemTime::UNIX_EPOCH + now);
    let is_ours = reading.policies().iter().any(|policy| {
        policy.limit() == Some(first.limit.min(LARGEST))
            && policy.remaining() == Some(first.remaining.min(LARGEST))
    });
    assert!(is_ours, "{headers:?} says nothing of {first:?}");

    // Beside what is there nothing panics, and to replace is to be alone.
    let mut beside = before;
    writer.write(&mut beside, &first, all, now);
    if existing == Existing::Replace {
        for (name, value) in &headers {
            assert_eq!(beside.get(name), Some(value));
        }
    }
    let _ = read(&beside, SystemTime::UNIX_EPOCH + now);
    Ok(())
}

fn state<'a>(data: &mut Unstructured<'a>) -> Result<PolicyState<'a>> {
    let time = |data: &mut Unstructured<'a>| -> Result<Duration> {
        Ok(Duration::from_millis(data.arbitrary()?))
    };
    let state = PolicyState::new(
        data.arbitrary()?,
        data.arbitrary()?,
        data.arbitrary()?,
        time(data)?,
    );
    Ok(state
        .with_reset_after(time(data)?)
        .with_next_after(time(data)?))
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
