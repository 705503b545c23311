//! How a fetch ends before its end.

#![cfg(unix)]
#![allow(clippy::unwrap_used)] // A call that fails is a test that fails.
#![allow(
    clippy::disallowed_methods,
    reason = "another process is waited for, and it has no other clock"
)]

mod common;

use common::fetch::{Fetched, begin, command, fetch};
use common::{Gateway, PATIENCE, policy_file, upstream};
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::SocketAddr;
use std::process::{Child, Command};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

fn signal(child: &Child, signal: &str) {
    let pid = child.id().to_string();
    let status = Command::new("kill").args([signal, &pid]).status().unwrap();
    assert!(status.success());
}

/// A server that answers at once, but `/slow` after 700 ms and `/never` not at all; and how many requests
/// it got.
fn server() -> (SocketAddr, Arc<AtomicU32>) {
    let count = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&count);
    let address = upstream(move |mut wire| {
        let request = wire.head();
        counted.fetch_add(1, Ordering::SeqCst);
        match request.body.split(' ').nth(1) {
            Some("/slow") => std::thread::sleep(Duration::from_millis(700)),
            Some("/never") => wire.until_closed(),
            _ => {}
        }
        wire.send("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok");
    });
    (address, count)
}

/// The first signal is heard when that is said.
fn until_asked_again(stderr: &mut impl BufRead) -> String {
    let mut said = String::new();
    while !said.contains("again to break it off") {
        assert_ne!(stderr.read_line(&mut said).unwrap(), 0, "{said}");
    }
    said
}

fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < PATIENCE, "{what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn ctrl_c_lets_what_is_on_the_wire_finish_and_reports_all_others() {
    let (at, count) = server();
    let quick = format!("http://{at}/quick\n");
    let (slow, rest) = (format!("http://{at}/slow\n"), quick.repeat(19));
    let file = policy_file(&format!("{quick}{slow}{rest}"));
    let input = [
        "--input",
        file.to_str().unwrap(),
        "-c",
        "2",
        "--rate",
        "2/1h",
    ];
    let child = begin(&input, "");
    // The rate lets two go; the others wait for half an hour.
    wait_until("two are sent", || count.load(Ordering::SeqCst) == 2);
    signal(&child, "-INT");
    let fetched = Fetched::of(child.wait_with_output().unwrap());
    assert_eq!(fetched.code, Some(130), "{}", fetched.stderr);
    let lines: BTreeSet<_> = fetched
        .results
        .iter()
        .map(|result| result["line"].as_u64())
        .collect();
    assert_eq!((fetched.results.len(), lines.len()), (21, 21));
    assert_eq!(fetched.line(2)["status"], 200, "{}", fetched.stderr);
    assert_eq!(fetched.error(21), "cancelled");
    assert_eq!(fetched.line(21)["tries"], 0);
    assert_eq!(count.load(Ordering::SeqCst), 2);
    let said = &fetched.stderr;
    assert!(said.contains("press Ctrl-C again"), "{said}");
    assert!(said.contains("2 ok, 0 failed, 19 cancelled"), "{said}");
    assert!(
        said.contains("to go on, give the same command line again, and --resume RESULTS"),
        "{said}"
    );
}

#[test]
fn a_second_ctrl_c_breaks_off_what_is_on_the_wire() {
    let (at, count) = server();
    let mut child = begin(&[], &format!("http://{at}/never\n"));
    wait_until("it is sent", || count.load(Ordering::SeqCst) == 1);
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    signal(&child, "-INT");
    let mut said = until_asked_again(&mut stderr);
    let began = Instant::now();
    signal(&child, "-INT");
    stderr.read_to_string(&mut said).unwrap();
    let fetched = Fetched::of(child.wait_with_output().unwrap());
    assert!(
        began.elapsed() < Duration::from_secs(4),
        "it was waited for"
    );
    assert_eq!(fetched.code, Some(130), "{said}");
    assert_eq!(
        (fetched.error(1), &fetched.line(1)["tries"]),
        ("cancelled", &1.into())
    );
}

