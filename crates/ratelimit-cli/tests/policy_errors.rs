//! Each mistake in a policy file is found at its place: line and column, and what to do.

#![allow(clippy::unwrap_used)] // A call that fails is a test that fails.

mod common;

use common::wrong::{HEAD, PLAN, after, policy, wrong};
use ratelimit_cli::policy::PolicyFile;

#[test]
fn what_is_no_toml() {
    wrong("version = 1\nname = \n", (2, 8), "", "");
    wrong(
        "version = 1\nversion = 1\n",
        (2, 1),
        "this name stands twice, first on line 1",
        "",
    );
    wrong("version = 1\n[plans.\n", (2, 8), "", "");
}

#[test]
fn words_that_are_not_known() {
    wrong(
        "version = 1\nshadwo = true\n",
        (2, 1),
        "unknown field `shadwo`",
        "did you mean `shadow`?",
    );
    wrong(
        "version = 1\n[plan.a]\n",
        (2, 2),
        "unknown field `plan`",
        "did you mean `plans`?",
    );
    wrong(
        "version = 1\n[caller]\nper_second-2 = 1\n",
        (3, 1),
        "unknown field `per_second-2`",
        "expected `key`",
    );
    policy(
        "name = \"m\", qouta = \"60/1m\"",
        26,
        "unknown field `qouta`",
        "did you mean `quota`?",
    );
    policy(
        "name = \"m\", quota = \"60/1m\", algorithm = \"sliding_log\"",
        55,
        "unknown word `sliding_log`",
        "did you mean `sliding-log`?",
    );
    after(
        "[responses]\nbody = \"json\"\n",
        (7, 8),
        "unknown word",
        "expected `error-json`",
    );
    after(
        "[responses]\nheaders = [\"x-rate-limit\"]\n",
        (7, 12),
        "there are no headers of this name",
        "did you mean `x-ratelimit`?",
    );
    after(
        "[store]\nwhen_full = \"admit\"\n",
        (7, 1),
        "unknown field `when_full`",
        "did you mean `when-full`?",
    );
    after(
        "[forwarded]\nsource = \"x-forwarded-four\"\ntrusted = [\"::1\"]\n",
        (7, 10),
        "this is no source",
        "did you mean `x-forwarded-for`?",
    );
    after(
        "[[endpoints]]\nprefix = \"/x\"\nmethod = \"post\"\npolicies = [{ name = \"n\", concurrency = 1 }]\n",
        (8, 10),
        "`post` is not a method",
        "methods are written as in `POST`",
    );
}

#[test]
fn versions_and_what_is_missing() {
    wrong(
        "",
        (1, 1),
        "missing field `version`",
        "begin the file with `version = 1`",
    );
    wrong("version = 2\n", (1, 11), "version 2 is not known", "");
    wrong("version = 1\n", (1, 1), "there are no plans", "write one");
    policy("quota = \"60/1m\"", 13, "missing field `name`", "");
    policy("name = \"m\"", 21, "a policy needs a quota", "write `quota");
    after(
        "[[endpoints]]\npolicies = []\n",
        (6, 1),
        "missing field `prefix`",
        "",
    );
}

#[test]
fn a_missing_quote_is_told_where_the_text_begins() {
    let hint = "close it with \"";
    let message = "a text begins here and has no end on this line";
    let named = "version = 1\nname = \"abc\n[caller]\nanonymous = \"pass\"\n";
    wrong(named, (2, 8), message, hint);
    let literal = format!("version = 1\n[caller]\nanonymous = 'by-address:a\n{PLAN}");
    wrong(&literal, (3, 13), message, "close it with '");
    // Noticed on the line after, or at the end of the file.
    policy("name = \"m\", quota = \"60/1m", 34, message, hint);
    let multi = format!("version = 1\n[caller]\nanonymous = \"\"\"by-address:a\n{PLAN}");
    let message = "a text begins here and has no end in this file";
    wrong(&multi, (3, 13), message, "close it with \"\"\"");
    // It is none of these that is missing.
    let text = "name = \"m, quota = \"60/1m\"";
    policy(
        text,
        39,
        "a text begins here",
        "close it with \"; if it is closed, a quote before",
    );
}

