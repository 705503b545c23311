//! Providers of language models: several policies in one response, one for each unit and period.

use super::{DAY, HOUR, MINUTE};
use crate::read::row::{Row, Says};

/// `x-ratelimit-limit-requests`.
macro_rules! suffixed {
    ($suffix:literal) => {
        &[
            (concat!("x-ratelimit-limit-", $suffix), Says::Limit),
            (concat!("x-ratelimit-remaining-", $suffix), Says::Remaining),
            (concat!("x-ratelimit-reset-", $suffix), Says::Reset),
            (concat!("x-ratelimit-renewalperiod-", $suffix), Says::Window),
        ]
    };
}

pub(super) const ROWS: [Row; 18] = [
    // developers.openai.com, rate limits; Groq (console.groq.com) has the same. Azure and GitHub Models (captured) send
    // bare seconds under these names, and renewalperiod as the window.
    Row::new("openai", suffixed!("requests")).with_unit("requests"),
    Row::new("openai", suffixed!("tokens")).with_unit("tokens"),
    Row::new("openai", suffixed!("project-tokens"))
        .with_unit("tokens")
        .with_name("project"),
    // Cerebras (captured); SambaNova (captured) has `-day`.
    Row::new("cerebras", suffixed!("requests-minute"))
        .with_unit("requests")
        .per(MINUTE),
    Row::new("cerebras", suffixed!("requests-hour"))
        .with_unit("requests")
        .per(HOUR),
    Row::new("cerebras", suffixed!("requests-day"))
        .with_unit("requests")
        .per(DAY),
    // Mistral (captured) has this one too.
    Row::new("cerebras", suffixed!("tokens-minute"))
        .with_unit("tokens")
        .per(MINUTE),
    Row::new("cerebras", suffixed!("tokens-hour"))
        .with_unit("tokens")
        .per(HOUR),
    Row::new("cerebras", suffixed!("tokens-day"))
        .with_unit("tokens")
        .per(DAY),
    // Mistral (captured).
    Row::new("mistral", suffixed!("req-minute"))
        .with_unit("requests")
        .per(MINUTE),
    // Mistral before that (prism-php, source).
    Row::new("mistral", members!("ratelimitbysize")).with_unit("tokens"),
    // platform.claude.com, rate limits.
    Row::new("anthropic", members!("anthropic-ratelimit-requests")).with_unit("requests"),
    Row::new("anthropic", members!("anthropic-ratelimit-tokens")).with_unit("tokens"),
    Row::new("anthropic", members!("anthropic-ratelimit-input-tokens")).with_unit("input-tokens"),
    Row::new("anthropic", members!("anthropic-ratelimit-output-tokens")).with_unit("output-tokens"),
    Row::new("anthropic", members!("anthropic-priority-input-tokens"))
        .with_unit("input-tokens")
        .with_name("priority"),
    Row::new("anthropic", members!("anthropic-priority-output-tokens"))
        .with_unit("output-tokens")
        .with_name("priority"),
    // Cohere (captured).
    Row::new(
        "cohere",
        &[("x-trial-endpoint-call-remaining", Says::Remaining)],
    ),
];
