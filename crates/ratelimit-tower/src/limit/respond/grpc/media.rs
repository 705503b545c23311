//! Whether a request is a call of gRPC.
//!
//! The caller says so, and can lie: it chooses the words of its own refusal, and nothing else.

use http::{HeaderValue, header};

use crate::head::Head;

const GRPC: &str = "application/grpc";

/// The content type of the answer, if the request is a call: that of the call, because a client may
/// insist on its own.
pub(super) fn of_call(head: &Head<'_>) -> Option<HeaderValue> {
    let value = head.headers().get(header::CONTENT_TYPE)?;
    if value == GRPC {
        // What nearly all say. To share the text of a request may cost an allocation.
        return Some(HeaderValue::from_static(GRPC));
    }
    is_grpc(value.as_bytes()).then(|| value.clone())
}

/// `application/grpc`, `application/grpc-web` and `application/grpc-web-text`, alone or before a `+` or
/// parameters. The case of a media type does not count (RFC 9110, section 8.3.1).
fn is_grpc(value: &[u8]) -> bool {
    let Some(rest) = after(value, GRPC.as_bytes()) else {
        return false;
    };
    let rest = match after(rest, b"-web") {
        Some(rest) => after(rest, b"-text").unwrap_or(rest),
        None => rest,
    };
    matches!(rest.first(), None | Some(b'+' | b';' | b' ' | b'\t'))
}

fn after<'v>(value: &'v [u8], start: &[u8]) -> Option<&'v [u8]> {
    let (head, rest) = value.split_at_checked(start.len())?;
    head.eq_ignore_ascii_case(start).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_told_from_other_requests() {
        for value in [
            "application/grpc",
            "application/grpc+proto",
            "application/grpc;charset=utf-8",
            "application/grpc ; charset=utf-8",
            "Application/gRPC+json",
            "application/grpc-web",
            "application/grpc-web+proto",
            "application/grpc-web-text",
            "application/grpc-web-text+proto",
        ] {
            assert!(is_grpc(value.as_bytes()), "{value}");
        }
        for value in [
            "",
            "application/grp",
            "application/grpcs",
            "application/grpc-foo",
            "application/grpc-text",
            "application/grpc-webs",
            "application/grpc/proto",
            "application/json",
            "text/html;application/grpc",
        ] {
            assert!(!is_grpc(value.as_bytes()), "{value}");
        }
    }
}
