//! What httpwg/structured-field-tests asks of a parser, by class, where it matters to rate limits: our visitors must not
//! accept what the parser refuses, nor spoil what it accepts.

#![allow(
    clippy::unwrap_used,
    reason = "a helper that cannot go on is a test that fails"
)]

mod common;

use common::check;

/// `expected` are the lines of the policies; none if the field is to be ignored.
#[track_caller]
fn list(value: &str, expected: &[&str]) {
    check(&[("ratelimit", value)], expected);
}

#[track_caller]
fn ignored(values: &[&str]) {
    for value in values {
        list(value, &[]);
    }
}

const A: &str = "a - - 1 - -";
const B: &str = "b - - 2 - -";

#[test]
fn lists() {
    for value in [
        "a;r=1, b;r=2",
        "a;r=1,b;r=2",
        "a;r=1 ,  b;r=2",
        "a;r=1,\tb;r=2",
        "a;r=1\t,\t b;r=2",
        "  a;r=1, b;r=2  ",
    ] {
        list(value, &[A, B]);
    }
    ignored(&[
        "",
        ",",
        "a;r=1,",
        "a;r=1, ,b;r=2",
        ",a;r=1",
        "a;r=1;;b",
        "a;r=1 b;r=2",
        "a;r=1;, b;r=2",
    ]);
}

#[test]
fn items_and_inner_lists() {
    ignored(&[
        "(a);r=1",
        "(a b);r=1",
        "a;r=1, (b)",
        "()",
        "(a",
        "1;r=1",
        "1.5;r=1",
    ]);
    ignored(&["?1;r=1", ":YQ==:;r=1", "@1;r=1", "%\"a\";r=1", "a;r=1, 5"]);
}

#[test]
fn parameters() {
    list("a; r=1;   x", &[A]);
    list("a;x=?0;r=1;*y=1;z_-.*=\"\"", &[A]);
    list("a;r=2;r=1", &[A]);
    ignored(&[
        "a;r =1",
        "a;r= 1",
        "a ;r=1",
        "a;\tr=1",
        "a;R=1",
        "a;r=1;1x",
        "a;r=1;=2",
        "a;r=1;x=",
        "a;",
        "a;r=1;x=(1)",
    ]);
}

#[test]
fn strings() {
    for (value, name) in [
        (r#""a b";r=1"#, "a b"),
        (r#""";r=1"#, ""),
        (r#""\"\\";r=1"#, r#""\"#),
        (r#""a, b;r=2";r=1"#, "a, b;r=2"),
    ] {
        list(value, &[&format!("{name} - - 1 - -")]);
    }
    ignored(&[
        r#""a;r=1"#,
        r#"a";r=1"#,
        r#""\a";r=1"#,
        r#""a\";r=1"#,
        "\"a\tb\";r=1",
        "\"\u{fc}\";r=1",
        "'a';r=1",
        r#""a" "b";r=1"#,
    ]);
}

#[test]
fn tokens() {
    for name in ["a", "A", "*a", "a:b/c", "a_b-c3.4*", "a!#$%&'+^`|~"] {
        list(&format!("{name};r=1"), &[&format!("{name} - - 1 - -")]);
    }
    ignored(&["1a;r=1", "a\u{fc};r=1", "a{;r=1", "(;r=1", "/a;r=1"]);
}

#[test]
fn numbers() {
    for (value, read) in [
        ("0", "0"),
        ("-0", "0"),
        ("00", "0"),
        ("007", "7"),
        ("999999999999999", "999999999999999"),
    ] {
        list(&format!("a;r={value}"), &[&format!("a - - {read} - -")]);
    }
    for value in [
        "-1",
        "1.0",
        "1.",
        ".1",
        "--0",
        "+1",
        "- 1",
        "1000000000000000",
        "1e3",
        "0x1",
        "1_0",
        "-",
        "1.2345",
        "\u{661}",
    ] {
        ignored(&[&format!("a;r={value}")]);
    }
    // Elsewhere they need only be legal.
    list("a;r=1;x=-1.5;y=-999999999999999", &[A]);
    ignored(&[
        "a;r=1;x=1.2345",
        "a;r=1;x=1234567890123.1",
        "a;r=1;x=1000000000000000",
    ]);
}

#[test]
fn binaries() {
    let keyed = |key: &str| format!("a;q=5;pk={key}");
    for key in [":aGVsbG8=:", "::", ":AQ==:", ":iZ==:", ":aGVsbG8:"] {
        check(
            &[("ratelimit-policy", &keyed(key))],
            &["a 5 requests - - -"],
        );
    }
    for key in [
        ":aGVsbG8=",
        "aGVsbG8=:",
        ":=aGVsbG8=:",
        ":a G=:",
        ":a:",
        ":_-Ah:",
        "\"AQ==\"",
        ":\u{fc}:",
    ] {
        check(&[("ratelimit-policy", &keyed(key))], &[]);
    }
}

#[test]
fn dates_and_display_strings_are_passed_over() {
    list("a;r=1;d=@1659578233;s=%\"f%c3%bc\"", &[A]);
    ignored(&[
        "a;r=1;d=@1.5",
        "a;r=1;d=@",
        "a;r=1;s=%\"%zz\"",
        "a;r=1;s=%\"%C3%BC\"",
        "a;r=1;s=%a",
    ]);
}

#[test]
fn dictionaries() {
    for value in [
        "limit=5, remaining=1",
        "limit=5,remaining=1",
        "limit=5\t,\tremaining=1",
        "limit=9, limit=5, remaining=1",
        "limit=5;a;b=c, remaining=1, x=(1 \"a\";b);c, y=?0",
    ] {
        list(value, &["- 5 - 1 - -"]);
    }
    ignored(&[
        "limit=5,",
        "limit=5, ,remaining=1",
        "limit =5",
        "limit= 5",
        "Limit=5",
        "limit=5 remaining=1",
        "limit=",
        "=5",
        "limit=5;",
        "limit=5;A=1",
        "limit=5, x=(",
        "1limit=5",
    ]);
}

#[test]
fn a_list_of_1024_members_with_256_parameters_each_is_read() {
    let parameters: String = (0..256).map(|n| format!(";x{n}")).collect();
    let members: Vec<_> = (0..1024)
        .map(|n| format!("\"n{n}\"{parameters};r={n}"))
        .collect();
    let reading = common::read_at(common::NOW, &[("ratelimit", &members.join(","))]);
    assert_eq!(reading.policies().len(), 1024);
}

#[test]
fn a_string_of_1024_characters_is_a_name() {
    let name = "n".repeat(1024);
    list(&format!("\"{name}\";r=1"), &[&format!("{name} - - 1 - -")]);
}