#[test]
fn quotas() {
    policy(
        "name = \"m\", quota = \"120 per minute\"",
        38,
        "expected `/` and a window",
        "write LIMIT/WINDOW, as in `120/1m` or `120/min` for 120 a minute; the units are ms",
    );
    policy("name = \"m\", quota = \"60/1x\"", 39, "expected a unit", "");
    policy(
        "name = \"m\", quota = \"60/minuet\"",
        38,
        "expected a unit: ms, s, m, h or d, or as a word second, minute",
        "write LIMIT/WINDOW",
    );
    policy(
        "name = \"m\", quota = \"60\"",
        37,
        "expected `/` and a window",
        "",
    );
    policy("name = \"m\", quota = \"/1m\"", 35, "expected a limit", "");
    let zero = format!("{HEAD}[plans.a]\npolicies = [{{ name = \"m\", quota = \"0/1m\" }}]\n");
    let zero = PolicyFile::parse("p.toml", &zero).unwrap_err();
    assert_eq!(zero.problems()[0].line(), 5);
    assert_eq!(zero.problems()[0].message(), "the limit must be at least 1");
    policy(
        "name = \"m\", quota = \"60/400d\"",
        38,
        "the window must be",
        "",
    );
    policy(
        "name = \"m\", quota = \"6\\u0030/1x\"",
        34,
        "expected a unit",
        "",
    );
    policy(
        "name = \"m\", quota = 60",
        34,
        "invalid type: integer, expected a text in quotes",
        "",
    );
    policy("name = \"é\", quota = \"60/1x\"", 39, "expected a unit", "");
    let burst = "name = \"m\", quota = \"60/1m;burst=70\", algorithm = \"fixed-window\"";
    policy(burst, 34, "policy \"m\" has a burst", "leave `;burst=` out");
}

#[test]
fn gcra_has_another_name() {
    let text = |algorithm: &str| {
        format!(
            "{HEAD}[plans.a]\npolicies = [{{ name = \"m\", algorithm = \"{algorithm}\", quota = \"9/s;burst=20\" }}]\n"
        )
    };
    let said = |text: &str| {
        let file = PolicyFile::parse("p.toml", text).unwrap();
        file.summary().to_string()
    };
    assert_eq!(said(&text("token-bucket")), said(&text("gcra")));
}

#[test]
fn policies() {
    policy(
        "name = \"m\", concurrency = 0",
        40,
        "a cap on concurrency of 0",
        "use a number from 1",
    );
    policy(
        "name = \"m\", concurrency = -1",
        40,
        "a cap on concurrency of -1",
        "use a number from 1",
    );
    policy(
        "name = \"m\", concurrency = 1, quota = \"60/1m\"",
        21,
        "a policy is a quota or a cap",
        "",
    );
    policy(
        "name = \"m\", concurrency = 1, algorithm = \"gcra\"",
        55,
        "a cap on concurrency has no algorithm",
        "",
    );
    policy("name = \"\", concurrency = 1", 21, "\"\" is not a name", "");
    policy(
        "name = \"mé\", concurrency = 1",
        23,
        "\"mé\" is not a name",
        "a name is what headers call the policy",
    );
    policy(
        &format!("name = \"{}\", concurrency = 1", "m".repeat(65)),
        21,
        "\"mmm",
        "a name is what headers call the policy",
    );
    policy(
        "name = \"m\", quota = \"1/s\", unit = \"\\n\"",
        48,
        "\"\\n\" is not a name",
        "",
    );
    policy(
        "name = \"m\", quota = \"1/s\" }, { name = \"m\", concurrency = 1",
        52,
        "two policies are called \"m\", the first on line 5",
        "",
    );
    wrong(
        &format!("{HEAD}[plans.a]\npolicies = []\n"),
        (5, 12),
        "a plan needs at least one policy",
        "",
    );
}

#[test]
fn plans_that_are_not_there() {
    let text = HEAD.replace(":a", ":starer")
        + "[plans.starter]\npolicies = [{ name = \"m\", quota = \"1/s\" }]\n";
    wrong(
        &text,
        (3, 25),
        "there is no such plan",
        "did you mean `starter`?",
    );
    let keys = "version = 1\n[caller]\nkey = \"bearer\"\n[[keys]]\nkey = \"k\"\nplan = \"b\"\n";
    wrong(
        &format!("{keys}{PLAN}"),
        (6, 8),
        "there is no such plan",
        "expected `a`",
    );
}

#[test]
fn callers() {
    let caller = |lines: &str| format!("version = 1\n[caller]\n{lines}\n{PLAN}");
    wrong(
        &caller("key = \"baerer\""),
        (3, 7),
        "every request would be refused",
        "list them",
    );
    wrong(
        &caller("anonymous = \"by-adress:a\""),
        (3, 13),
        "this is no rule",
        "did you mean `by-address:PLAN`?",
    );
    wrong(
        &caller("anonymous = \"refuse\""),
        (3, 13),
        "every request would be refused",
        "under [caller]",
    );
    wrong(
        &caller(""),
        (1, 1),
        "every request would be refused",
        "under [caller]",
    );
    wrong(
        &caller("anonymous = \"pass\"\nkey = \"header:a b\""),
        (4, 15),
        "`a b` is no name of a header",
        "",
    );
    wrong(
        &caller("anonymous = \"pass\"\nkey = \"berer\""),
        (4, 7),
        "this is no place for a key",
        "did you mean `bearer`?",
    );
}

