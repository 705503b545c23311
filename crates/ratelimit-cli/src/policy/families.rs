//! The families of headers by the names that a policy file has for them.

use ratelimit_headers::Dialects;

/// A family of headers.
pub(super) struct Family {
    /// What a file calls it.
    pub(super) name: &'static str,
    /// What `check` says of it.
    pub(super) headers: &'static str,
    pub(super) dialect: Dialects,
}

const fn family(name: &'static str, headers: &'static str, dialect: Dialects) -> Family {
    Family {
        name,
        headers,
        dialect,
    }
}

pub(super) const FAMILIES: [Family; 9] = [
    family("x-ratelimit", "X-RateLimit-*", Dialects::X_RATE_LIMIT),
    family(
        "x-ratelimit-delta",
        "X-RateLimit-* (with delays)",
        Dialects::X_RATE_LIMIT_DELTA,
    ),
    family("envoy", "X-RateLimit-* (as Envoy)", Dialects::ENVOY),
    family("ietf", "RateLimit and RateLimit-Policy", Dialects::IETF),
    family(
        "ietf-07",
        "RateLimit and RateLimit-Policy (draft -07)",
        Dialects::IETF_07,
    ),
    family(
        "ietf-trio",
        "RateLimit-Limit, -Remaining, -Reset and RateLimit-Policy",
        Dialects::IETF_TRIO,
    ),
    family(
        "x-retry-after",
        "X-RateLimit-Retry-After",
        Dialects::X_RETRY_AFTER,
    ),
    family("openai", "those of OpenAI", Dialects::OPENAI),
    family("anthropic", "those of Anthropic", Dialects::ANTHROPIC),
];

/// What a file calls this one family.
pub(super) fn name(dialect: Dialects) -> &'static str {
    let found = FAMILIES.iter().find(|family| family.dialect == dialect);
    found.map_or("?", |family| family.name)
}

/// The families of a set.
pub(super) fn of(dialects: Dialects) -> impl Iterator<Item = &'static Family> {
    let is_there = move |family: &&Family| dialects.contains(family.dialect);
    FAMILIES.iter().filter(is_there)
}
