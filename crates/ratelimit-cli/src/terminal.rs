//! What a terminal can and may show.

/// Whether a terminal may be shown colours: not under `NO_COLOR` (no-color.org), and not if it is said
/// to have none.
pub(crate) fn may_colour() -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !is_set("NO_COLOR") && !is_dumb()
}

/// Whether it is said to be a terminal that only prints one line after the other.
pub(crate) fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|value| value == "dumb")
}
