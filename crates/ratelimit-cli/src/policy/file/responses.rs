//! What callers are told, as it is written.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::Word;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::policy) struct Responses {
    /// Names of families; the two usual ones unless it is there.
    pub(in crate::policy) headers: Option<Vec<Word>>,
    #[serde(default)]
    pub(in crate::policy) body: BodyStyle,
    #[serde(default)]
    pub(in crate::policy) upstream_headers: Existing,
    /// Seconds.
    pub(in crate::policy) concurrency_retry_after: Option<Spanned<i64>>,
    #[serde(default)]
    pub(in crate::policy) grpc: bool,
    /// Headers of every response.
    #[serde(default)]
    pub(in crate::policy) set: BTreeMap<Word, Word>,
}

/// What refused callers are told, by why they are refused.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::policy) struct Refusals {
    pub(in crate::policy) rate: Option<Refusal>,
    pub(in crate::policy) quota: Option<Refusal>,
    pub(in crate::policy) concurrency: Option<Refusal>,
    pub(in crate::policy) cost: Option<Refusal>,
    pub(in crate::policy) key: Option<Refusal>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::policy) struct Refusal {
    pub(in crate::policy) status: Option<Spanned<i64>>,
    pub(in crate::policy) content_type: Option<Word>,
    pub(in crate::policy) body: Word,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(in crate::policy) enum BodyStyle {
    ErrorJson,
    #[default]
    Problem,
    Empty,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(in crate::policy) enum Existing {
    #[default]
    Merge,
    Replace,
    Keep,
}
