//! What was read, for people: a paragraph for each policy, and what to do.

use std::time::Duration;

use jiff::Timestamp;
use ratelimit_headers::{Policy, Reader, Reading};

use super::advice::advice;
use super::head::Head;
use super::labels::label;
use super::moments::Moments;
use super::not_understood::not_understood;
use super::notes::notes;
use super::words::{bytes, counted, time};
use crate::terminal;

/// How things are set off.
#[derive(Clone, Copy)]
pub(super) enum Style {
    Plain,
    Colours,
}

impl Style {
    /// Colours on a terminal, unless `NO_COLOR` (no-color.org) or a terminal that has none.
    pub(super) fn of(is_terminal: bool) -> Self {
        match is_terminal && terminal::may_colour() {
            true => Style::Colours,
            false => Style::Plain,
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

/// The widest label that others are aligned to.
const WIDEST: usize = 24;

/// What the head says, and what to do about it.
pub(super) fn explanation(
    head: &Head,
    reader: &Reader,
    reading: &Reading,
    now: Timestamp,
    style: Style,
) -> String {
    let moments = Moments::of(&head.headers, now);
    let not_understood = not_understood(&head.headers, reader);
    let mut paragraphs = Vec::new();
    if !head.status.is_empty() {
        paragraphs.push(head.status.clone());
    }
    paragraphs.extend(policies(reading, &moments, style));
    let advice = advice(head, reading, &moments, not_understood.is_none());
    paragraphs.push(style.bold(&advice));
    paragraphs.extend(notes(head, reading, &moments, not_understood));
    paragraphs.join("\n\n") + "\n"
}

fn policies(reading: &Reading, moments: &Moments, style: Style) -> Vec<String> {
    let policies = reading.policies();
    let width = policies.iter().map(|policy| label(policy).chars().count());
    let width = width.filter(|width| *width <= WIDEST).max().unwrap_or(0);
    let binding = reading.binding().filter(|_| policies.len() > 1);
    let paragraph = |policy| {
        let mut facts = facts(policy, moments, style);
        if binding.is_some_and(|binding| std::ptr::eq(binding, policy)) {
            facts.push("the tightest of these: it binds".to_owned());
        }
        paragraph(&label(policy), &facts, width, style)
    };
    policies.iter().map(paragraph).collect()
}

/// A label, and what it is about beside it; below it, if it is too long.
fn paragraph(label: &str, facts: &[String], width: usize, style: Style) -> String {
    let indentation = format!("\n{}", " ".repeat(width + 2));
    let facts = facts.join(&indentation);
    let space = match width.checked_sub(label.chars().count()) {
        Some(rest) => " ".repeat(rest + 2),
        None => indentation,
    };
    format!("{}{space}{facts}", style.bold(label))
}

fn facts(policy: &Policy, moments: &Moments, style: Style) -> Vec<String> {
    let mut facts = vec![left(policy, style), resets(policy, moments)];
    if let Some(window) = policy.window() {
        facts.push(format!("window {}", time(window)));
    }
    if let Some(key) = policy.partition_key() {
        facts.push(format!("partition {}", bytes(key)));
    }
    facts.push(format!("as {} says", policy.dialect()));
    facts
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
