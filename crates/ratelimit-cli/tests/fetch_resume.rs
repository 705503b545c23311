//! A fetch that goes on where another ended.

#![cfg(unix)]
#![allow(clippy::unwrap_used)] // A call that fails is a test that fails.
#![allow(
    clippy::disallowed_methods,
    reason = "another process is waited for, and it has no other clock"
)]

mod common;

use common::fetch::{Fetched, begin, command, results};
use common::{PATIENCE, policy_file, upstream};
use serde_json::Value;
use std::fs::{self, OpenOptions};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// A server that answers `/broken…` with 500 and `/stuck…` not at all, until it is well; and what it was asked for.
struct Server {
    address: SocketAddr,
    is_well: Arc<AtomicBool>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn start() -> Self {
        let (is_well, asked) = (Arc::new(AtomicBool::new(false)), Arc::default());
        let (well, seen) = (Arc::clone(&is_well), Arc::<Mutex<Vec<_>>>::clone(&asked));
        let address = upstream(move |mut wire| {
            let mut request = wire.head();
            let line = std::mem::take(&mut request.body);
            let (method, path) = line.split_once(' ').unwrap();
            let path = path.split(' ').next().unwrap().to_owned();
            let body = wire.body(&request);
            seen.lock().unwrap().push(format!("{method} {path} {body}"));
            let is_well = well.load(Ordering::SeqCst);
            if path.starts_with("/stuck") && !is_well {
                return wire.until_closed();
            }
            let status = match path.starts_with("/broken") && !is_well {
                true => "500 Broken",
                false => "200 OK",
            };
            wire.send(&format!(
                "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok"
            ));
        });
        Self {
            address,
            is_well,
            asked,
        }
    }

    fn heal(&self) {
        self.is_well.store(true, Ordering::SeqCst);
        self.asked.lock().unwrap().clear();
    }

    /// Items for these paths.
    fn urls(&self, paths: &[&str]) -> String {
        let url = |path: &&str| format!("http://{}{path}\n", self.address);
        paths.iter().map(url).collect()
    }

    /// What it was asked for since it is well.
    fn asked(&self) -> Vec<String> {
        let mut asked = self.asked.lock().unwrap().clone();
        asked.sort();
        asked
    }
}

/// A file for results that is not there yet.
fn no_file() -> PathBuf {
    let path = policy_file("");
    fs::remove_file(&path).unwrap();
    path
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn in_file(path: &Path) -> Vec<Value> {
    results(&fs::read_to_string(path).unwrap())
}

/// Line and status of each result, in the order of lines.
fn statuses(results: &[Value]) -> Vec<(u64, u64)> {
    let of = |result: &Value| {
        let status = result["status"].as_u64().unwrap_or(0);
        (result["line"].as_u64().unwrap(), status)
    };
    let mut all: Vec<_> = results.iter().map(of).collect();
    all.sort_unstable();
    all
}

/// Fetches these items into this file, after what is there.
fn go_on(file: &Path, input: &Path, more: &[&str]) -> Fetched {
    let file = text(file);
    let mut args = vec!["--input", text(input), "--output", file, "--resume", file];
    args.extend(["--tries", "1"]);
    args.extend(more);
    Fetched::of(begin(&args, "").wait_with_output().unwrap())
}

fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < PATIENCE, "{what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn all_that_did_not_succeed_is_fetched_whatever_was_wrong_with_it() {
    let (server, file) = (Server::start(), no_file());
    let nobody = "http://127.0.0.1:1/\n";
    let urls = server.urls(&["/1", "/broken", "/3"]) + nobody;
    let input = policy_file(&urls);
    // The file is not there; that is a beginning like any other.
    let first = go_on(&file, &input, &[]);
    assert_eq!(first.code, Some(1), "{}", first.stderr);
    assert_eq!(
        statuses(&in_file(&file)),
        [(1, 200), (2, 500), (3, 200), (4, 0)]
    );
    server.heal();
    fs::write(&input, urls.replace(nobody, &server.urls(&["/4"]))).unwrap();
    let second = go_on(&file, &input, &[]);
    assert_eq!(second.code, Some(0), "{}", second.stderr);
    assert_eq!(server.asked(), ["GET /4 ", "GET /broken "]);
    assert_eq!(statuses(&in_file(&file)[4..]), [(2, 200), (4, 200)]);
    assert!(
        second.stderr.contains("2 items done before"),
        "{}",
        second.stderr
    );
    // And there is nothing left.
    server.heal();
    let third = go_on(&file, &input, &[]);
    assert_eq!((third.code, server.asked().len()), (Some(0), 0));
}

