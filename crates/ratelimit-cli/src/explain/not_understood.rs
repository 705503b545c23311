//! What looks like a limit and was not understood.
//!
//! The library never guesses what an unknown name means, and leaves out values that it cannot read. Whoever looks into a
//! response should not have to find out which: so their names are listed here.
//!
//! Danger: names only, and not endlessly many. A value may be a secret.

use http::{HeaderMap, HeaderName};
use ratelimit_headers::Reader;

const PARTS: [&str; 4] = ["ratelimit", "rate-limit", "retry-after", "quota"];
const ENDS: [&str; 3] = ["-limit", "-remaining", "-reset"];
/// Fields whose lines are one list, and never contradict each other.
const LISTS: [&str; 3] = ["ratelimit", "ratelimit-policy", "x-sentry-rate-limits"];

/// How many are listed.
const MOST: usize = 12;
/// How much of a name is repeated; it is ASCII.
const LONGEST: usize = 60;

/// One line, or `None` if there is nothing to say.
pub(super) fn not_understood(headers: &HeaderMap, reader: &Reader) -> Option<String> {
    let unread = reader.unread(headers);
    let why = |name: &HeaderName| {
        if !reader.knows(name) {
            return looks_like_a_limit(name).then_some("no known field");
        }
        let is_unread = unread.contains(&name);
        is_unread.then(|| what_is_wrong(headers, name))
    };
    let all: Vec<_> = headers
        .keys()
        .filter_map(|name| Some((name, why(name)?)))
        .collect();
    let named = all.iter().take(MOST);
    let mut named: Vec<_> = named
        .map(|(name, why)| format!("{} ({why})", short(name)))
        .collect();
    if all.len() > MOST {
        named.push(format!("{} more", all.len() - MOST));
    }
    (!named.is_empty()).then(|| format!("not understood: {}", named.join(", ")))
}

fn looks_like_a_limit(name: &HeaderName) -> bool {
    let name = name.as_str();
    PARTS.iter().any(|part| name.contains(part)) || ENDS.iter().any(|end| name.ends_with(end))
}

fn what_is_wrong(headers: &HeaderMap, name: &HeaderName) -> &'static str {
    let values = headers.get_all(name).into_iter();
    let mut values = values.map(|value| value.as_bytes().trim_ascii());
    let first = values.find(|value| !value.is_empty());
    let mut others = values.filter(|value| !value.is_empty());
    let is_list = LISTS.contains(&name.as_str());
    if !is_list && others.any(|value| Some(value) != first) {
        "its values contradict each other"
    } else {
        "its value cannot be read"
    }
}

fn short(name: &HeaderName) -> String {
    match name.as_str().get(..LONGEST) {
        Some(short) if name.as_str().len() > LONGEST => format!("{short}..."),
        _ => name.to_string(),
    }
}
