//! One member of a list of the drafts -08 and later: a name with parameters.

use super::structured::{Members, NotOurs, integer, list, name, string};
use crate::few::Few;
use sfv::BareItemFromInput;
use std::borrow::Cow;

/// The parameters that a field defines. They are data because the drafts keep renaming them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Params<'p> {
    pub(super) count: &'static str,
    pub(super) seconds: &'static str,
    pub(super) unit: Option<&'static str>,
    pub(super) partition_key: &'static str,
    /// Other names, for members without the one above.
    pub(super) aliases: &'p [(&'static str, Alias)],
}

/// What another name of a parameter stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Alias {
    Count,
    Seconds,
}

#[derive(Debug, Default)]
pub(crate) struct Member<'a> {
    pub(crate) name: Cow<'a, str>,
    pub(crate) count: Option<u64>,
    pub(super) seconds: Option<u64>,
    pub(super) unit: Option<Cow<'a, str>>,
    pub(crate) partition_key: Option<Vec<u8>>,
}

/// All members of a field, in order; `None` if the field is to be ignored.
pub(crate) fn parse<'a>(text: &'a [u8], params: &Params<'_>) -> Option<Few<Member<'a>>> {
    list(text, params)
}

/// A member in the making; a parameter of the wrong type is `Some(Err)` until a later one replaces it.
pub(crate) struct Draft<'de> {
    name: Cow<'de, str>,
    count: Option<Result<u64, NotOurs>>,
    seconds: Option<Result<u64, NotOurs>>,
    unit: Option<Result<Cow<'de, str>, NotOurs>>,
    partition_key: Option<Result<Vec<u8>, NotOurs>>,
    other_count: Option<Result<u64, NotOurs>>,
    other_seconds: Option<Result<u64, NotOurs>>,
}

impl<'de> Members<'de> for Params<'_> {
    type Draft = Draft<'de>;
    type Member = Member<'de>;

    fn begin(&self, item: BareItemFromInput<'de>) -> Result<Draft<'de>, NotOurs> {
        Ok(Draft {
            name: name(item)?,
            count: None,
            seconds: None,
            unit: None,
            partition_key: None,
            other_count: None,
            other_seconds: None,
        })
    }

    fn parameter(&self, draft: &mut Draft<'de>, key: &str, value: BareItemFromInput<'de>) {
        if key == self.count {
            draft.count = Some(integer(&value));
        } else if key == self.seconds {
            draft.seconds = Some(integer(&value));
        } else if key == self.partition_key {
            draft.partition_key = Some(bytes(value));
        } else if Some(key) == self.unit {
            draft.unit = Some(string(value));
        } else if let Some((_, alias)) = self.aliases.iter().find(|(name, _)| *name == key) {
            match alias {
                Alias::Count => draft.other_count = Some(integer(&value)),
                Alias::Seconds => draft.other_seconds = Some(integer(&value)),
            }
        }
    }

    fn finish(&self, draft: Draft<'de>) -> Result<Member<'de>, NotOurs> {
        Ok(Member {
            name: draft.name,
            count: (draft.count.transpose()?).or(draft.other_count.transpose()?),
            seconds: (draft.seconds.transpose()?).or(draft.other_seconds.transpose()?),
            unit: draft.unit.transpose()?,
            partition_key: draft.partition_key.transpose()?,
        })
    }
}

fn bytes(value: BareItemFromInput<'_>) -> Result<Vec<u8>, NotOurs> {
    match value {
        BareItemFromInput::ByteSequence(bytes) => Ok(bytes),
        _ => Err(NotOurs),
    }
}
