//! Mistakes in what is counted, charged and said: calendars, meters, bodies, usage.

#![allow(clippy::unwrap_used)] // A call that fails is a test that fails.

mod common;

use common::wrong::{HEAD, PLAN, after, policy, wrong};
use ratelimit_cli::policy::PolicyFile;

#[test]
fn a_quota_by_the_calendar_needs_a_zone_that_is_known() {
    policy(
        r#"name = "m", quota = "1000/month""#,
        34,
        "a quota by the month needs a time zone: where does a month begin?",
        "write `zone = \"UTC\"`",
    );
    policy(
        r#"name = "m", quota = "5000/day""#,
        34,
        "a quota by the day needs a time zone: where does a day begin?",
        "write `zone = \"UTC\"`, or a name such as `zone = \"Europe/Berlin\"`; 24 hours from whenever are `1d`",
    );
    policy(
        r#"name = "m", quota = "1000/day", zone = "Mars/Olympus""#,
        53,
        "no time zone \"Mars/Olympus\" is known here",
        "names are those of the IANA",
    );
}

#[test]
fn a_quota_by_the_calendar_has_neither_algorithm_nor_burst_and_a_day_that_exists() {
    policy(
        r#"name = "m", quota = "9/month", zone = "UTC", algorithm = "gcra""#,
        71,
        "a quota by the calendar has no algorithm",
        "leave `algorithm` out",
    );
    policy(
        r#"name = "m", quota = "9/month;burst=2", zone = "UTC""#,
        42,
        "a quota by the calendar has no burst",
        "leave what follows",
    );
    for limit in ["0", "-1", "x", "4294967296"] {
        policy(
            &format!(r#"name = "m", quota = "{limit}/month", zone = "UTC""#),
            34,
            "expected a limit between 1 and 4294967295",
            "write it as in `1000/month`",
        );
    }
    for anchor in ["0", "32", "-1", "99999999999"] {
        policy(
            &format!(r#"name = "m", quota = "9/month", zone = "UTC", anchor = {anchor}"#),
            68,
            "this is no day for the period to begin on",
            "a month begins on a day from 1 to 31",
        );
    }
    policy(
        r#"name = "m", quota = "9/day", zone = "UTC", anchor = 2"#,
        66,
        "this is no day for the period to begin on",
        "leave `anchor` out",
    );
}

#[test]
fn what_is_said_of_calendars_is_said_of_nothing_else() {
    policy(
        r#"name = "m", quota = "9/1d", zone = "UTC""#,
        49,
        "only quotas by the calendar have `zone`",
        "write the quota as in `1000/month` or `100/day` (`1d` is 24 hours)",
    );
    policy(
        r#"name = "m", concurrency = 2, anchor = 3"#,
        52,
        "only quotas by the calendar have `anchor`",
        "",
    );
    policy(
        r#"name = "m", quota = "9/1month""#,
        38,
        "expected a unit",
        "write LIMIT/WINDOW",
    );
}

#[test]
fn meters_that_say_nothing_or_too_much() {
    let units = PLAN.replace(" }]", ", unit = \"tokens\" }]");
    let meter = |text: &str, place, message: &str, hint: &str| {
        let text = format!("{HEAD}{units}[[meters]]\nunit = \"tokens\"\n{text}\n");
        wrong(&text, place, message, hint);
    };
    meter(
        "cost = 0",
        (8, 8),
        "a cost of 0 cannot be kept",
        "use a number",
    );
    meter(
        "on = []",
        (8, 6),
        "this costs nothing anywhere",
        "name paths",
    );
    meter(
        "on = [\"chat\"]",
        (8, 7),
        "this is no path",
        "write it as in",
    );
    meter(
        "on = [\"post /chat\"]",
        (8, 7),
        "`post` is not a method",
        "",
    );
    meter("on = [\"/chat/*\"]", (8, 7), "`*` stands for nothing", "");
    meter(
        "charge = \"succeses\"",
        (8, 10),
        "nothing says so",
        "did you mean `successes`?",
    );
    meter(
        "charge = \"header:a b\"",
        (8, 18),
        "`a b` is no name of a header",
        "",
    );
    meter(
        "charge = \"field:usage..x\"",
        (8, 17),
        "this is no field of JSON",
        "name the members",
    );
    meter(
        "charge = \"field:\"",
        (8, 17),
        "this is no field of JSON",
        "",
    );
    meter(
        "charge = \"bytes:0\"",
        (8, 17),
        "this is no number of bytes",
        "",
    );
    meter(
        "failed = \"free\"",
        (8, 10),
        "unknown word",
        "expected `keep` or `refund`",
    );
    meter(
        "[[meters]]\nunit = \"tokens\"",
        (9, 8),
        "this is counted before, on line 7",
        "a unit has one meter",
    );
}

#[test]
fn a_meter_that_counts_for_nobody_is_a_warning() {
    let text = format!("{HEAD}{PLAN}[[meters]]\nunit = \"tokens\"\n");
    let file = PolicyFile::parse("p.toml", &text).unwrap();
    let warning = &file.warnings()[0];
    assert_eq!((warning.line(), warning.column()), (7, 8));
    assert_eq!(warning.message(), "no policy counts the unit `tokens`");
}

#[test]
fn bodies_that_cannot_be_said() {
    let refusal = |text: &str, place, message: &str, hint: &str| {
        after(&format!("[refusals.rate]\n{text}\n"), place, message, hint);
    };
    refusal(
        r#"body = '{"after":${retry_after}}'"#,
        (7, 18),
        "there is no field `retry_after`",
        "did you mean `${retry-after}`?",
    );
    refusal(
        r#"body = '{"x":"${colour}"}'"#,
        (7, 15),
        "there is no field `colour`",
        "the fields are `policy`",
    );
    refusal(
        r#"body = '${limit'"#,
        (7, 9),
        "this `${` has no `}`",
        "write a field as in `${limit}`",
    );
    refusal(
        r#"body = '{"policy":${policy}}'"#,
        (7, 8),
        "with its fields filled in this is no JSON",
        "texts need quotes",
    );
    refusal(
        r#"body = 'x'"#,
        (7, 8),
        "with its fields filled in this is no JSON",
        "",
    );
    refusal(
        "body = '{}'\nstatus = 200",
        (8, 10),
        "200 is no status of a refusal",
        "use one from 400 to 599",
    );
    refusal(
        "body = '{}'\ncontent-type = \"json\"",
        (8, 16),
        "this is no media type",
        "",
    );
    refusal("status = 429", (6, 1), "missing field `body`", "");
    after(
        "[refusals.rates]\nbody = '{}'\n",
        (6, 11),
        "unknown field `rates`",
        "did you mean `rate`?",
    );
}

#[test]
fn a_body_that_is_no_json_may_say_anything() {
    let text =
        "[refusals.rate]\ncontent-type = \"text/plain\"\nbody = '''Slow down: ${message} {\"'''\n";
    assert!(PolicyFile::parse("p.toml", &format!("{HEAD}{PLAN}{text}")).is_ok());
}

#[test]
fn places_and_headers_that_cannot_be() {
    after(
        "[usage]\npath = \"usage\"\n",
        (7, 8),
        "a path begins with `/`",
        "",
    );
    after(
        "[usage]\npath = \"/usage/*\"\n",
        (7, 8),
        "`*` stands for nothing",
        "",
    );
    after(
        "[usage]\npath = \"/usage\"\npage = \"/usage\"\n",
        (8, 8),
        "the page has the path of what it shows",
        "give it a path of its own",
    );
    after(
        "[responses]\nset = { \"a b\" = \"c\" }\n",
        (7, 9),
        "`a b` is no header",
        "",
    );
    after(
        "[responses]\nset = { connection = \"c\" }\n",
        (7, 9),
        "`connection` is no header",
        "",
    );
    after(
        "[responses]\nset = { a = \"\\n\" }\n",
        (7, 13),
        "no header can have this value",
        "",
    );
    let endpoint =
        "[[endpoints]]\nprefix = \"/\"\npolicies = [{ name = \"x\", concurrency = 1 }]\n";
    after(
        &format!("{endpoint}header = \"a b\"\n"),
        (9, 10),
        "this is no header",
        "",
    );
    after(
        &format!("{endpoint}header = \"a:\"\n"),
        (9, 10),
        "this is no header",
        "",
    );
}

#[test]
fn places_for_a_key_that_cannot_be() {
    let keys = |text: &str, place, message: &str| {
        let text = format!(
            "version = 1\n[caller]\nkey = {text}\n{PLAN}[[keys]]\nkey = \"k\"\nplan = \"a\"\n"
        );
        wrong(&text, place, message, "");
    };
    keys("[]", (3, 7), "no place for a key is named");
    keys(
        "[\"bearer\", \"bearer\"]",
        (3, 18),
        "this place for a key stands twice",
    );
    keys(
        "[\"bearer\", \"heder:x\"]",
        (3, 18),
        "this is no place for a key",
    );
    keys(
        "7",
        (3, 7),
        "invalid type: integer, expected a text in quotes, or a list of texts",
    );
}
