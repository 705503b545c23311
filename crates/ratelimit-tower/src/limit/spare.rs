//! Room for the head of a refusal, out of the request that is refused.
//!
//! A refusal is the path under attack, and a good part of what it costs is to allocate maps for a few fields and the cause,
//! while the request's own maps, which nobody needs any more, are freed. So they are emptied and used again: the extensions
//! in the answer to this request, the fields in the next answer of the thread, because the responder of this one may still
//! read them.
//!
//! Danger: what a thread keeps, it keeps for as long as it lives. One map is kept, and none with many fields.

use std::cell::RefCell;
use std::mem;

use http::{Extensions, HeaderMap, Request};

/// More fields than requests usually have.
const MOST: usize = 64;

thread_local! {
    static SPARE: RefCell<HeaderMap> = RefCell::new(HeaderMap::new());
}

/// An empty map of fields, perhaps with some room.
pub(super) fn headers() -> HeaderMap {
    let spare = SPARE.try_with(|spare| mem::take(&mut *spare.borrow_mut()));
    // In the last moments of a thread nothing is kept.
    spare.unwrap_or_default()
}

/// Keeps the request's map of fields, emptied.
pub(super) fn keep<B>(request: &mut Request<B>) {
    let headers = request.headers_mut();
    // Of the two numbers one counts names, the other values.
    if headers.capacity() <= MOST && headers.len() <= MOST {
        headers.clear();
        let _ = SPARE.try_with(|spare| mem::swap(&mut *spare.borrow_mut(), headers));
    }
}

/// The request's extensions, emptied.
pub(super) fn extensions<B>(request: &mut Request<B>) -> Extensions {
    let mut extensions = mem::take(request.extensions_mut());
    extensions.clear();
    extensions
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    fn request(fields: usize) -> Request<()> {
        let mut request = Request::new(());
        for field in 0..fields {
            let name = HeaderName::try_from(format!("x-{field}")).unwrap();
            let value = HeaderValue::from_static("secret");
            request.headers_mut().append(name, value.clone());
            request.headers_mut().append("x-same", value);
        }
        request
    }

    #[test]
    fn room_is_used_once_and_holds_nothing_of_the_request() {
        let mut refused = request(3);
        keep(&mut refused);
        assert!(refused.headers().is_empty());
        let again = headers();
        assert!(again.is_empty() && again.capacity() > 0);
        assert_eq!(headers().capacity(), 0);
    }

    #[test]
    fn what_a_caller_made_large_is_not_kept() {
        let _ = headers();
        keep(&mut request(MOST / 2 + 1));
        assert_eq!(headers().capacity(), 0);

        let mut roomy = request(1);
        roomy.headers_mut().reserve(1_000);
        keep(&mut roomy);
        assert_eq!(headers().capacity(), 0);

        let mut repeated = Request::new(());
        for _ in 0..=MOST {
            let value = HeaderValue::from_static("secret");
            repeated.headers_mut().append("x-same", value);
        }
        keep(&mut repeated);
        assert_eq!(headers().capacity(), 0);
    }

    #[test]
    fn no_extension_of_the_request_is_in_the_answer() {
        let mut refused = request(0);
        refused.extensions_mut().insert("secret");
        let extensions = extensions(&mut refused);
        assert!(extensions.is_empty() && refused.extensions().is_empty());
    }
}
