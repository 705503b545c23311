//! The names that everybody uses, each in their own way.
//!
//! The three families have the same members, with different beginnings:
//!
//! - `-limit`, `-remaining`, `-reset`: draft-polli-ratelimit-headers, and before it a convention.
//! - `-used` (GitHub, Reddit), `-observed` (GitLab).
//! - `-reset-after` (Discord), which needs no clock; `-resettime` (GitLab), `-next` (Akamai).
//! - `-resource` (GitHub), `-bucket` (Discord), `-name` (GitLab).
//! - `-interval` (Crossref, Mapbox), `-period` (Ensembl), `-duration` (tollbooth), `-renewalperiod` (Azure).

use crate::dialect::Dialect;
use crate::read::row::{Row, Says};

pub(in crate::read) const TRIO: u16 = 0;
pub(in crate::read) const X: u16 = 1;
pub(in crate::read) const DASHED: u16 = 2;

macro_rules! fields {
    ($family:literal, $limit:expr $(, $more:expr)*) => {
        &[
            (concat!($family, "-limit"), $limit),
            $($more,)*
            (concat!($family, "-remaining"), Says::Remaining),
            (concat!($family, "-used"), Says::Used),
            (concat!($family, "-observed"), Says::Used),
            (concat!($family, "-reset-after"), Says::ResetAfter),
            (concat!($family, "-reset"), Says::Reset),
            (concat!($family, "-resettime"), Says::Reset),
            (concat!($family, "-next"), Says::Reset),
            (concat!($family, "-resource"), Says::Name),
            (concat!($family, "-bucket"), Says::Name),
            (concat!($family, "-name"), Says::Name),
            (concat!($family, "-interval"), Says::Window),
            (concat!($family, "-period"), Says::Window),
            (concat!($family, "-duration"), Says::Window),
            (concat!($family, "-renewalperiod"), Says::Window),
        ]
    };
}

pub(super) const ROWS: [Row; 3] = [
    Row::of(Dialect::IetfTrio, fields!("ratelimit", Says::LimitList)),
    Row::of(Dialect::XRateLimit, fields!("x-ratelimit", Says::LimitList)),
    Row::of(
        Dialect::XRateLimitDashed,
        // AspNetCoreRateLimit (captured) sends the window as `X-Rate-Limit-Limit: 1s`; Zendesk (developer.zendesk.com)
        // sends the limit as `x-rate-limit`.
        fields!(
            "x-rate-limit",
            Says::LimitOrWindow,
            ("x-rate-limit", Says::Limit)
        ),
    ),
];
