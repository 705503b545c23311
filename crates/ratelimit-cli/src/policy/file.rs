//! The policy file as it is written: its words and where they stand, and nothing about whether they
//! make sense together.
//!
//! Every table refuses fields that it does not know: a limit that is misspelt and then ignored is a
//! limit that nobody keeps. What the file may grow into has its place: a plan and an endpoint have
//! *lists* of policies, a key is a table, ways to say who calls are words with an argument
//! (`header:NAME`), and `version` tells formats apart.
//!
//! Danger: these types hold the keys of callers, so none of them can be printed.

mod one_or_more;
mod responses;

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

pub(super) use one_or_more::OneOrMore;
pub(super) use responses::{BodyStyle, Existing, Refusal, Refusals, Responses};

pub(super) type Word = Spanned<String>;
/// One word, or a list of them.
pub(super) type Words = Spanned<OneOrMore>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct File {
    pub(super) version: Spanned<i64>,
    pub(super) name: Option<String>,
    #[serde(default)]
    pub(super) shadow: bool,
    #[serde(default)]
    pub(super) skip: Vec<Word>,
    #[serde(default)]
    pub(super) caller: Caller,
    pub(super) forwarded: Option<Forwarded>,
    #[serde(default)]
    pub(super) responses: Responses,
    #[serde(default)]
    pub(super) store: Store,
    #[serde(default)]
    pub(super) refusals: Refusals,
    pub(super) usage: Option<Usage>,
    #[serde(default)]
    pub(super) plans: BTreeMap<Word, Plan>,
    #[serde(default)]
    pub(super) meters: Vec<Meter>,
    #[serde(default)]
    pub(super) endpoints: Vec<Endpoint>,
    #[serde(default)]
    pub(super) keys: Vec<Key>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Caller {
    /// `bearer` or `header:NAME`, or a list of them.
    pub(super) key: Option<Words>,
    /// `refuse`, `pass`, `by-address:PLAN` or `together:PLAN`.
    pub(super) anonymous: Option<Word>,
    /// The same; as `anonymous` unless it is there.
    pub(super) unknown: Option<Word>,
    /// `by-address:PLAN`.
    pub(super) also: Option<Word>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Forwarded {
    /// `x-forwarded-for`, `forwarded` or `header:NAME`.
    pub(super) source: Word,
    pub(super) trusted: Spanned<Vec<Word>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Usage {
    pub(super) path: Word,
    pub(super) page: Option<Word>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Store {
    pub(super) capacity: Option<Spanned<i64>>,
    #[serde(default)]
    pub(super) when_full: WhenFull,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum WhenFull {
    #[default]
    Refuse,
    Admit,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Plan {
    pub(super) policies: Spanned<Vec<Policy>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Policy {
    pub(super) name: Word,
    pub(super) algorithm: Option<Spanned<Algorithm>>,
    pub(super) quota: Option<Word>,
    pub(super) concurrency: Option<Spanned<i64>>,
    pub(super) unit: Option<Word>,
    /// An IANA name, for quotas by the calendar.
    pub(super) zone: Option<Word>,
    /// The day that months begin on.
    pub(super) anchor: Option<Spanned<i64>>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Algorithm {
    #[serde(alias = "token-bucket")]
    Gcra,
    SlidingLog,
    SlidingCounter,
    FixedWindow,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Meter {
    /// Absent: requests.
    pub(super) unit: Option<Word>,
    pub(super) cost: Option<Spanned<i64>>,
    /// Prefixes, each with a method or without; everywhere unless it is there.
    pub(super) on: Option<Spanned<Vec<Word>>>,
    /// `successes`, `header:NAME`, `field:PATH` or `bytes:SIZE`; what was taken unless it is there.
    pub(super) charge: Option<Word>,
    pub(super) failed: Option<Fate>,
    pub(super) lost: Option<Fate>,
}

/// What becomes of what was taken.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Fate {
    Keep,
    Refund,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Endpoint {
    pub(super) prefix: Word,
    pub(super) method: Option<Word>,
    /// `NAME`, or `NAME: VALUE`.
    pub(super) header: Option<Word>,
    pub(super) policies: Spanned<Vec<Policy>>,
    #[serde(default)]
    pub(super) instead: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Key {
    pub(super) key: Word,
    pub(super) plan: Word,
}
