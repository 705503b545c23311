//! The body of a request.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};
use serde_json::Value;

use super::item::Problem;

/// A text is sent as it is; any other value as the JSON that it is, which the headers say.
pub(super) fn body(
    value: Option<&Value>,
    headers: &mut HeaderMap,
) -> Result<Option<Bytes>, Problem> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(Bytes::from(text.clone()))),
        Some(value) => {
            let json = HeaderValue::from_static("application/json");
            headers.entry(header::CONTENT_TYPE).or_insert(json);
            let body = serde_json::to_vec(value);
            let body = body.map_err(|_| Problem("`body` cannot be written as JSON".to_owned()))?;
            Ok(Some(body.into()))
        }
    }
}
