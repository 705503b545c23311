//! What a policy is called here: its name, or else what it counts, or else the family of headers that states it.
//!
//! A limit without a name must not look as if it had one, so its family stands in parentheses.

use ratelimit_headers::{Policy, Reading};

/// What stands before its paragraph.
pub(super) fn label(policy: &Policy) -> String {
    match name(policy) {
        Some(name) => name,
        None => format!("({})", policy.dialect()),
    }
}

/// What it is called in a sentence.
pub(super) fn spoken(policy: &Policy) -> String {
    match name(policy) {
        Some(name) => format!("`{name}`"),
        None => format!("the limit of `{}`", policy.dialect()),
    }
}

/// Whose units are left: nothing where there is no other policy, or where the unit says it.
pub(super) fn of(policy: &Policy, reading: &Reading) -> String {
    let is_said = name(policy).is_some_and(|name| Some(&*name) == policy.unit());
    if reading.policies().len() < 2 || is_said {
        return String::new();
    }
    format!(" of {}", spoken(policy))
}

fn name(policy: &Policy) -> Option<String> {
    let name = policy.name().filter(|name| !name.is_empty());
    let name = name.or(policy.unit())?;
    Some(name.escape_debug().to_string())
}
