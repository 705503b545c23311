//! The fields of an item that are not its URL, nor its body.

use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use serde_json::Value;

use super::item::Problem;
use crate::fetch::client::PRIORITY;

/// What says where a message ends, or is about the connection. To set it would break the one or the other.
const FRAMING: [HeaderName; 5] = [
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::TE,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

pub(super) fn method(value: Option<&Value>, has_body: bool) -> Result<Method, Problem> {
    let text = match value {
        None | Some(Value::Null) if has_body => return Ok(Method::POST),
        None | Some(Value::Null) => return Ok(Method::GET),
        Some(value) => value.as_str().unwrap_or_default(),
    };
    // Methods are told apart by case, but nobody means another one by `get`.
    let method = Method::from_bytes(text.to_ascii_uppercase().as_bytes());
    match method {
        Ok(method) if method != Method::CONNECT => Ok(method),
        _ => Err(Problem(
            "`method` is no method that can be sent, such as \"GET\" or \"POST\"".to_owned(),
        )),
    }
}

pub(super) fn priority(value: Option<&Value>) -> Result<Option<u8>, Problem> {
    let Some(value) = value.filter(|value| !value.is_null()) else {
        return Ok(None);
    };
    match value.as_u64().map(u8::try_from) {
        Some(Ok(number)) => Ok(Some(number)),
        _ => Err(Problem(
            "`priority` is a whole number from 0 (first) to 255".to_owned(),
        )),
    }
}

/// An object of texts, or of lists of texts.
pub(super) fn headers(value: Option<&Value>) -> Result<HeaderMap, Problem> {
    let mut headers = HeaderMap::new();
    let fields = match value {
        None | Some(Value::Null) => return Ok(headers),
        Some(Value::Object(fields)) => fields,
        Some(_) => return Err(Problem("`headers` is not an object".to_owned())),
    };
    for (name, value) in fields {
        let one = std::slice::from_ref(value);
        for value in value.as_array().map_or(one, Vec::as_slice) {
            let (name, value) = header(name, value.as_str().unwrap_or("\n"))?;
            headers.append(name, value);
        }
    }
    Ok(headers)
}

/// A header that may be set. What is wrong is said without what it holds.
pub(in crate::fetch) fn header(
    name: &str,
    value: &str,
) -> Result<(HeaderName, HeaderValue), Problem> {
    let Ok(name) = name.parse::<HeaderName>() else {
        return Err(Problem(
            "the name of a header has characters that it may not have".to_owned(),
        ));
    };
    if FRAMING.contains(&name) || name == PRIORITY {
        return Err(Problem(format!(
            "the header `{name}` is set by the program itself"
        )));
    }
    let Ok(mut value) = HeaderValue::from_str(value) else {
        return Err(Problem(format!(
            "the header `{name}` is no text of one line"
        )));
    };
    // Nobody knows which of them hold keys.
    value.set_sensitive(true);
    Ok((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn methods_are_tokens_of_any_case() {
        assert_eq!(method(Some(&json!("delete")), true), Ok(Method::DELETE));
        assert_eq!(
            method(Some(&json!("purge")), false).unwrap().as_str(),
            "PURGE"
        );
        for wrong in [json!(""), json!("A B"), json!(1), json!("CONNECT")] {
            assert!(method(Some(&wrong), false).is_err(), "{wrong}");
        }
    }

    #[test]
    fn priorities_are_small_whole_numbers() {
        assert_eq!(priority(None), Ok(None));
        assert_eq!(priority(Some(&json!(7))), Ok(Some(7)));
        for wrong in [json!(-1), json!(256), json!(1.5), json!("1")] {
            assert!(priority(Some(&wrong)).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_frames_a_message_cannot_be_set() {
        for name in ["Content-Length", "transfer-encoding", "Connection"] {
            let problem = headers(Some(&json!({ name: "1" }))).unwrap_err();
            assert!(problem.to_string().contains("by the program itself"));
        }
    }

    #[test]
    fn what_the_throttle_reads_is_said_as_a_field_and_not_as_a_header() {
        let own = json!({ "Ratelimit-Fetch-Priority": "0" });
        let problem = headers(Some(&own)).unwrap_err();
        assert!(problem.to_string().contains("by the program itself"));
    }

    #[test]
    fn values_are_not_shown() {
        let headers = headers(Some(&json!({ "x-key": "hunter2" }))).unwrap();
        assert!(!format!("{headers:?}").contains("hunter2"));
    }
}
