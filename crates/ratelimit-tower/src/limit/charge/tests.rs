//! Numbers are found in bodies as they pass, whatever is in them and wherever they are cut.

use http::{HeaderMap, HeaderName, StatusCode};
use ratelimit_core::Outcome;

use super::field::{Path, Scanner};
use super::media::Media;
use super::{Charge, Due};

/// What is found when the body comes in pieces of this size.
fn found_in_pieces(path: &str, media: Media, text: &[u8], size: usize) -> Option<u32> {
    let mut scanner = Scanner::new(Path::new(path), media);
    text.chunks(size).for_each(|piece| scanner.read(piece));
    scanner.end();
    scanner.found()
}

/// What is found when the text comes in pieces of each size.
#[track_caller]
fn finds(path: &str, media: Media, text: &str, expected: Option<u32>) {
    let text = text.as_bytes();
    let begin = String::from_utf8_lossy(&text[..text.len().min(200)]);
    for size in [1, 2, 3, 7, 64, 4_000, text.len().max(1)] {
        let found = found_in_pieces(path, media, text, size);
        assert_eq!(found, expected, "{begin} in pieces of {size}");
    }
}

#[track_caller]
fn json(text: &str, expected: Option<u32>) {
    finds("n", Media::Json, text, expected);
}

#[track_caller]
fn events(text: &str, expected: Option<u32>) {
    finds("n", Media::Events, text, expected);
}

