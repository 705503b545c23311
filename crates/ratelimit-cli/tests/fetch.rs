//! Many requests at once, over the wire.

#![allow(clippy::unwrap_used)] // A call that fails is a test that fails.

mod common;

use common::fetch::{fetch, results};
use common::{Gateway, policy_file, recording_upstream, upstream};
use serde_json::json;
use std::collections::BTreeSet;

fn open() -> Gateway {
    Gateway::enforcing(
        r#"
version = 1
[caller]
anonymous = "by-address:guest"
[plans.guest]
policies = [{ name = "minute", algorithm = "token-bucket", quota = "6000/1m" }]
"#,
        None,
    )
}

fn tight() -> Gateway {
    Gateway::enforcing(
        r#"
version = 1
[caller]
anonymous = "by-address:guest"
[plans.guest]
policies = [{ name = "second", algorithm = "sliding-log", quota = "10/1s" }]
"#,
        None,
    )
}

fn urls(gateway: &Gateway, count: u32) -> String {
    let url = |n| format!("http://{}/items/{n}\n", gateway.address);
    (1..=count).map(url).collect()
}

#[test]
fn thirty_items_are_thirty_results() {
    let gateway = open();
    let fetched = fetch(&[], &urls(&gateway, 30));
    assert_eq!(fetched.code, Some(0), "{}", fetched.stderr);
    assert_eq!(fetched.results.len(), 30);
    for n in 1..=30 {
        let result = fetched.line(n);
        assert_eq!(result["status"], 200);
        assert_eq!(
            result["url"],
            format!("http://{}/items/{n}", gateway.address)
        );
        let body = result["body"].as_str().unwrap();
        assert!(body.contains(&format!("\"path\":\"/items/{n}\"")), "{body}");
        assert_eq!((&result["tries"], result.get("error")), (&json!(1), None));
        assert!(result["waited_ms"].is_u64());
    }
    // No terminal, no bar: plain text without control characters.
    let said = &fetched.stderr;
    assert!(
        said.contains("30 ok, 0 failed\n30 requests sent, 0 refused"),
        "{said}"
    );
    assert!(!said.contains('\u{1b}') && !said.contains('\r'), "{said}");
}

#[test]
fn a_file_is_read_and_another_written() {
    let gateway = open();
    let input = policy_file(&format!("# a remark\n\n{}", urls(&gateway, 3)));
    let output = policy_file("what was there before");
    let (from, to) = (input.to_str().unwrap(), output.to_str().unwrap());
    let fetched = fetch(&["--input", from, "--output", to, "--quiet"], "");
    assert_eq!((fetched.code, fetched.stderr.as_str()), (Some(0), ""));
    assert!(fetched.results.is_empty());
    let lines: BTreeSet<_> = results(&std::fs::read_to_string(output).unwrap())
        .into_iter()
        .map(|result| result["line"].as_u64().unwrap())
        .collect();
    assert_eq!(lines, BTreeSet::from([3, 4, 5]));
}

#[test]
fn one_that_fails_loses_no_other() {
    let gateway = open();
    let at = gateway.address;
    let input = format!(
        "http://{at}/1\nno url\nhttp://127.0.0.1:1/2\n{{\"url\":\"http://{at}/3\",\"id\":\"three\"}}\n\
         {{\"url\" 4}}\nhttp://{at}/5?status=404\n{{\"url\":\"http://{at}/6\",\"metod\":\"GET\",\"id\":6}}\n\
         ftp://{at}/7\nhttp://no-such-host.invalid/8\nhttp://{at}/9\n"
    );
    let fetched = fetch(&["--tries", "2"], &input);
    assert_eq!(fetched.code, Some(1), "{}", fetched.stderr);
    assert_eq!(fetched.results.len(), 10);
    for line in [1, 4, 10] {
        assert_eq!(fetched.line(line)["status"], 200);
    }
    assert_eq!(fetched.line(4)["id"], "three");
    assert!(fetched.error(2).contains("begins with https://"));
    assert!(fetched.error(3).contains("cannot connect"));
    assert_eq!(fetched.line(3)["tries"], 2);
    assert_eq!(fetched.error(5), "line 5, column 8: not JSON: expected `:`");
    assert_eq!(fetched.line(6)["status"], 404);
    assert!(fetched.error(7).contains("did you mean `method`?"));
    assert_eq!(fetched.line(7)["id"], 6);
    assert!(fetched.error(8).contains("https:// or http://"));
    assert!(fetched.error(9).contains("cannot connect"));
    let said = &fetched.stderr;
    assert!(
        said.contains("10 items")
            && said.contains("3 ok, 7 failed (1 x 404, 2 x no answer, 4 x not sent)"),
        "{said}"
    );
    // Which of them is the first depends on how quick they are.
    assert!(said.contains("the first error, of line "), "{said}");
}

