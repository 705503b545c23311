//! A line that is a JSON object.
//!
//! Danger: what serde says of a value that it did not expect repeats it, and it may be a secret. So only
//! the syntax is serde's; the fields are looked at here.

use serde_json::{Map, Value};

use super::body::body;
use super::fields;
use super::item::{Item, Problem, Unread};
use super::target;
use crate::policy::suggest;

const FIELDS: [&str; 6] = ["url", "method", "headers", "body", "priority", "id"];

pub(super) fn parse(line: u64, text: &str) -> Result<Item, Unread> {
    let mut fields = match serde_json::from_str(text) {
        Ok(Value::Object(fields)) => fields,
        Ok(_) => {
            let problem = "the line is JSON, but no object; write {\"url\":\"https://...\"}";
            return Err(Unread::new(line, Problem(problem.to_owned())));
        }
        Err(error) => return Err(Unread::new(line, syntax(line, &error))),
    };
    let id = fields.remove("id");
    let shown = fields.get("url").and_then(Value::as_str);
    let shown = shown.map(target::without_credentials);
    item(line, &fields)
        .map(|item| Item {
            id: id.clone(),
            ..item
        })
        .map_err(|problem| Unread {
            line,
            id,
            shown,
            problem,
        })
}

fn syntax(line: u64, error: &serde_json::Error) -> Problem {
    let text = error.to_string();
    // It counts lines from the beginning of this one.
    let what = text.split(" at line ").next().unwrap_or_default();
    Problem(format!(
        "line {line}, column {}: not JSON: {what}",
        error.column()
    ))
}

fn item(line: u64, fields: &Map<String, Value>) -> Result<Item, Problem> {
    if let Some(unknown) = fields.keys().find(|name| !FIELDS.contains(&name.as_str())) {
        let hint = suggest(unknown, &FIELDS);
        let unknown: String = unknown.chars().take(40).collect();
        return Err(Problem(format!(
            "unknown field `{}`; {hint}",
            unknown.escape_debug()
        )));
    }
    let url = fields.get("url").and_then(Value::as_str);
    let url = url.ok_or_else(|| Problem("`url` is missing, or no text".to_owned()))?;
    let target = target::parse(url)?;
    let mut headers = fields::headers(fields.get("headers"))?;
    target.authorize(&mut headers);
    let has_own_headers = !headers.is_empty();
    let body = body(fields.get("body"), &mut headers)?;
    Ok(Item {
        line,
        id: None,
        shown: target.shown,
        url: target.url,
        method: fields::method(fields.get("method"), body.is_some())?,
        headers,
        has_own_headers,
        body: body.unwrap_or_default(),
        priority: fields::priority(fields.get("priority"))?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use http::{HeaderMap, HeaderValue, Method, header};

    #[track_caller]
    fn problem(text: &str) -> String {
        parse(7, text).unwrap_err().problem.to_string()
    }

    #[test]
    fn everything_can_be_said() {
        let text = r#"{"url":"http://a.example/x","method":"put","headers":{"X-A":"1","x-b":["2","3"]},
            "body":"hello","priority":0,"id":["any",1]}"#;
        let item = parse(1, text).unwrap();
        assert_eq!(
            (item.method, item.body),
            (Method::PUT, Bytes::from("hello"))
        );
        assert_eq!(item.headers["x-a"], "1");
        assert_eq!(item.headers.get_all("x-b").iter().count(), 2);
        assert!(!item.headers.contains_key(header::CONTENT_TYPE));
        assert_eq!(item.priority, Some(0));
        assert_eq!(item.id, Some(serde_json::json!(["any", 1])));
    }

    #[test]
    fn a_body_that_is_no_text_is_sent_as_json_and_posted() {
        let item = parse(1, r#"{"url":"http://a.example","body":{"b": [1, null]}}"#).unwrap();
        assert_eq!(
            (item.method, item.body),
            (Method::POST, Bytes::from(r#"{"b":[1,null]}"#))
        );
        assert_eq!(item.headers[header::CONTENT_TYPE], "application/json");
        let own =
            r#"{"url":"http://a.example","body":[],"headers":{"content-type":"application/x"}}"#;
        let item = parse(1, own).unwrap();
        assert_eq!(
            item.headers[header::CONTENT_TYPE],
            HeaderValue::from_static("application/x")
        );
        let none = parse(1, r#"{"url":"http://a.example","body":null}"#).unwrap();
        assert_eq!((none.method, none.headers), (Method::GET, HeaderMap::new()));
    }

    #[test]
    fn what_is_no_json_is_said_with_line_and_column() {
        assert_eq!(
            problem(r#"{"url" "x"}"#),
            "line 7, column 8: not JSON: expected `:`"
        );
        assert!(problem(r#"["http://a.example"]"#).contains("no object"));
    }

    #[test]
    fn a_field_that_is_not_known_is_said_with_what_was_meant() {
        let text = r#"{"url":"http://a.example","metod":"GET"}"#;
        assert_eq!(
            problem(text),
            "unknown field `metod`; did you mean `method`?"
        );
        assert!(problem(r#"{"link":"http://a.example"}"#).contains("expected `url`"));
    }

    #[test]
    fn no_message_repeats_a_value() {
        for text in [
            r#"{"url":"http://me:hunter2@"}"#,
            r#"{"url":"http://a.example","headers":"hunter2"}"#,
            r#"{"url":"http://a.example","headers":{"authorization":{"hunter2":1}}}"#,
            r#"{"url":"http://a.example","headers":{"x":"hunter2\n"}}"#,
            r#"{"url":"http://a.example","headers":{"hunter2 hunter2":"x"}}"#,
            r#"{"url":"http://a.example","method":"hunter2 2"}"#,
            r#"{"url":"http://a.example","priority":"hunter2"}"#,
            r#"{"url":["hunter2"]}"#,
            r#"{"url":"hunter2}"#,
        ] {
            let unread = parse(7, text).unwrap_err();
            let said = format!("{} {:?}", unread.problem, unread.shown);
            assert!(!said.contains("hunter2"), "{said}");
        }
    }

    #[test]
    fn the_caller_is_told_which_one_it_was() {
        let unread = parse(7, r#"{"url":"ftp://a.example/x","id":5}"#).unwrap_err();
        assert_eq!(unread.id, Some(5.into()));
        assert_eq!(unread.shown.as_deref(), Some("ftp://a.example/x"));
    }
}
