//! What another origin may be told of a request.
//!
//! Danger: keys come in headers of any name, so nothing passes but what cannot be one.

use http::{HeaderMap, HeaderName, header};

/// What another origin may be told.
const HARMLESS: [HeaderName; 4] = [
    header::ACCEPT,
    header::ACCEPT_LANGUAGE,
    header::CONTENT_TYPE,
    header::USER_AGENT,
];

/// Of these headers, those that another origin may have.
pub(super) fn harmless(headers: &HeaderMap) -> HeaderMap {
    let kept = headers.iter().filter(|(name, _)| HARMLESS.contains(name));
    let kept = kept.map(|(name, value)| (name.clone(), value.clone()));
    let mut all = HeaderMap::new();
    for (name, value) in kept {
        all.append(name, value);
    }
    all
}
