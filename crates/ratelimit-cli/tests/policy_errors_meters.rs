//! What policies count and what meters charge do not fit together.

#![allow(clippy::unwrap_used)] // A call that fails is a test that fails.

mod common;

use common::wrong::{HEAD, PLAN, warned, wrong};

/// The policies of the plan `a` stand on line 5, the first meter begins on line 6.
fn file(policies: &str, meters: &str) -> String {
    format!("{HEAD}[plans.a]\npolicies = [{policies}]\n{meters}")
}

const EXECUTION: &str = r#"{ name = "m", quota = "9/1m", unit = "execution" }"#;

#[test]
fn a_unit_that_no_meter_has_is_a_warning_while_there_are_meters() {
    warned(&file(EXECUTION, ""), &[]);
    let meters = "[[meters]]\nunit = \"executions\"\n";
    let both = format!(r#"{EXECUTION}, {{ name = "n", concurrency = 5, unit = "executions" }}"#);
    let message = "each request counts as one `execution`, because no meter counts that unit";
    warned(
        &file(&both, meters),
        &[((5, 50), message, "did you mean `executions`?")],
    );
    let other = both.replace("\"execution\"", "\"calls\"");
    warned(
        &file(&other, meters),
        &[(
            (5, 50),
            "each request counts as one `calls`, because",
            "if that is meant, write a meter",
        )],
    );
    let meant = format!("{meters}[[meters]]\nunit = \"calls\"\n");
    warned(&file(&other, &meant), &[]);
    let requests = both.replace("\"execution\"", "\"requests\"");
    warned(&file(&requests, meters), &[]);
}

#[test]
fn a_unit_of_an_endpoint_that_no_meter_has_is_a_warning() {
    let endpoint = format!(
        "[[meters]]\ncharge = \"successes\"\n[[endpoints]]\nprefix = \"/x\"\npolicies = [{}]\n",
        EXECUTION
            .replace("\"m\"", "\"n\"")
            .replace("execution", "reqests")
    );
    let message = "each request counts as one `reqests`, because no meter counts that unit";
    warned(
        &format!("{HEAD}{PLAN}{endpoint}"),
        &[((10, 50), message, "did you mean `requests`?")],
    );
}

#[test]
fn a_meter_without_a_unit_is_that_of_requests() {
    wrong(
        &file(
            r#"{ name = "m", quota = "9/1m" }"#,
            "[[meters]]\ncharge = \"successes\"\n[[meters]]\nunit = \"requests\"\n",
        ),
        (9, 8),
        "this is counted before, on line 7",
        "a unit has one meter",
    );
    warned(
        &file(
            r#"{ name = "m", quota = "9/1m", unit = "requests" }"#,
            "[[meters]]\non = [\"/x\"]\n",
        ),
        &[],
    );
    let tokens = EXECUTION.replace("execution", "tokens");
    let both = "[[meters]]\nunit = \"tokens\"\n[[meters]]\non = [\"/x\"]\n";
    warned(
        &file(&tokens, both),
        &[(
            (9, 6),
            "no policy counts the unit `requests`",
            "name the unit that it charges",
        )],
    );
}

#[test]
fn a_cost_that_nobody_could_pay_is_told_with_the_smallest_policy() {
    let cost = |policy: &str, cost: u32| {
        file(
            &format!(
                r#"{{ name = "m", unit = "x", {policy} }}, {{ name = "n", quota = "900/1m" }}"#
            ),
            &format!("[[meters]]\nunit = \"x\"\ncost = {cost}\n"),
        )
    };
    for (policy, grants) in [
        (r#"quota = "100/1m""#, 100),
        (r#"quota = "100/1m;burst=7""#, 7),
        (r#"quota = "7/1m;burst=100""#, 100),
        (r#"quota = "100/1m", algorithm = "sliding-log""#, 100),
        (r#"quota = "100/1m", algorithm = "sliding-counter""#, 100),
        (r#"quota = "100/1m", algorithm = "fixed-window""#, 100),
        (r#"quota = "100/month", zone = "UTC""#, 100),
    ] {
        warned(&cost(policy, grants), &[]);
        let more = grants + 1;
        let message = format!(
            "a request would cost {more}, and the policy `m` of `a` never grants more than {grants}: nobody could"
        );
        wrong(
            &cost(policy, more),
            (8, 8),
            &message,
            "lower the cost, or raise",
        );
    }
    // A cap counts requests, whatever they cost.
    let cap =
        r#"{ name = "c", unit = "x", concurrency = 2 }, { name = "d", unit = "x", quota = "9/s" }"#;
    let meter = "[[meters]]\nunit = \"x\"\ncost = 3\n";
    warned(&file(cap, meter), &[]);
    let two =
        r#"{ name = "d", unit = "x", quota = "2/s" }, { name = "e", unit = "x", quota = "1/s" }"#;
    wrong(
        &file(two, meter),
        (8, 8),
        "a request would cost 3, and the policy `e` of",
        "",
    );
}

#[test]
fn what_requests_cost_nobody_could_pay_either() {
    let endpoint =
        "[[endpoints]]\nprefix = \"/x\"\npolicies = [{ name = \"n\", quota = \"2/1m\" }]\n";
    wrong(
        &format!("{HEAD}{PLAN}[[meters]]\ncost = 3\n{endpoint}"),
        (7, 8),
        "a request would cost 3, and the policy `n` of `/x` never grants more than 2",
        "",
    );
}

#[test]
fn what_is_known_late_and_guessed_as_one_is_a_warning() {
    let tokens = EXECUTION.replace("execution", "tokens");
    let meter = |lines: &str| {
        file(
            &tokens,
            &format!("[[meters]]\nunit = \"tokens\"\n{lines}\n"),
        )
    };
    for charge in ["field:usage.total_tokens", "header:x-cost"] {
        let charge = format!("charge = \"{charge}\"");
        warned(
            &meter(&charge),
            &[(
                (8, 10),
                "until it is known each request counts as 1; ",
                "set `cost`",
            )],
        );
        warned(&meter(&format!("{charge}\ncost = 1")), &[]);
    }
    warned(&meter("charge = \"successes\""), &[]);
}

#[test]
fn a_unit_is_not_called_as_what_the_usage_says_beside_units() {
    let period = EXECUTION.replace("execution", "period");
    warned(&file(&period, ""), &[]);
    wrong(
        &file(&period, "[usage]\npath = \"/u\"\n"),
        (5, 50),
        "what [usage] tells has a member of this name",
        "call the unit something else",
    );
}
