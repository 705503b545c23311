//! What a request carries to the throttle and not to the server.
//!
//! A hook of the throttle sees no more of a request than its head, so the priority is a header there.
//! [`Wire`](super::wire) takes it off.

use http::{HeaderMap, HeaderName, HeaderValue};
use ratelimit_core::wait::Priority;
use ratelimit_tower::client::Outgoing;

/// Nobody else may set it: what an item is to others, its field says.
pub(in crate::fetch) const PRIORITY: HeaderName =
    HeaderName::from_static("ratelimit-fetch-priority");

/// Marks a request, whatever a header of this name said before.
pub(in crate::fetch) fn prioritised(headers: &mut HeaderMap, priority: u8) {
    headers.insert(PRIORITY, HeaderValue::from(u16::from(priority)));
}

/// The priority of a marked request.
pub(super) fn priority(request: &Outgoing<'_>) -> Priority {
    let value = request.headers().get(PRIORITY);
    let number = value.and_then(|value| value.to_str().ok()?.parse().ok());
    number.map_or(Priority::NORMAL, Priority::new)
}

/// Takes the marks off.
pub(super) fn unmark(headers: &mut HeaderMap) {
    headers.remove(PRIORITY);
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;

    #[test]
    fn a_priority_is_read_back_and_taken_off() {
        let mut request = Request::new(());
        prioritised(request.headers_mut(), 0);
        assert_eq!(priority(&Outgoing::new(&request)), Priority::URGENT);
        unmark(request.headers_mut());
        assert!(request.headers().is_empty());
        assert_eq!(priority(&Outgoing::new(&request)), Priority::NORMAL);
    }
}