#[test]
fn a_limit_of_the_server_is_kept_to_or_waited_for() {
    let gateway = tight();
    let fetched = fetch(&["--concurrency", "30"], &urls(&gateway, 30));
    assert_eq!(fetched.code, Some(0), "{}", fetched.stderr);
    assert_eq!(fetched.statuses(), [200; 30]);
    let waited = fetched
        .results
        .iter()
        .filter(|result| result["waited_ms"].as_u64() >= Some(500));
    assert!(waited.count() >= 10, "{:?}", fetched.results);
}

#[test]
fn what_was_refused_is_sent_again_when_the_server_says_so() {
    // The first answer on each connection is a refusal, and the connection is closed.
    let count = std::sync::Arc::new(std::sync::atomic::AtomicU32::new(0));
    let address = upstream(move |mut wire| {
        wire.head();
        let first = count.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 0;
        let head = match first {
            true => "429 Too Many Requests\r\nretry-after: 1",
            false => "200 OK",
        };
        wire.send(&format!(
            "HTTP/1.1 {head}\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok"
        ));
    });
    let post = format!("{{\"url\":\"http://{address}/\",\"method\":\"POST\"}}\n");
    let fetched = fetch(&[], &post);
    assert_eq!(fetched.code, Some(0), "{}", fetched.stderr);
    let result = fetched.line(1);
    assert_eq!(
        (&result["status"], &result["tries"]),
        (&json!(200), &json!(2))
    );
    assert!(result["waited_ms"].as_u64() >= Some(1000), "{result}");
    assert!(
        fetched
            .stderr
            .contains("2 requests sent, 1 refused with 429 (50.0 %), 1 retry")
    );
}

#[test]
fn a_rate_of_ones_own_is_an_upper_bound() {
    let gateway = open();
    let fetched = fetch(&["--rate", "4/1s;burst=1"], &urls(&gateway, 4));
    assert_eq!(fetched.code, Some(0), "{}", fetched.stderr);
    let longest = fetched
        .results
        .iter()
        .filter_map(|result| result["waited_ms"].as_u64())
        .max();
    assert!(longest >= Some(700), "{longest:?}");
}

#[test]
fn of_those_that_wait_the_urgent_goes_first() {
    let (address, requests) = recording_upstream();
    let item = |path, priority| {
        format!("{{\"url\":\"http://{address}/{path}\",\"priority\":{priority}}}\n")
    };
    let input = item("first", 3) + &item("later", 3) + &item("urgent", 0);
    let fetched = fetch(&["--rate", "2/1s;burst=1"], &input);
    assert_eq!(fetched.code, Some(0), "{}", fetched.stderr);
    let paths: Vec<_> = requests
        .iter()
        .take(3)
        .map(|request| request.body)
        .collect();
    let expected = ["first", "urgent", "later"].map(|path| format!("GET /{path} HTTP/1.1\n"));
    assert_eq!(paths, expected);
}

#[test]
fn who_would_have_to_wait_for_too_long_fails_at_once_and_says_when() {
    let gateway = open();
    let fetched = fetch(&["--rate", "1/1h", "--max-wait", "1s"], &urls(&gateway, 3));
    assert_eq!(fetched.code, Some(1));
    assert_eq!(fetched.statuses(), [200]);
    let errors = fetched
        .results
        .iter()
        .filter_map(|result| result["error"].as_str());
    let errors: Vec<_> = errors.collect();
    assert_eq!(errors.len(), 2);
    assert!(
        errors
            .iter()
            .all(|error| error.contains("--max-wait") && error.contains("could go in 59 min")),
        "{errors:?}"
    );
}

#[test]
fn what_an_item_says_arrives() {
    let (address, requests) = recording_upstream();
    let item = json!({
        "url": format!("http://me:p%40ss@{address}/x?y=1#z"),
        "method": "put",
        "headers": { "X-Own": "item", "x-two": ["1"] },
        "body": { "name": "ant" },
        "priority": 0,
    });
    let fetched = fetch(
        &["-H", "X-Own: all", "--header", "X-All: yes"],
        &item.to_string(),
    );
    assert_eq!(fetched.code, Some(0), "{}", fetched.stderr);
    assert_eq!(fetched.line(1)["url"], format!("http://{address}/x?y=1#z"));
    let request = requests.recv().unwrap();
    assert_eq!(request.body, "PUT /x?y=1 HTTP/1.1\n{\"name\":\"ant\"}");
    assert_eq!(request.header("content-type"), "application/json");
    assert_eq!(request.header("x-own"), "item");
    assert_eq!(request.header("x-all"), "yes");
    assert_eq!(request.header("authorization"), "Basic bWU6cEBzcw==");
    assert!(request.header("user-agent").starts_with("ratelimit/"));
    let ours = request
        .headers
        .keys()
        .find(|name| name.starts_with("ratelimit"));
    assert_eq!(ours, None);
}

