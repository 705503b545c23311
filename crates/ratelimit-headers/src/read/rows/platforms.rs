//! Gateways and services with names of their own.

use super::{DAY, HOUR, MINUTE, MONTH, SECOND, YEAR};
use crate::read::row::{Row, Says};
use std::time::Duration;

/// `X-RateLimit-Limit-Minute`.
macro_rules! period {
    ($period:literal) => {
        &[
            (concat!("x-ratelimit-limit-", $period), Says::Limit),
            (concat!("x-ratelimit-remaining-", $period), Says::Remaining),
        ]
    };
}

pub(super) const ROWS: [Row; 17] = [
    // Kong, plugins/rate-limiting/handler.lua.
    Row::new("kong", period!("second")).per(SECOND),
    Row::new("kong", period!("minute")).per(MINUTE),
    Row::new("kong", period!("hour")).per(HOUR),
    Row::new("kong", period!("day")).per(DAY),
    Row::new("kong", period!("month")).per(MONTH),
    Row::new("kong", period!("year")).per(YEAR),
    // linear.app/developers/rate-limiting; RapidAPI (captured) has the first.
    Row::new("linear", members!("x-ratelimit-requests")).with_unit("requests"),
    Row::new("linear", members!("x-ratelimit-complexity")).with_unit("complexity"),
    Row::new("linear", members!("x-ratelimit-endpoint-requests"))
        .with_unit("requests")
        .with_name("endpoint"),
    // developers.hubspot.com, usage guidelines.
    Row::new(
        "hubspot",
        &[
            ("x-hubspot-ratelimit-max", Says::Limit),
            ("x-hubspot-ratelimit-remaining", Says::Remaining),
            (
                "x-hubspot-ratelimit-interval-milliseconds",
                Says::WindowMillis,
            ),
        ],
    ),
    Row::new(
        "hubspot",
        &[
            ("x-hubspot-ratelimit-daily", Says::Limit),
            ("x-hubspot-ratelimit-daily-remaining", Says::Remaining),
        ],
    )
    .with_name("daily")
    .with_window(Duration::from_secs(DAY.1)),
    Row::new(
        "hubspot",
        &[
            ("x-hubspot-ratelimit-secondly", Says::Limit),
            ("x-hubspot-ratelimit-secondly-remaining", Says::Remaining),
        ],
    )
    .with_name("secondly")
    .with_window(Duration::from_secs(SECOND.1)),
    // contentful.com/developers, rate limits. The reset does not say whose it is, so it is a policy of its own.
    Row::new(
        "contentful",
        &[
            ("x-contentful-ratelimit-hour-limit", Says::Limit),
            ("x-contentful-ratelimit-hour-remaining", Says::Remaining),
        ],
    )
    .per(HOUR),
    Row::new(
        "contentful",
        &[
            ("x-contentful-ratelimit-second-limit", Says::Limit),
            ("x-contentful-ratelimit-second-remaining", Says::Remaining),
        ],
    )
    .per(SECOND),
    Row::new(
        "contentful",
        &[("x-contentful-ratelimit-reset", Says::Reset)],
    ),
    // Fastly's API (sources of its clients).
    Row::new(
        "fastly",
        &[
            ("fastly-ratelimit-remaining", Says::Remaining),
            ("fastly-ratelimit-reset", Says::Reset),
        ],
    ),
    // shopify.dev, REST rate limits.
    Row::new(
        "shopify",
        &[("x-shopify-shop-api-call-limit", Says::UsedOfLimit)],
    ),
];
