//! Reading `RateLimit` and `RateLimit-Policy`.

mod common;

use common::{NOW, read_at, summary};

const LIMIT: &str = "RateLimit";
const POLICY: &str = "ratelimit-policy";

/// `expected` has a line for each policy: `name limit unit remaining reset window`.
#[track_caller]
fn check(lines: &[(&str, &str)], expected: &[&str]) {
    assert_eq!(summary(&read_at(NOW, lines)), expected.join("\n"));
}

#[track_caller]
fn check_ignored(value: &str) {
    check(&[(LIMIT, value)], &[]);
}

#[test]
fn a_list_may_stand_in_several_lines() {
    check(
        &[
            (LIMIT, r#""a";r=1;t=2"#),
            ("RATELIMIT", "  \"b\";r=3;t=4 , \"c\";r=5\t"),
            (LIMIT, r#""d";r=7"#),
        ],
        &["a - - 1 2s -", "b - - 3 4s -", "c - - 5 - -", "d - - 7 - -"],
    );
}

#[test]
fn counters_and_quotas_are_joined_by_exact_name() {
    check(
        &[
            (
                POLICY,
                r#""Burst";q=10;w=1, "daily";q=1000;qu="content-bytes";w=86400, "day";q=7"#,
            ),
            (LIMIT, r#""daily";r=900;t=40, "burst";r=8"#),
        ],
        &[
            "Burst 10 requests - - 1s",
            "burst - - 8 - -",
            "daily 1000 content-bytes 900 40s 86400s",
            "day 7 requests - - -",
        ],
    );
}

#[test]
fn partition_keys_must_agree_where_both_sides_have_one() {
    check(
        &[
            (POLICY, r#""u";q=10;pk=:AQ==:, "u";q=20;pk=:Ag==:"#),
            (LIMIT, r#""u";r=2;pk=:Ag==:, "u";r=1;pk=:AQ==:"#),
        ],
        &["u 10 requests 1 - -", "u 20 requests 2 - -"],
    );
    check(
        &[
            (POLICY, r#""u";q=10;pk=:AQ==:"#),
            (LIMIT, r#""u";r=2;pk=:Ag==:"#),
        ],
        &["u - - 2 - -", "u 10 requests - - -"],
    );
}

#[test]
fn one_quota_without_a_key_serves_the_counters_of_every_partition() {
    check(
        &[
            (POLICY, r#""u";q=10"#),
            (LIMIT, r#""u";r=2;pk=:Ag==:, "u";r=1;pk=:AQ==:"#),
        ],
        &["u 10 requests 1 - -", "u 10 requests 2 - -"],
    );
    check(
        &[(POLICY, r#""u";q=10;pk=:AQ==:"#), (LIMIT, r#""u";r=2"#)],
        &["u 10 requests 2 - -"],
    );
}

#[test]
fn repeated_names_pair_up_in_order() {
    check(
        &[
            (POLICY, r#""u";q=10, "u";q=20"#),
            (LIMIT, r#""u";r=1, "u";r=2"#),
        ],
        &["u 10 requests 1 - -", "u 20 requests 2 - -"],
    );
}

#[test]
fn the_last_of_repeated_parameters_wins_whatever_the_first_was() {
    check(&[(LIMIT, r#""a";r=50;r=7"#)], &["a - - 7 - -"]);
    check(&[(LIMIT, r#""a";r="x";r=7"#)], &["a - - 7 - -"]);
    check_ignored(r#""a";r=7;r="x""#);
}

#[test]
fn unknown_parameters_of_any_type_are_comments() {
    check(
        &[(
            LIMIT,
            r#""a";r=1;q="not ours here";x;y=1.5;z=:AA==:;d=@1659578233;s=%"f%c3%bc";b=?0"#,
        )],
        &["a - - 1 - -"],
    );
}

#[test]
fn names_are_strings_or_tokens_and_read_back_unescaped() {
    check(
        &[(LIMIT, r#""say \"hi\" \\ , ok";r=1"#)],
        &[r#"say "hi" \ , ok - - 1 - -"#],
    );
    check(&[(LIMIT, "quota;t=1")], &["quota - - - 1s -"]);
    check(&[(LIMIT, r#""";r=1"#)], &[" - - 1 - -"]);
    let long = "n".repeat(100);
    check(
        &[(LIMIT, &format!("\"{long}\";r=1"))],
        &[&format!("{long} - - 1 - -")],
    );
}

#[test]
fn a_member_that_says_nothing_is_dropped() {
    check(
        &[(LIMIT, r#""a", "b";r=1"#), (POLICY, r#""c";w=60"#)],
        &["b - - 1 - -"],
    );
}

#[test]
fn a_window_of_zero_is_not_a_window() {
    check(&[(POLICY, r#""a";q=5;w=0"#)], &["a 5 requests - - -"]);
}

#[test]
fn a_malformed_field_is_ignored_whole() {
    for value in [
        r#""a";r=1,"#,
        r#","a";r=1"#,
        r#""a";r=1, , "b";r=2"#,
        r#""a";r=1 "b";r=2"#,
        r#""a" ;r=1"#,
        r#""a";R=1"#,
        r#""a";r =1"#,
        r#"'a';r=1"#,
        r#""a;r=1"#,
        r#""ä";r=1"#,
        r#""a";r=1;"#,
        "\"a\";\tr=1",
    ] {
        check_ignored(value);
        check(&[(LIMIT, r#""good";r=9"#), (LIMIT, value)], &[]);
    }
}

#[test]
fn a_defined_parameter_of_the_wrong_type_or_range_spoils_the_field() {
    for value in [
        r#""a";r=-1"#,
        r#""a";r=1.0"#,
        r#""a";r="1""#,
        r#""a";r"#,
        r#""a";r=1;t=x"#,
        r#""a";r=1000000000000000"#,
        r#""a";r=1;pk="x""#,
        r#"("a");r=1"#,
        "5;r=1",
        "?1;r=1",
    ] {
        check_ignored(value);
    }
    for value in [r#""a";q=5;qu=token"#, r#""a";q=5;w=-1"#, r#""a";q=5;w=1.5"#] {
        check(&[(POLICY, value)], &[]);
    }
}

#[test]
fn one_field_does_not_spoil_the_other() {
    check(
        &[(LIMIT, "broken,"), (POLICY, r#""a";q=5"#)],
        &["a 5 requests - - -"],
    );
    check(
        &[(POLICY, "broken,"), (LIMIT, r#""a";r=5"#)],
        &["a - - 5 - -"],
    );
}

#[test]
fn the_largest_numbers_are_read() {
    check(
        &[(LIMIT, r#""a";r=999999999999999;t=999999999999999"#)],
        &["a - - 999999999999999 999999999999999s -"],
    );
}

#[test]
fn lists_win_over_x_ratelimit_and_are_not_mixed_with_it() {
    check(
        &[(LIMIT, r#""a";r=1"#), ("x-ratelimit-limit", "5")],
        &["a - - 1 - -"],
    );
    check(
        &[(LIMIT, r#""a""#), ("x-ratelimit-limit", "5")],
        &["- 5 - - - -"],
    );
}

#[test]
fn a_list_of_more_than_a_thousand_members_is_read_and_joined() {
    let list = |key: &str, from: usize| {
        let members: Vec<String> = (from..from + 1500)
            .map(|n| format!("\"p{n}\";{key}={n}"))
            .collect();
        members.join(",")
    };
    let reading = read_at(NOW, &[(LIMIT, &list("r", 500)), (POLICY, &list("q", 0))]);
    assert_eq!(reading.policies().len(), 2000);
    let joined = reading
        .policies()
        .iter()
        .filter(|p| p.limit().is_some() && p.limit() == p.remaining());
    assert_eq!(joined.count(), 1000);
}

#[track_caller]
fn check_binding(value: &str, quotas: &str, expected: Option<&str>) {
    let reading = read_at(NOW, &[(LIMIT, value), (POLICY, quotas)]);
    assert_eq!(reading.binding().and_then(|policy| policy.name()), expected);
}

#[test]
fn the_exhausted_policy_that_resets_last_binds() {
    check_binding(
        r#""a";r=0;t=5, "b";r=0;t=9, "c";r=0, "d";r=1;t=99"#,
        "",
        Some("b"),
    );
    check_binding(r#""a";r=0, "d";r=1;t=99"#, "", Some("a"));
}

#[test]
fn with_none_exhausted_the_smallest_part_binds() {
    check_binding(r#""a";r=5, "b";r=50"#, r#""a";q=6, "b";q=100"#, Some("b"));
    check_binding(r#""a";r=5, "b";r=50"#, r#""b";q=100"#, Some("b"));
    check_binding(r#""a";r=5, "b";r=50"#, "", Some("a"));
    check_binding("", r#""a";q=6"#, None);
}

#[test]
fn a_policy_has_the_partition_key_of_either_list() {
    for (lines, expected) in [
        (&[(LIMIT, r#""u";r=2;pk=:Ag==:"#)][..], Some(&[2][..])),
        (
            &[(POLICY, r#""u";q=9;pk=:AQ==:"#), (LIMIT, r#""u";r=2"#)],
            Some(&[1]),
        ),
        (
            &[(POLICY, r#""u";q=9"#), (LIMIT, r#""u";r=2;pk=:Ag==:"#)],
            Some(&[2]),
        ),
        (&[(LIMIT, r#""u";r=2;pk=::"#)], Some(&[])),
        (&[(LIMIT, r#""u";r=2"#)], None),
        (&[("x-ratelimit-remaining", "2")], None),
    ] {
        let reading = read_at(NOW, lines);
        assert_eq!(reading.policies()[0].partition_key(), expected, "{lines:?}");
    }
}