#[test]
fn a_number_is_found_where_the_path_leads() {
    let json = |text, expected| finds("usage.total_tokens", Media::Json, text, expected);
    json(r#"{"usage":{"total_tokens":42}}"#, Some(42));
    json(
        r#" {"a":[{"usage":{"total_tokens":1}}],"usage":{"x":{},"total_tokens" : 7 , "y":[1]}} "#,
        Some(7),
    );
    json(
        r#"{"usage":{"total_tokens":1},"usage":{"total_tokens":2}}"#,
        Some(2),
    );
    json(r#"{"u\u0073age":{"total_tokens":3}}"#, Some(3));
}

#[test]
fn a_number_elsewhere_is_another() {
    let json = |text, expected| finds("usage.total_tokens", Media::Json, text, expected);
    json(r#"{"total_tokens":1}"#, None);
    json(r#"{"usage":[{"total_tokens":1}]}"#, None);
    json(r#"[{"usage":{"total_tokens":1}}]"#, None);
    json(r#"{"usage":{"in":{"total_tokens":1}}}"#, None);
    json(
        r#"{"x":{"usage":{"total_tokens":1}},"total_tokens":2}"#,
        None,
    );
    json(r#"{"usage":{"total_tokens":"9"}}"#, None);
    json(r#"{"usage":{"total_tokens":9.5}}"#, None);
    json(r#"{"usage":{"total_tokens":-9}}"#, None);
    json(r#"{"usage":{"total_tokens":99999999999}}"#, Some(u32::MAX));
    json(r#"{"usage":{},"x":{"total_tokens":9}}"#, None);
    json(r#"{"usage":9,"total_tokens":9}"#, None);
    json(r#"{"usage":{"total_tokens":{"total_tokens":9}}}"#, None);
    json(
        r#"{"usage":{"total_tokens":1,"total_tokens":null}}"#,
        Some(1),
    );
}

#[test]
fn a_number_is_whole_and_saturates() {
    for (number, expected) in [
        ("5", Some(5)),
        ("0", Some(0)),
        ("4294967295", Some(u32::MAX)),
        ("4294967296", Some(u32::MAX)),
        ("18446744073709551616", Some(u32::MAX)),
        ("9.5", None),
        ("-9", None),
        ("-0", None),
        ("1e3", None),
        ("0.0", None),
        ("\"9\"", None),
        ("null", None),
        ("true", None),
    ] {
        json(&format!("{{\"n\":{number}}}"), expected);
        json(&format!("{{\"n\": {number} ,\"x\":1}}"), expected);
    }
    json(
        &format!("{{\"n\":{}}}", "9".repeat(100_000)),
        Some(u32::MAX),
    );
}

#[test]
fn what_is_no_json_says_nothing() {
    let cases = r#"{ | nothing | {"n":5 | {"n":5}} | {"n":5,} | {"n":5} x | {"n":5}{"n":5} | {"n" 5}
        | {n:5} | {"n":5 "x":1} | {"n":5,"x":[1,]} | {"n":5,"x":[,1]} | {"n":5,"x":[1 2]} | {"n":5]
        | {"n":5,"x":[1}} | {"n":5,"x":nul} | {"n":5,"x":nulll} | {"n":5,"x":True} | {"n":5,"x":+1}
        | {"n":5,"x":1.} | {"n":5,"x":1e} | {"n":5,"x":-} | {"n":05} | {"n":5,"x":"\x"} | {"n":5.}
        | {"n":5,"x":"\u12g4"} | {"n":5,,"x":1} | {"n":5,1:2} | {"n":5,"x"} | ["n":5] | {"n":5,"x":"
        | {"n"::5} | {,"n":5} | nul | [1,] | ] | } | , | : | "n":5 | 'n' | {"n":5,"x":.5}"#;
    cases.split('|').for_each(|text| json(text, None));
    json("", None);
    json("\0", None);
    json("{\"n\":5,\"x\":\"\n\"}", None);
    let mut scanner = Scanner::new(Path::new("n"), Media::Json);
    scanner.read(br#"{"n":5, "x":[1,2"#);
    assert_eq!(scanner.found(), Some(5), "what breaks off has said it");
    scanner.read(b"}");
    assert_eq!(scanner.found(), None, "what is no JSON has not");
}

#[test]
fn what_is_nested_too_deep_says_nothing() {
    let nested = |depth: usize, open: &str, close: &str| {
        let (open, close) = (open.repeat(depth - 1), close.repeat(depth - 1));
        format!("{{\"n\":5,\"x\":{open}1{close}}}")
    };
    for (open, close) in [("[", "]"), ("{\"n\":", "}"), ("{\"a\":", "}")] {
        json(&nested(128, open, close), Some(5));
        json(&nested(129, open, close), None);
        json(&nested(200, open, close), None);
    }
    json(&"[".repeat(100_000), None);
}

#[test]
fn a_path_may_be_longer_than_anything_is_deep() {
    let path = ["n"; 127].join(".");
    let text = |depth| format!("{}5{}", "{\"n\":".repeat(depth), "}".repeat(depth));
    finds(&path, Media::Json, &text(127), Some(5));
    finds(&path, Media::Json, &text(126), None);
    finds(&path, Media::Json, &text(128), None);
    finds(&["n"; 300].join("."), Media::Json, &text(300), None);
}

#[test]
fn keys_are_compared_as_what_they_mean() {
    let key = |path: &str, key: &str, expected| {
        finds(path, Media::Json, &format!("{{\"{key}\":5}}"), expected);
    };
    key("n", r"\u006e", Some(5));
    key("n", r"\u006E", Some(5));
    key("n", r"\u006f", None);
    key("n", "", None);
    key("n", "nn", None);
    key("nn", "n", None);
    key("n", &"n".repeat(100_000), None);
    key(&"n".repeat(70_000), &"n".repeat(70_000), Some(5));
    key("a/\"\\\n\t\r\u{8}\u{c}", r#"a\/\"\\\n\t\r\b\f"#, Some(5));
    key("größe", "größe", Some(5));
    key("größe", r"gr\u00f6\u00DFe", Some(5));
    key("größe", "grösse", None);
    key("n", r"\ud83d\ude00", None);
    key("n", r"n\ud83d", None);
    key("😀", "😀", Some(5));
    key("n", " n", None);
}

#[test]
fn texts_are_passed_over_however_long_they_are() {
    let long = "x".repeat(1_000_000);
    json(&format!(r#"{{"text":"{long}","n":5}}"#), Some(5));
    json(&format!(r#"{{"{long}":"\"n\":1","n":5}}"#), Some(5));
    let quoted = r#"\",\"n\":7,\\"#.repeat(10_000);
    json(&format!(r#"{{"text":"{quoted}","n":5}}"#), Some(5));
    let many: String = (0..20_000).map(|i| format!("\"k{i}\":[1,2],")).collect();
    json(&format!("{{{many}\"n\":5}}"), Some(5));
    let spaces = " ".repeat(100_000);
    json(
        &format!("{{{spaces}\"n\"{spaces}:{spaces}5{spaces}}}{spaces}"),
        Some(5),
    );
}

#[test]
fn a_mark_at_the_beginning_is_passed_over() {
    json("\u{feff}{\"n\":5}", Some(5));
    json("\u{feff}\u{feff}{\"n\":5}", None);
    json("{\u{feff}\"n\":5}", None);
    events("\u{feff}data:{\"n\":5}\n\n", Some(5));
    events("\u{feff}\u{feff}data:{\"n\":5}\n\n", None);
    events("\ndata:{\"n\":5}\n\u{feff}data:{\"n\":6}\n\n", Some(5));
    // What only looks like one is a line of another name.
    let half = b"\xEF\xBBdata:{\"n\":5}\ndata:{\"n\":6}\n\n";
    for size in 1..half.len() {
        let found = found_in_pieces("n", Media::Events, half, size);
        assert_eq!(found, Some(6), "in pieces of {size}");
    }
}

#[test]
fn of_a_stream_of_events_the_last_one_that_says_it_counts() {
    let stream = concat!(
        "event: message\n",
        "data: {\"usage\":null}\n\n",
        "data: {\"usage\":{\"total\":3}}\r\n\r\n",
        ": a comment\n",
        "data:{\"usage\":{\"total\":8}}\n\n",
        "data: {\"done\":true}\n\n",
        "data: [DONE]\n\n",
    );
    for end in ["\n", "\r", "\r\n"] {
        let stream = stream.replace("\r\n", "\n").replace('\n', end);
        finds("usage.total", Media::Events, &stream, Some(8));
    }
    finds("usage.total", Media::Events, stream, Some(8));
}

#[test]
fn an_event_has_one_text_in_all_its_lines_of_data() {
    events(
        "data:{\ndata:  \"n\":\nid: 7\n: {\ndata\ndata: 5\ndata:}\n\n",
        Some(5),
    );
    events("data:{\r\rdata:\"n\":5}\r\r", None);
    events(
        "data:{\"n\":1}\n\ndata:{\"n\":2}\ndata:{\"n\":3}\n\n",
        Some(1),
    );
    events("data:{\"n\":1}\n\ndata:{\"n\":2\n\n", Some(1));
    events("data:{\"n\":1\ndata:2}\n\n", None);
    events("data:{\"n\ndata:\":2}\n\n", None);
    for other in [" data", "dat", "datas", "Data", "data ", "id", "", "xdata"] {
        events(&format!("{other}:{{\"n\":5}}\n\n"), None);
    }
    events("\n\n\r\r\n\ndata: {\"n\":5}\n\n\n\n", Some(5));
    let long = "x".repeat(100_000);
    events(
        &format!(":{long}\n{long}\ndata:{{\"x\":\"{long}\",\"n\":5}}\n\n"),
        Some(5),
    );
}

#[test]
fn of_the_last_event_all_lines_that_have_ended_count() {
    events("data: {\"n\":5}", None);
    events("data: {\"n\":5", None);
    for end in [
        "\n",
        "\r",
        "\r\n",
        "\n\n",
        "\nid: 7",
        "\ndata:",
        "\ndata: x",
    ] {
        events(&format!("data: {{\"n\":5}}{end}"), Some(5));
    }
    events("data: {\"n\":5}\ndata: x\n", None);
    events("data: {\"n\":5}\n\ndata: {\"n\":6}", Some(5));
    events("data: {\"n\":5}\n\ndata: {\"n\":6}\n", Some(6));
}

#[test]
fn a_member_without_a_name_is_refused() {
    for path in ["", ".", "a.", ".a", "a..b"] {
        let charge = std::panic::catch_unwind(|| Charge::by_field(path));
        assert!(charge.is_err(), "{path}");
    }
}

/// What a response with these values of the header is charged.
fn by_header(values: &[&str]) -> Outcome {
    let name = HeaderName::from_static("x-used");
    let mut headers = HeaderMap::new();
    for value in values {
        headers.append(&name, value.parse().unwrap());
    }
    match Charge::by_header(name).due(StatusCode::OK, &headers) {
        Due::Now(outcome) => outcome,
        _ => unreachable!("the head says all"),
    }
}

#[test]
fn a_header_says_a_whole_number_once_or_the_estimate_stands() {
    assert_eq!(by_header(&["7"]), Outcome::Actual(7));
    assert_eq!(by_header(&["0"]), Outcome::Actual(0));
    assert_eq!(by_header(&["4294967296"]), Outcome::Actual(u32::MAX));
    assert_eq!(
        by_header(&["99999999999999999999999"]),
        Outcome::Actual(u32::MAX)
    );
    for values in [
        &["+7"][..],
        &["-7"],
        &["7.0"],
        &[""],
        &["7, 7"],
        &["7", "7"],
        &[],
    ] {
        assert_eq!(by_header(values), Outcome::Keep, "{values:?}");
    }
}

#[test]
fn bytes_of_any_kind_do_no_harm() {
    let mut random = fastrand::Rng::with_seed(42);
    for _ in 0..20_000 {
        let length = random.usize(..60);
        let any = |_| match random.u8(..3) {
            0 => random.u8(..),
            _ => *random.choice(b"{}[]:,\"\\ 019-.eu\r\ndata:null").unwrap(),
        };
        let text: Vec<u8> = (0..length).map(any).collect();
        for media in [Media::Json, Media::Events] {
            let whole = found_in_pieces("n", media, &text, 60);
            for size in [1, 2, 5] {
                assert_eq!(found_in_pieces("n", media, &text, size), whole, "{text:?}");
            }
        }
    }
}
