//! What else is worth a word: below the advice, a paragraph each.

use ratelimit_headers::Reading;

use super::head::Head;
use super::moments::Moments;
use super::words::{about, and};

pub(super) fn notes(
    head: &Head,
    reading: &Reading,
    moments: &Moments,
    not_understood: Option<String>,
) -> Vec<String> {
    let cut = "the head ends in the middle of a line: its last value may be cut short";
    let is_dated = !reading.is_empty();
    let notes = [
        several_families(reading),
        is_dated.then(|| age(moments)).flatten(),
        not_understood,
        left_out(head),
        head.is_cut.then(|| cut.to_owned()),
    ];
    notes.into_iter().flatten().collect()
}

fn left_out(head: &Head) -> Option<String> {
    let lines = head.left_out.iter();
    let lines: Vec<_> = lines
        .map(|(number, what)| format!("line {number} {what}"))
        .collect();
    (!lines.is_empty()).then(|| format!("left out: {}", lines.join(", ")))
}

/// Servers repeat one limit in several families, under different names: nobody can tell.
fn several_families(reading: &Reading) -> Option<String> {
    let mut families: Vec<&str> = Vec::new();
    for policy in reading.policies() {
        let family = policy.dialect().as_str();
        if !families.contains(&family) {
            families.push(family);
        }
    }
    let are_several = families.len() > 1;
    are_several.then(|| {
        format!(
            "{} are different families of headers: they may state the same limit.",
            and(&families)
        )
    })
}

fn age(moments: &Moments) -> Option<String> {
    let (age, direction) = moments.age()?;
    Some(format!(
        "Times are counted from the response's Date, {}, which is {} {direction} now.",
        moments.origin().unwrap_or_default(),
        about(age)
    ))
}
