//! What stands in a response about limits and was not understood.
//!
//! A reading leaves out what cannot be read, as it must; but whoever wonders why it says so little wants to know that
//! something was there. This is for people who look into a response, not for clients: each field is read once more, by
//! itself.

use super::field::{self, Field};
use super::found::{self, Found};
use super::moment::Moments;
use super::number::Number;
use super::places::Place;
use super::reader::Reader;
use super::response::Response;
use super::row::Says;
use super::{dictionary, duration, families, ietf, member, quota, retry_after, single};
use crate::few::Few;
use http::{HeaderMap, HeaderName};
use std::time::SystemTime;

impl Reader {
    /// Whether this is the name of a field that this reader reads.
    ///
    /// ```
    /// use http::HeaderName;
    /// use ratelimit_headers::Reader;
    ///
    /// let reader = Reader::new();
    /// assert!(reader.knows(&HeaderName::from_static("x-ratelimit-limit")));
    /// assert!(!reader.knows(&HeaderName::from_static("x-amzn-ratelimit-limit")));
    /// ```
    #[must_use]
    pub fn knows(&self, name: &HeaderName) -> bool {
        found::place(name, self.names()).is_some()
    }

    /// The fields that this reader [knows](Self::knows), and whose values it cannot read: `-1`, `soon`, lines that
    /// contradict each other, a list with a parameter of the wrong type. Blank ones are not among them: they say nothing.
    ///
    /// What could be read and was of no use (a second generic family, policies from a cache) is not here either.
    ///
    /// ```
    /// use http::{HeaderMap, HeaderValue};
    /// use ratelimit_headers::Reader;
    ///
    /// let mut headers = HeaderMap::new();
    /// headers.insert("x-ratelimit-limit", HeaderValue::from_static("-1"));
    /// headers.insert("x-ratelimit-remaining", HeaderValue::from_static("5"));
    /// assert_eq!(Reader::new().unread(&headers), ["x-ratelimit-limit"]);
    /// ```
    #[must_use]
    pub fn unread<'h>(&self, headers: &'h HeaderMap) -> Vec<&'h HeaderName> {
        let mut found = Found::new();
        found.walk(headers, self.names());
        // Whether a moment can be read does not depend on when.
        let moments = Moments::new(headers, SystemTime::UNIX_EPOCH);
        let response = Response::new(headers, moments, self);
        let fields = found.as_slice().iter();
        let unread = fields.filter(|field| !is_blank(field, headers) && !is_read(field, &response));
        unread.map(|field| field.name).collect()
    }
}

fn is_blank(field: &Field<'_>, headers: &HeaderMap) -> bool {
    let text = field.joined(headers);
    text.iter().all(|byte| matches!(byte, b' ' | b'\t' | b','))
}

/// Whether a field by itself says something.
fn is_read(field: &Field<'_>, response: &Response<'_>) -> bool {
    let alone = std::slice::from_ref(field);
    match field.place {
        Place::Counters => is_counters(field, response),
        Place::Policies => {
            let text = field.joined(response.headers);
            member::parse(&text, &ietf::POLICIES).is_some() || quota::parse(&text).is_some()
        }
        Place::Retry(_) => retry_after::is_read(field, response),
        _ => {
            let mut policies = Few::Zero;
            families::add_row(alone, response, &mut policies);
            !policies.is_empty()
                || retry_after::is_read(field, response)
                || is_half(field, response)
        }
    }
}

fn is_counters(field: &Field<'_>, response: &Response<'_>) -> bool {
    let text = field.joined(response.headers);
    match dictionary::parse(&text) {
        Some(counters) => counters.is_ok(),
        None => member::parse(&text, &response.reader.counters()).is_some(),
    }
}

/// What says something only beside others: names, windows, and what is used of a limit.
fn is_half(field: &Field<'_>, response: &Response<'_>) -> bool {
    let Place::Row { row, .. } = field.place else {
        return false;
    };
    let says = response.row(row).and_then(|row| single::says(row, field));
    let text = || field.single(response.headers);
    match says {
        Some(Says::Name) => text().is_some_and(|text| std::str::from_utf8(text).is_ok()),
        Some(Says::Used) => text().and_then(count).is_some(),
        Some(Says::LimitOrWindow) => text().and_then(duration::period).is_some(),
        Some(Says::Window) => text().and_then(duration::window).is_some(),
        Some(Says::WindowMillis) => text().and_then(Number::parse).is_some(),
        _ => false,
    }
}

/// A number, perhaps with parameters.
fn count(text: &[u8]) -> Option<u64> {
    let number = text.split(|byte| *byte == b';').next()?;
    Number::parse(field::trim(number))?.count()
}