#[test]
fn who_was_killed_goes_on() {
    let (server, file) = (Server::start(), no_file());
    let input = policy_file(&server.urls(&["/1", "/2", "/stuck", "/4", "/5"]));
    let args = ["--input", text(&input), "--output", text(&file), "-c", "1"];
    let mut child = begin(&args, "");
    wait_until("it is stuck", || {
        server.asked().contains(&"GET /stuck ".to_owned()) && in_file(&file).len() == 2
    });
    child.kill().unwrap();
    assert_eq!(child.wait().unwrap().code(), None);
    // It was just writing a result.
    let written = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("{written}{{\"line\":3,\"item\":\"01")).unwrap();
    server.heal();
    let fetched = go_on(&file, &input, &[]);
    assert_eq!(fetched.code, Some(0), "{}", fetched.stderr);
    assert_eq!(server.asked(), ["GET /4 ", "GET /5 ", "GET /stuck "]);
    // Each line of the file is a result.
    let lines: Vec<_> = (1..=5).map(|line| (line, 200)).collect();
    assert_eq!(statuses(&in_file(&file)), lines);
}

#[test]
fn the_same_item_twice_is_two_items_and_another_body_is_another_item() {
    let (server, file) = (Server::start(), no_file());
    let post = |path: &str, body: &str| {
        format!(
            "{{\"url\":\"http://{}{path}\",\"body\":\"{body}\"}}\n",
            server.address
        )
    };
    let same = server.urls(&["/same"]);
    let input = policy_file(&format!("{same}{}{same}{same}", post("/p", "a")));
    let fetched = go_on(&file, &input, &[]);
    assert_eq!(fetched.code, Some(0), "{}", fetched.stderr);
    // As if only line 3 had succeeded of those that are the same.
    let keep = |line: &&str| line.contains("\"line\":3") || line.contains("\"line\":2");
    let written = fs::read_to_string(&file).unwrap();
    let kept: Vec<_> = written.lines().filter(keep).collect();
    fs::write(&file, kept.join("\n")).unwrap();
    fs::write(&input, format!("{same}{}{same}{same}", post("/p", "b"))).unwrap();
    server.heal();
    let fetched = go_on(&file, &input, &[]);
    assert_eq!(server.asked(), ["GET /same ", "GET /same ", "POST /p b"]);
    assert_eq!(
        statuses(&in_file(&file)[2..]),
        [(1, 200), (2, 200), (4, 200)]
    );
    let said = "1 item done before, 1 result of before of no item in the input";
    assert!(fetched.stderr.contains(said), "{}", fetched.stderr);
}

#[test]
fn what_is_done_moves_with_its_item() {
    let (server, file) = (Server::start(), no_file());
    let input = policy_file(&server.urls(&["/1", "/2", "/3", "/4"]));
    assert_eq!(go_on(&file, &input, &[]).code, Some(0));
    fs::write(&input, server.urls(&["/new", "/4", "/2", "/3", "/3"])).unwrap();
    server.heal();
    assert_eq!(go_on(&file, &input, &[]).code, Some(0));
    assert_eq!(server.asked(), ["GET /3 ", "GET /new "]);
}

#[test]
fn what_has_headers_of_its_own_does_not_move() {
    let (server, file) = (Server::start(), no_file());
    let post = |path: &str, headers: &str| {
        let url = format!("http://{}{path}", server.address);
        format!("{{\"url\":\"{url}\",\"body\":{{}},\"headers\":{{{headers}}}}}\n")
    };
    let [ant, bee] = ["ant", "bee"].map(|who| post("/own", &format!("\"x-who\":\"{who}\"")));
    // A body brings a header too, but none that sets it apart.
    let plain = post("/plain", "");
    let input = policy_file(&format!("{ant}{plain}"));
    assert_eq!(go_on(&file, &input, &[]).code, Some(0));
    server.heal();
    fs::write(&input, format!("{plain}{bee}{ant}")).unwrap();
    assert_eq!(go_on(&file, &input, &[]).code, Some(0));
    assert_eq!(server.asked(), ["POST /own {}", "POST /own {}"]);
}

