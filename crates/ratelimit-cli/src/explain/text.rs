//! What was read, for people: a paragraph for each policy, and what to do.

use std::time::Duration;

use jiff::Timestamp;
use ratelimit_headers::{Policy, Reading};

use super::advice::advice;
use super::head::Head;
use super::moments::Moments;
use super::words::{about, counted, time};

/// How things are set off.
#[derive(Clone, Copy)]
pub(super) enum Style {
    Plain,
    Colours,
}

impl Style {
    /// Colours on a terminal, unless `NO_COLOR` (no-color.org) or a terminal that has none.
    pub(super) fn of(is_terminal: bool) -> Self {
        let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let is_dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
        if is_terminal && !is_set("NO_COLOR") && !is_dumb {
            Style::Colours
        } else {
            Style::Plain
        }
    }

    fn bold(self, text: &str) -> String {
        self.with("1", text)
    }

    fn red(self, text: &str) -> String {
        self.with("31", text)
    }

    fn with(self, code: &str, text: &str) -> String {
        match self {
            Style::Plain => text.to_owned(),
            Style::Colours => format!("\x1b[{code}m{text}\x1b[0m"),
        }
    }
}

/// What the head says, and what to do about it.
pub(super) fn explanation(head: &Head, reading: &Reading, now: Timestamp, style: Style) -> String {
    let moments = Moments::of(&head.headers, now);
    let mut paragraphs = Vec::new();
    if !head.status.is_empty() {
        paragraphs.push(head.status.clone());
    }
    let width = reading
        .policies()
        .iter()
        .map(|policy| label(policy).chars().count());
    let width = width.max().unwrap_or(0);
    for policy in reading.policies() {
        let binds = reading.policies().len() > 1
            && reading
                .binding()
                .is_some_and(|binding| std::ptr::eq(binding, policy));
        paragraphs.push(paragraph(policy, binds, &moments, width, style));
    }
    paragraphs.push(style.bold(&advice(head, reading, &moments)));
    if let Some((age, direction)) = moments.age().filter(|_| !reading.is_empty()) {
        paragraphs.push(format!(
            "Times are counted from the response's Date, {}, which is {} {direction} now.",
            moments.origin().unwrap_or_default(),
            about(age)
        ));
    }
    paragraphs.join("\n\n") + "\n"
}

/// What a policy is called here: its name, or else what it counts.
pub(super) fn label(policy: &Policy) -> String {
    let label = policy.name().filter(|name| !name.is_empty());
    let label = label.or(policy.unit()).unwrap_or("limit");
    label.escape_debug().to_string()
}

fn paragraph(
    policy: &Policy,
    binds: bool,
    moments: &Moments,
    width: usize,
    style: Style,
) -> String {
    let mut lines = vec![left(policy, style), resets(policy, moments)];
    if let Some(window) = policy.window() {
        lines.push(format!("window {}", time(window)));
    }
    lines.push(format!("as {} says", policy.dialect()));
    if binds {
        lines.push("the tightest of these: it binds".to_owned());
    }
    let label = label(policy);
    let space = " ".repeat(width - label.chars().count() + 2);
    let indentation = " ".repeat(width + 2);
    let lines = lines.join(&format!("\n{indentation}"));
    format!("{}{space}{lines}", style.bold(&label))
}

/// `47 of 60 requests left`
fn left(policy: &Policy, style: Style) -> String {
    let unit = policy.unit();
    match (policy.remaining(), policy.limit()) {
        (Some(0), Some(limit)) => style.red(&format!("0 of {} left", counted(limit, unit))),
        (Some(left), Some(limit)) => format!("{left} of {} left", counted(limit, unit)),
        (Some(0), None) => style.red("nothing left (the limit is not stated)"),
        (Some(left), None) => format!("{} left (the limit is not stated)", counted(left, unit)),
        (None, Some(limit)) => format!(
            "{} at most (what is left is not stated)",
            counted(limit, unit)
        ),
        (None, None) => "what is left is not stated".to_owned(),
    }
}

/// `resets in 12 s (at 12:00:12 UTC)`
fn resets(policy: &Policy, moments: &Moments) -> String {
    match policy.reset_after() {
        Some(after) if after == Duration::ZERO => "resets now".to_owned(),
        Some(after) => match moments.at(after) {
            Some(at) => format!("resets in {} (at {at})", time(after)),
            None => format!("resets in {}", time(after)),
        },
        None => "when it resets is not stated".to_owned(),
    }
}