#[test]
fn who_reads_no_results_ends_the_fetch() {
    let (at, count) = server();
    // By the first result it is known how many there are.
    let rest = format!("http://{at}/\n").repeat(4999);
    let input = policy_file(&format!("http://{at}/slow\n{rest}"));
    let mut child = command(&["--input", input.to_str().unwrap(), "-c", "1"])
        .spawn()
        .unwrap();
    let mut results = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    results.read_line(&mut line).unwrap();
    assert!(line.contains("\"status\":200"));
    drop(results);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    // Nothing else is said.
    assert_eq!(said.lines().count(), 1, "{said}");
    let undone = said.strip_prefix("results are not read any more; ");
    let undone = undone.and_then(|rest| rest.strip_suffix(" of 5000 items were not done\n"));
    let undone: u32 = undone.unwrap_or_else(|| panic!("{said}")).parse().unwrap();
    assert!((4000..5000).contains(&undone), "{said}");
    assert!(count.load(Ordering::SeqCst) < 5000);
}

#[test]
fn an_input_without_end_does_not_keep_it_from_ending() {
    let (at, _) = server();
    let mut child = command(&[]).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let writing = std::thread::spawn(move || while writeln!(input, "http://{at}/").is_ok() {});
    let mut results = BufReader::new(child.stdout.take().unwrap());
    results.read_line(&mut String::new()).unwrap();
    drop(results);
    let output = child.wait_with_output().unwrap();
    writing.join().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    let said = said.strip_prefix("results are not read any more; of the items that were read, ");
    assert!(said.is_some_and(|said| said.ends_with(" were not done\n")));
}

#[cfg(target_os = "linux")]
#[test]
fn results_that_cannot_be_written_are_no_success() {
    let gateway = Gateway::start();
    let input = format!("http://{}/\n", gateway.address);
    let fetched = fetch(&["--output", "/dev/full"], &input);
    assert_eq!(fetched.code, Some(1));
    assert!(
        fetched.stderr.contains("cannot write results")
            && fetched.stderr.ends_with("; 1 of 1 items were not done\n"),
        "{}",
        fetched.stderr
    );
}

#[test]
fn results_are_there_while_the_input_goes_on() {
    let (at, _) = server();
    let mut child = command(&["--input", "-"]).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut results = BufReader::new(child.stdout.take().unwrap());
    for n in 1..=3 {
        writeln!(input, "http://{at}/{n}").unwrap();
        let mut line = String::new();
        results.read_line(&mut line).unwrap();
        assert!(line.contains(&format!("\"line\":{n}")), "{line}");
    }
    drop(input);
    assert!(child.wait().unwrap().success());
}

/// A server of which two hundred answers are more than any pipe takes, and how many requests it got.
fn talkative() -> (SocketAddr, Arc<AtomicU32>) {
    let count = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&count);
    let address = upstream(move |mut wire| {
        wire.head();
        counted.fetch_add(1, Ordering::SeqCst);
        let body = "x".repeat(65_536);
        wire.send(&format!(
            "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 65536\r\n\r\n{body}"
        ));
    });
    (address, count)
}

#[test]
fn who_reads_no_results_does_not_keep_it_from_ending_either() {
    let (address, count) = talkative();
    let input = policy_file(&format!("http://{address}/\n").repeat(200));
    let mut child = begin(&["--input", input.to_str().unwrap()], "");
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    wait_until("many are sent", || count.load(Ordering::SeqCst) >= 20);
    signal(&child, "-INT");
    until_asked_again(&mut stderr);
    signal(&child, "-INT");
    // What is in the pipe is not read before that.
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

#[test]
fn who_reads_results_slowly_holds_up_no_request_on_the_wire() {
    let (address, _) = talkative();
    let input = policy_file(&format!("http://{address}/\n").repeat(200));
    let args = [
        "--input",
        input.to_str().unwrap(),
        "--timeout",
        "1s",
        "--tries",
        "1",
    ];
    let mut child = command(&args).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(2500));
    let mut text = String::new();
    child
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    assert!(child.wait().unwrap().success(), "{}", text.len());
    assert_eq!(
        text.lines()
            .filter(|line| line.contains("\"status\":200"))
            .count(),
        200
    );
}

#[test]
fn how_it_goes_is_said_in_lines_where_there_is_no_terminal() {
    let (at, count) = server();
    let child = begin(
        &["--rate", "1/3s"],
        &format!("http://{at}/1\nhttp://{at}/2\n"),
    );
    let fetched = Fetched::of(child.wait_with_output().unwrap());
    assert_eq!(
        (fetched.code, count.load(Ordering::SeqCst)),
        (Some(0), 2),
        "{}",
        fetched.stderr
    );
    let line = fetched.stderr.lines().next().unwrap();
    assert!(
        line.starts_with("2 s | 1 of 2 done | ") && line.contains("| 429: 0 | 1 sent | 1 waiting"),
        "{line}"
    );
}