#[test]
fn redirects_are_followed_and_keep_secrets_to_their_host() {
    let (there, requests) = recording_upstream();
    let here = upstream(move |mut wire| {
        let request = wire.head();
        assert_eq!(request.header("x-key"), "secret");
        let to = match request.body.as_str() {
            "GET /1 HTTP/1.1" => "/2".to_owned(),
            _ => format!("http://{there}/3"),
        };
        wire.send(&format!(
            "HTTP/1.1 302 Found\r\nlocation: {to}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
        ));
    });
    let url = format!("http://{here}/1\n");
    let fetched = fetch(&["-H", "X-Key: secret"], &url);
    assert_eq!(fetched.code, Some(0), "{}", fetched.stderr);
    let result = fetched.line(1);
    assert_eq!(result["final_url"], format!("http://{there}/3"));
    assert_eq!(
        (&result["status"], &result["tries"]),
        (&json!(200), &json!(3))
    );
    assert!(!requests.recv().unwrap().has("x-key"));
    assert!(
        fetched.stderr.contains("0 retries, 2 redirects"),
        "{}",
        fetched.stderr
    );

    let fetched = fetch(&["-H", "X-Key: secret", "--max-redirects", "1"], &url);
    assert_eq!(fetched.code, Some(1));
    assert!(fetched.error(1).contains("more than 1 redirects"));
    let fetched = fetch(&["-H", "X-Key: secret", "--max-redirects", "0"], &url);
    assert_eq!(
        (fetched.code, &fetched.line(1)["status"]),
        (Some(0), &json!(302))
    );
}

#[test]
fn a_body_is_whole_or_it_is_none() {
    let address = upstream(|mut wire| {
        let request = wire.head();
        let body = match request.body.split(' ').nth(1) {
            Some("/odd") => "content-length: 2\r\n\r\n\u{0}\u{1f}",
            Some("/short") => "content-length: 20\r\n\r\nshort",
            Some("/long") => "content-length: 20\r\n\r\n01234567890123456789",
            _ => "content-length: 0\r\n\r\n",
        };
        wire.send(&format!("HTTP/1.1 200 OK\r\nconnection: close\r\n{body}"));
    });
    let input = format!(
        "http://{address}/odd\nhttp://{address}/short\nhttp://{address}/long\nhttp://{address}/\n"
    );
    let fetched = fetch(&["--max-body", "10", "--tries", "2"], &input);
    assert_eq!(fetched.code, Some(1));
    assert_eq!(fetched.line(1)["body"], "\u{0}\u{1f}");
    // What breaks off is sent again, what is too long is not.
    assert!(
        fetched.error(2).contains("longer than 10"),
        "{}",
        fetched.error(2)
    );
    assert!(
        fetched
            .error(3)
            .contains("longer than 10 bytes (--max-body allows more)")
    );
    assert_eq!(fetched.line(3)["tries"], 1);
    assert_eq!(fetched.line(4)["body"], "");

    let fetched = fetch(&["--tries", "2"], &format!("http://{address}/short\n"));
    assert!(
        fetched.error(1).contains("the connection failed"),
        "{}",
        fetched.error(1)
    );
    assert_eq!(fetched.line(1)["tries"], 2);
}

#[test]
fn a_server_that_says_nothing_is_given_up() {
    let address = upstream(|mut wire| {
        wire.head();
        wire.until_closed();
    });
    let fetched = fetch(
        &["--timeout", "200ms", "--tries", "1"],
        &format!("http://{address}/\n"),
    );
    assert_eq!(fetched.code, Some(1));
    assert_eq!(
        fetched.error(1),
        "no answer within 200ms (--timeout gives more)"
    );
}

#[test]
fn nothing_to_fetch_is_no_failure() {
    let fetched = fetch(&["--input", "-"], "# nothing\n\n");
    assert_eq!((fetched.code, fetched.results.len()), (Some(0), 0));
    assert!(
        fetched.stderr.starts_with("0 items in "),
        "{}",
        fetched.stderr
    );
}
