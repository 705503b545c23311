//! `Retry-After` (RFC 9110, section 10.2.3), with the decimals that some servers send.

use super::field;
use super::moment::Moments;
use http::HeaderMap;
use http::header::RETRY_AFTER;
use std::time::Duration;

pub(super) fn read(headers: &HeaderMap, moments: &Moments<'_>) -> Option<Duration> {
    moments.delay_or_date(field::single(headers, &RETRY_AFTER)?)
}