#[test]
fn what_is_also_counted() {
    let also = |word: &str, rest: &str, place, message: &str, hint: &str| {
        let head =
            format!("version = 1\n[caller]\nanonymous = \"by-address:a\"\nalso = \"{word}\"\n");
        wrong(&format!("{head}{PLAN}{rest}"), place, message, hint);
    };
    let b = "[plans.b]\npolicies = [{ name = \"n\", quota = \"9/1h\" }]\n";
    also(
        "address:b",
        b,
        (4, 8),
        "`also` is `by-address:PLAN`",
        "expected `by-address:PLAN`",
    );
    also(
        "by-address:c",
        b,
        (4, 20),
        "there is no such plan",
        "expected `a` or `b`",
    );
    also(
        "by-address:a",
        b,
        (4, 20),
        "callers have this plan themselves",
        "write a plan for addresses alone",
    );
    also(
        "by-address:b",
        &b.replace("\"n\"", "\"m\""),
        (4, 20),
        "the plan `a` has a policy `m` too",
        "give one of them another name",
    );
    also(
        "by-address:b",
        &format!(
            "{b}[[endpoints]]\nprefix = \"/x\"\ninstead = true\npolicies = [{{ name = \"n\", quota = \"1/1h\" }}]\n"
        ),
        (12, 12),
        "the plan `b` has a policy `n` too",
        "give the endpoint's policy another name",
    );
}

const B: &str = "[plans.b]\npolicies = [{ name = \"n\", quota = \"9/1h\" }]\n";

#[test]
fn a_key_with_the_plan_for_addresses_is_told_where_the_key_stands() {
    let head = "version = 1\n[caller]\nkey = \"bearer\"\nalso = \"by-address:b\"\n";
    let keys = "[[keys]]\nkey = \"k\"\nplan = \"a\"\n[[keys]]\nkey = \"l\"\nplan = \"b\"\n";
    let text = format!("{head}{PLAN}{B}{keys}");
    let message = "this is the plan of `also`";
    wrong(&text, (14, 8), message, "write a plan for callers");
    let error = PolicyFile::parse("p.toml", &text).unwrap_err();
    assert_eq!(error.problems().len(), 1, "{error}");
}

#[test]
fn what_belongs_to_callers_is_sent_there() {
    for field in ["also", "anonymous", "unknown"] {
        wrong(
            &format!("version = 1\n{field} = \"by-address:a\"\n{PLAN}"),
            (2, 1),
            &format!("unknown field `{field}` at the top"),
            "it belongs into [caller]",
        );
    }
}

#[test]
fn check_says_who_is_counted_by_address_as_well() {
    let head = "version = 1\n[caller]\nkey = \"bearer\"\nalso = \"by-address:b\"\n";
    let text = format!("{head}{PLAN}{B}[[keys]]\nkey = \"k\"\nplan = \"a\"\n");
    let file = PolicyFile::parse("p.toml", &text).unwrap();
    let said = file.summary().to_string();
    for line in [
        "           whoever is counted, by address as well: plan b\n",
        "  a  m 60/1m gcra  (1 key)\n",
        "  b  n 9/1h gcra\n",
    ] {
        assert!(said.contains(line), "{said}");
    }
}

#[test]
fn keys() {
    let keys = |lines: &str| format!("version = 1\n[caller]\nkey = \"bearer\"\n{PLAN}{lines}");
    let two = "[[keys]]\nkey = \"k\"\nplan = \"a\"\n[[keys]]\nkey = \"k\"\nplan = \"a\"\n";
    wrong(
        &keys(two),
        (10, 7),
        "this key is listed before, on line 7",
        "a key has one plan",
    );
    wrong(
        &keys("[[keys]]\nkey = \"\"\nplan = \"a\"\n"),
        (7, 7),
        "this key is empty",
        "",
    );
    wrong(
        &keys("[[keys]]\nkey = \"a b\"\nplan = \"a\"\n"),
        (7, 7),
        "this key is empty, or could not",
        "",
    );
    after(
        "[[keys]]\nkey = \"k\"\nplan = \"a\"\n",
        (7, 7),
        "there are keys, but",
        "write `key = \"bearer\"`",
    );
}

