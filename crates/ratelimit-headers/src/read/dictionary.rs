//! `RateLimit` as a dictionary (draft-ietf-httpapi-ratelimit-headers-07): `limit=100, remaining=50, reset=5`.
//!
//! The later drafts have a list under the same name, and a list of Tokens may also parse as a dictionary: only the keys
//! tell which it is.

use super::structured::{NotOurs, integer};
use sfv::visitor::{
    DictionaryVisitor, EntryVisitor, Ignored, InnerListVisitor, ItemVisitor, ParameterVisitor,
};
use sfv::{BareItemFromInput, KeyRef, Parser};

#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) limit: Option<u64>,
    pub(super) remaining: Option<u64>,
    pub(super) reset: Option<u64>,
}

/// `None` if it is not such a dictionary; an error if it is, but to be ignored.
pub(super) fn parse(text: &[u8]) -> Option<Result<Counters, NotOurs>> {
    // What begins with a String is a list.
    if text.first() == Some(&b'"') {
        return None;
    }
    let [limit, remaining, reset] = Parser::new(text)
        .parse_dictionary_with_visitor(Known::default())
        .ok()?;
    if limit.is_none() && remaining.is_none() && reset.is_none() {
        return None;
    }
    let counters = || {
        Ok(Counters {
            limit: limit.transpose()?,
            remaining: remaining.transpose()?,
            reset: reset.transpose()?,
        })
    };
    Some(counters())
}

/// What was found under a key; of the wrong type it is `Some(Err)`, until the key comes again.
type Value = Option<Result<u64, NotOurs>>;

#[derive(Default)]
struct Known {
    values: [Value; 3],
}

struct Slot<'v> {
    value: &'v mut Value,
}

impl<'de> DictionaryVisitor<'de> for Known {
    type Out = [Value; 3];
    type Error = NotOurs;

    fn entry(&mut self, key: &'de KeyRef) -> Result<impl EntryVisitor<'de>, NotOurs> {
        let [limit, remaining, reset] = &mut self.values;
        let value = match key.as_str() {
            "limit" => limit,
            "remaining" => remaining,
            "reset" => reset,
            _ => return Ok(None),
        };
        // What is not an Item stays this.
        *value = Some(Err(NotOurs));
        Ok(Some(Slot { value }))
    }

    fn finish(self) -> Result<Self::Out, NotOurs> {
        Ok(self.values)
    }
}

impl<'de> EntryVisitor<'de> for Slot<'_> {
    type Error = NotOurs;

    fn item(self) -> Result<impl ItemVisitor<'de>, NotOurs> {
        Ok(self)
    }

    fn inner_list(self) -> Result<impl InnerListVisitor<'de>, NotOurs> {
        Ok(Ignored)
    }
}

impl<'de> ItemVisitor<'de> for Slot<'_> {
    type Out = ();
    type Error = NotOurs;

    fn bare_item(
        self,
        item: BareItemFromInput<'de>,
    ) -> Result<impl ParameterVisitor<'de, Out = ()>, NotOurs> {
        *self.value = Some(integer(&item));
        // Draft -07, section 3.5: parameters are ignored.
        Ok(Ignored)
    }
}