#[test]
fn results_on_stdout_are_gone_on_with_too() {
    let (server, file) = (Server::start(), no_file());
    let items = server.urls(&["/1", "/2", "/broken", "/4"]);
    let run = || {
        let append = OpenOptions::new().append(true).create(true).open(&file);
        let input = fs::File::open(policy_file(&items)).unwrap();
        // One after the other, so that the last result is that of the last item.
        let mut command = command(&[
            "--tries",
            "1",
            "-c",
            "1",
            "--quiet",
            "--resume",
            text(&file),
        ]);
        command.stdin(input).stdout(append.unwrap());
        command.status().unwrap().code()
    };
    assert_eq!(run(), Some(1));
    assert_eq!(in_file(&file).len(), 4);
    let written = fs::read_to_string(&file).unwrap();
    fs::write(&file, &written[..written.len() - 9]).unwrap();
    server.heal();
    assert_eq!(run(), Some(0));
    assert_eq!(server.asked().len(), 2, "{:?}", server.asked());
    assert_eq!(in_file(&file).len(), 5);
}

#[test]
fn another_name_of_the_output_is_the_output() {
    let (server, file) = (Server::start(), no_file());
    let input = policy_file(&server.urls(&["/1", "/2"]));
    let (place, name) = (file.parent().unwrap(), file.file_name().unwrap());
    let same = place.join(".").join("..").join(place.file_name().unwrap());
    let same = same.join(name);
    // Before it is there, too.
    let run = |resume: &Path| {
        let args = ["--output", text(&file), "--resume", text(resume)];
        let mut command = command(&args);
        let done = command.args(["--input", text(&input)]).output().unwrap();
        assert!(done.status.success(), "{done:?}");
    };
    run(&same);
    let linked = no_file();
    fs::hard_link(&file, &linked).unwrap();
    run(&linked);
    assert_eq!((server.asked().len(), in_file(&file).len()), (2, 2));
}

#[test]
fn two_runs_do_not_write_to_one_file() {
    let (server, file) = (Server::start(), no_file());
    let input = policy_file(&server.urls(&["/1", "/stuck"]));
    let args = ["--input", text(&input), "--output", text(&file), "-c", "1"];
    let mut child = begin(&args, "");
    wait_until("it is stuck", || {
        server.asked().len() == 2 && in_file(&file).len() == 1
    });
    let resumed = go_on(&file, &input, &[]);
    let anew = Fetched::of(begin(&args, "").wait_with_output().unwrap());
    for second in [resumed, anew] {
        assert_eq!(second.code, Some(2), "{}", second.stderr);
        let said = format!("another run is writing to {}\n  hint: ", text(&file));
        assert!(second.stderr.contains(&said), "{}", second.stderr);
    }
    assert_eq!(in_file(&file).len(), 1);
    child.kill().unwrap();
    child.wait().unwrap();
    server.heal();
    assert_eq!(go_on(&file, &input, &[]).code, Some(0));
    assert_eq!(in_file(&file).len(), 2);
}

#[test]
fn several_runs_can_be_gone_on_from_and_stay_as_they_are() {
    let (server, [one, two, three]) = (Server::start(), [no_file(), no_file(), no_file()]);
    let input = policy_file(&server.urls(&["/1", "/broken", "/3"]));
    go_on(&one, &input, &[]);
    server.heal();
    let before = fs::read_to_string(&one).unwrap();
    let args = [
        "--input",
        text(&input),
        "--output",
        text(&two),
        "--resume",
        text(&one),
    ];
    assert!(command(&args).status().unwrap().success());
    assert_eq!(fs::read_to_string(&one).unwrap(), before);
    assert_eq!(statuses(&in_file(&two)), [(2, 200)]);
    server.heal();
    let args = [
        "--resume",
        text(&one),
        "--resume",
        text(&two),
        "--input",
        text(&input),
    ];
    let output = command(&args)
        .args(["--output", text(&three)])
        .output()
        .unwrap();
    assert!(output.status.success());
    assert_eq!((server.asked().len(), in_file(&three).len()), (0, 0));
}

#[test]
fn a_file_without_results_is_refused_and_left_alone() {
    let input = policy_file("http://127.0.0.1:1/\n");
    let wrong = policy_file("http://127.0.0.1:1/a\n");
    let fetched = go_on(&wrong, &input, &[]);
    assert_eq!(fetched.code, Some(2), "{}", fetched.stderr);
    assert!(
        fetched
            .stderr
            .contains("no results of `ratelimit fetch` in it")
            && fetched.stderr.contains("hint: "),
        "{}",
        fetched.stderr
    );
    assert_eq!(
        fs::read_to_string(&wrong).unwrap(),
        "http://127.0.0.1:1/a\n"
    );
    let output = command(&["--resume", "/no/such/file"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("--resume /no/such/file: cannot read"),
        "{said}"
    );
}