#[test]
fn endpoints() {
    let cap = |name: &str, prefix: &str| {
        format!(
            "[[endpoints]]\nprefix = \"{prefix}\"\npolicies = [{{ name = \"{name}\", concurrency = 1 }}]\n"
        )
    };
    after(&cap("n", "api"), (7, 10), "a prefix is a path", "");
    let hint = "leave it out";
    after(&cap("n", "/api/*"), (7, 10), "`*` stands for nothing", hint);
    after(
        &cap("m", "/api"),
        (8, 12),
        "the plan `a` has a policy `m` too",
        "give the endpoint's policy",
    );
    let twice = cap("n", "/api") + &cap("o", "/api/");
    after(
        &twice,
        (10, 10),
        "an endpoint before this one, on line 7,",
        "",
    );
    for spelling in ["//api", "/%61pi", "/./api", "/x/../api"] {
        let twice = cap("n", "/api") + &cap("o", spelling);
        after(&twice, (10, 10), "an endpoint before this one", "");
    }
    // Endpoints count apart, whatever their policies are called.
    let alike = cap("n", "/api") + &cap("n", "/b").replace("= 1 }", "= 2 }");
    assert!(PolicyFile::parse("p.toml", &format!("{HEAD}{PLAN}{alike}")).is_ok());
}

#[test]
fn settings() {
    after(
        "[forwarded]\nsource = \"forwarded\"\ntrusted = [\"10.0.0.0/33\"]\n",
        (8, 12),
        "\"10.0.0.0/33\" is neither",
        "",
    );
    after(
        "[forwarded]\nsource = \"forwarded\"\ntrusted = []\n",
        (8, 11),
        "no proxy is trusted",
        "",
    );
    after("[store]\ncapacity = 0\n", (7, 12), "a capacity of 0", "");
    after(
        "[responses]\nconcurrency-retry-after = 0\n",
        (7, 27),
        "a wait in seconds of 0",
        "",
    );
    wrong(
        "version = 1\nskip = [\"healthz\"]\n",
        (1, 1),
        "there are no plans",
        "",
    );
    wrong(
        &format!("skip = [\"/h\", \"/static/*\"]\n{HEAD}{PLAN}"),
        (1, 15),
        "`*` stands for nothing",
        "name each path",
    );
    let skip = format!("skip = [\"/h\", \"/metrics\"]\n{HEAD}{PLAN}");
    let summary = PolicyFile::parse("p.toml", &skip).unwrap();
    let summary = summary.summary().to_string();
    assert!(summary.contains("\nskipped    /h, /metrics ("), "{summary}");
    wrong(
        &format!("skip = [\"healthz\"]\n{HEAD}{PLAN}"),
        (1, 9),
        "a path begins with `/`",
        "",
    );
}

#[test]
fn headers_that_contradict_each_other() {
    after(
        "[responses]\nheaders = [\"x-ratelimit\", \"ietf\", \"ietf-07\"]\n",
        (7, 35),
        "`ietf-07` and `ietf`, on line 7, write the same headers",
        "a response can have one of `ietf`, `ietf-07` or `ietf-trio`",
    );
    after(
        "[responses]\nheaders = [\n  \"envoy\",\n  \"openai\",\n  \"x-ratelimit\",\n]\n",
        (10, 3),
        "`x-ratelimit` and `envoy`, on line 8, write the same headers",
        "a response can have one of `x-ratelimit`, `x-ratelimit-delta` or `envoy`",
    );
    after(
        "[responses]\nheaders = [\"openia\"]\n",
        (7, 12),
        "there are no headers of this name",
        "did you mean `openai`?",
    );
}

