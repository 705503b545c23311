//! Paths and headers that mean the same as others, or what is not for the file to say.

#![allow(clippy::unwrap_used)] // A call that fails is a test that fails.

mod common;

use common::wrong::{HEAD, PLAN, after, warned, wrong};
use ratelimit_cli::policy::PolicyFile;

#[test]
fn the_page_is_another_path_however_it_is_written() {
    for page in ["/u", "/%75", "//u", "/u/"] {
        after(
            &format!("[usage]\npath = \"/u\"\npage = \"{page}\"\n"),
            (8, 8),
            "the page has the path of what it shows",
            "give it a path of its own",
        );
    }
    let other = "[usage]\npath = \"/u\"\npage = \"/u/u\"\n";
    warned(&format!("{HEAD}{PLAN}{other}"), &[]);
}

#[test]
fn to_skip_what_costs_nothing_is_a_warning() {
    let file = |skip: &str| {
        let usage = "[usage]\npath = \"/u\"\npage = \"/page\"\n";
        format!("skip = [\"/h\", \"{skip}\"]\n{HEAD}{PLAN}{usage}")
    };
    for skip in ["/u", "//u", "/%75/", "/p%61ge"] {
        let message = "this is a path of [usage], which costs nothing anyway";
        warned(&file(skip), &[((1, 15), message, "leave it out of `skip`")]);
    }
    warned(&file("/u/u"), &[]);
}

#[test]
fn headers_of_limits_are_not_set() {
    for name in [
        "X-RateLimit-Limit",
        "x-ratelimit-remaining",
        "x-ratelimit-reset",
        "x-ratelimit-retry-after",
        "X-Rate-Limit-Limit",
        "x-rate-limit-remaining",
        "ratelimit",
        "RateLimit-Policy",
        "ratelimit-limit",
        "ratelimit-reset",
        "x-ratelimit-limit-requests",
        "x-ratelimit-remaining-tokens",
        "x-ratelimit-reset-tokens",
        "anthropic-ratelimit-requests-limit",
        "anthropic-ratelimit-input-tokens-remaining",
        "anthropic-ratelimit-output-tokens-reset",
        "Retry-After",
        "retry-after-ms",
        "x-ms-retry-after-ms",
    ] {
        cannot_be_set(name, "it tells callers of limits");
    }
}

#[test]
fn headers_of_the_protocol_are_not_set() {
    for name in [
        "Connection",
        "keep-alive",
        "proxy-connection",
        "te",
        "trailer",
        "Transfer-Encoding",
        "upgrade",
        "content-length",
        "Content-Encoding",
        "content-type",
        "date",
        "grpc-status",
        "grpc-message",
        "grpc-retry-pushback-ms",
    ] {
        cannot_be_set(name, "it says how one response is sent");
    }
}

#[track_caller]
fn cannot_be_set(name: &str, hint: &str) {
    after(
        &format!("[responses]\nset = {{ x-a = \"1\", {name} = \"c\" }}\n"),
        (7, 20),
        &format!("`{name}` is no header that can be set here"),
        hint,
    );
}

#[test]
fn a_header_is_set_once_in_capital_or_small_letters() {
    after(
        "[responses.set]\nX-B = \"1\"\nx-a = \"1\"\nX-A = \"2\"\n",
        (9, 1),
        "the header `x-a` stands twice, first on line 8",
        "capital and small letters are the same",
    );
}

fn endpoint(prefix: &str, header: &str) -> String {
    format!(
        "[[endpoints]]\nprefix = \"{prefix}\"\nheader = \"{header}\"\npolicies = [{{ name = \"n\", concurrency = 1 }}]\n"
    )
}

#[test]
fn a_credential_is_no_mark_and_is_not_repeated() {
    let caller = "version = 1\n[caller]\nanonymous = \"by-address:a\"\nkey = [\"bearer\", \"header:X-Own-Key\"]\n";
    for name in [
        "authorization",
        "Proxy-Authorization",
        "cookie",
        "x-own-key",
        "X-OWN-KEY",
    ] {
        for mark in [name.to_owned(), format!("{name}: S3CRET")] {
            let text = format!("{caller}{PLAN}{}", endpoint("/x", &mark));
            wrong(
                &text,
                (9, 10),
                "this header carries a credential",
                "who has a key has the plan",
            );
            let error = PolicyFile::parse("p.toml", &text).unwrap_err();
            assert!(!error.to_string().contains("S3CRET"), "{error}");
        }
    }
    // Where the file sends no keys in it, it is a header like others.
    let text = format!("{HEAD}{PLAN}{}", endpoint("/x", "x-own-key"));
    warned(&text, &[]);
}

#[test]
fn check_does_not_say_what_a_mark_has_to_say() {
    let text = endpoint("/x", "x-mark: S3CRET") + &endpoint("/y", "x-any");
    let file = PolicyFile::parse("p.toml", &format!("{HEAD}{PLAN}{text}")).unwrap();
    let said = file.summary().to_string();
    assert!(
        said.contains("  /x with x-mark: ...  n 1 at a time\n"),
        "{said}"
    );
    assert!(said.contains("  /y with x-any  "), "{said}");
    assert!(!said.contains("S3CRET"), "{said}");
}

#[test]
fn two_marks_of_one_place_are_a_warning() {
    let both = |first: &str, second: &str| {
        format!(
            "{HEAD}{PLAN}{}{}",
            endpoint("/x", first),
            endpoint("//x", second)
        )
    };
    let hint = "tell requests apart by two values of one header";
    let message = "a request that has this header and that of the endpoint on line 7 is bound by ";
    for (first, second, winner) in [
        ("x-a: 1", "x-b: 1", "this one only"),
        ("x-a", "x-b", "this one only"),
        ("x-a", "x-b: 1", "this one only"),
        ("x-a: 1", "x-b", "the endpoint on line 7 only"),
    ] {
        let message = format!("{message}{winner}");
        warned(&both(first, second), &[((11, 10), &message, hint)]);
    }
    // A request has one value of a header, and the one that is named comes before any.
    warned(&both("x-a: 1", "x-a: 2"), &[]);
    warned(&both("x-a", "x-a: 2"), &[]);
    let apart = both("x-a: 1", "x-b: 1");
    warned(&apart.replace("//x", "/y"), &[]);
    warned(&apart.replace("\"//x\"", "\"/x\"\nmethod = \"POST\""), &[]);
}