#[test]
fn every_family_has_a_name_that_check_repeats() {
    for (names, said) in [
        (r#""x-ratelimit-delta""#, "X-RateLimit-* (with delays)"),
        (
            r#""envoy", "ietf""#,
            "X-RateLimit-* (as Envoy), RateLimit and RateLimit-Policy",
        ),
        (r#""ietf-07""#, "RateLimit and RateLimit-Policy (draft -07)"),
        (
            r#""ietf-trio""#,
            "RateLimit-Limit, -Remaining, -Reset and RateLimit-Policy",
        ),
        (
            r#""x-retry-after", "x-ratelimit""#,
            "X-RateLimit-*, X-RateLimit-Retry-After",
        ),
        (
            r#""openai", "anthropic", "openai""#,
            "those of OpenAI, those of Anthropic",
        ),
        ("", "none"),
    ] {
        let text = format!("{HEAD}{PLAN}[responses]\nheaders = [{names}]\n");
        let file = PolicyFile::parse("p.toml", &text).unwrap();
        assert_eq!(file.warnings(), []);
        let line = match said {
            "none" => "\nheaders    none\n".to_owned(),
            said => format!("\nheaders    {said}, merged with"),
        };
        let summary = file.summary().to_string();
        assert!(summary.contains(&line), "{summary}");
    }
}

#[test]
fn a_unit_that_a_family_cannot_state_is_a_warning() {
    let plan = PLAN.replace(" }]", ", unit = \"output-tokens\" }]");
    let responses = "[responses]\nheaders = [\"openai\", \"anthropic\", \"ietf\"]\n";
    let file = PolicyFile::parse("p.toml", &format!("{HEAD}{plan}{responses}")).unwrap();
    let [warning] = file.warnings() else {
        panic!("one warning, not {:?}", file.warnings())
    };
    assert_eq!((warning.line(), warning.column()), (5, 51));
    assert_eq!(
        warning.message(),
        "the headers of `openai` cannot state a policy that counts `output-tokens`"
    );
}

#[test]
fn all_mistakes_are_told_in_the_order_of_the_file() {
    let text = format!(
        "{HEAD}[plans.a]\npolicies = [{{ name = \"m\", quota = \"x\" }}]\n[store]\ncapacity = 0\n"
    );
    let error = PolicyFile::parse("p.toml", &text).unwrap_err();
    let places: Vec<_> = error
        .problems()
        .iter()
        .map(|p| (p.line(), p.column()))
        .collect();
    assert_eq!(places, [(5, 36), (7, 12)]);
}

#[test]
fn what_is_no_policy_file_is_told_alone_and_one_at_a_time() {
    let both = "[store]\ncapacity = 0\n[responses]\nbody = \"jsno\"\nheader = []\n";
    let said = |text: &str| {
        let error = PolicyFile::parse("p.toml", &format!("{HEAD}{PLAN}{text}")).unwrap_err();
        let places = error.problems().iter().map(|p| (p.line(), p.column()));
        places.collect::<Vec<_>>()
    };
    assert_eq!(said(both), [(9, 8)]);
    let read = both.replace("jsno", "empty");
    assert_eq!(said(&read), [(10, 1)]);
    let understood = read.replace("header = []", "headers = [\"x\"]");
    assert_eq!(said(&understood), [(7, 12), (10, 12)]);
    let other_version = format!("{HEAD}{PLAN}{understood}").replace("version = 1", "version = 9");
    let error = PolicyFile::parse("p.toml", &other_version).unwrap_err();
    assert_eq!(error.problems().len(), 1);
}

#[test]
fn a_plan_that_nobody_has_is_a_warning() {
    let text = format!("{HEAD}{PLAN}{}", PLAN.replace("plans.a", "plans.b"));
    let file = PolicyFile::parse("p.toml", &text).unwrap();
    let warning = &file.warnings()[0];
    assert_eq!((warning.line(), warning.column()), (6, 8));
    assert_eq!(warning.message(), "nobody has the plan `b`");
}

#[test]
fn a_key_is_never_repeated_wherever_it_stands() {
    let misplaced = [
        "keys = \"S3CRET\"\n",
        "[keys]\nS3CRET = \"a\"\n",
        "[[keys]]\nS3CRET = \"a\"\n",
        "[[keys]]\nkey = S3CRET\n",
        "[[keys]]\nkey = \"S3CRET\n",
        "[[keys]]\nkey = \"S3CRET\\q\"\n",
        "[[keys]]\nkey = [\"S3CRET, expected a string\"]\n",
        "[[keys]]\nkey = \"a\"\nplan = \"S3CRET\"\n",
        "[[keys]]\nkey = \"S3CRET x\"\nplan = \"a\"\n",
        "[caller]\nS3CRET = \"a\"\n",
        "[caller]\n\"s3cret\" = \"a\"\n",
        "[caller]\n's3cret' = \"a\"\n",
        "[[keys]]\n\"s3cret\" = \"a\"\n",
        "[responses]\nbody = \"s3cret\"\n",
        "[caller]\nkey = \"S3CRET\"\n",
        "[caller]\nanonymous = \"S3CRET\"\n",
        "shadow = \"S3CRET\"\n",
    ];
    for text in misplaced {
        let text = format!("version = 1\n{text}{PLAN}");
        let error = PolicyFile::parse("p.toml", &text).unwrap_err();
        let said = format!("{error} {error:?}").to_uppercase();
        assert!(!said.contains("S3CRET"), "{error}");
    }
}
