//! One member of a structured list: a name with parameters.
//!
//! The parser calls back *while* it parses, so an error may come after members have been seen: nothing that was
//! collected counts until the whole field was read. Of repeated parameters the last one wins (RFC 9651, section
//! 4.2.3.2), even over one of the wrong type: so types are judged when the member is complete.

use crate::few::Few;
use sfv::visitor::{
    EntryVisitor, InnerListVisitor, ItemVisitor, ListVisitor, Never, ParameterVisitor,
};
use sfv::{BareItemFromInput, KeyRef, Parser};
use std::borrow::Cow;
use std::{error, fmt};

/// The parameters that a field defines. They are data because the drafts keep renaming them.
pub(crate) struct Params {
    pub(super) count: &'static str,
    pub(super) seconds: &'static str,
    pub(super) unit: Option<&'static str>,
    pub(super) partition_key: &'static str,
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
pub(crate) fn parse<'a>(text: &'a [u8], params: &Params) -> Option<Few<Member<'a>>> {
    let members = Few::Zero;
    Parser::new(text)
        .parse_list_with_visitor(ListOf { params, members })
        .ok()
}

/// Why a field is ignored though it is a structured list. Nobody asks which of the reasons it is.
#[derive(Debug)]
struct NotOurs;

impl fmt::Display for NotOurs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a list of names with the parameters of rate limits")
    }
}

impl error::Error for NotOurs {}

struct ListOf<'p, 'de> {
    params: &'p Params,
    members: Few<Member<'de>>,
}

struct Entry<'v, 'p, 'de> {
    list: &'v mut ListOf<'p, 'de>,
}

/// A member in the making; a parameter of the wrong type is `Some(Err)` until a later one replaces it.
struct Draft<'v, 'p, 'de> {
    list: &'v mut ListOf<'p, 'de>,
    name: Cow<'de, str>,
    count: Option<Result<u64, NotOurs>>,
    seconds: Option<Result<u64, NotOurs>>,
    unit: Option<Result<Cow<'de, str>, NotOurs>>,
    partition_key: Option<Result<Vec<u8>, NotOurs>>,
}

impl<'de> ListVisitor<'de> for ListOf<'_, 'de> {
    type Out = Few<Member<'de>>;
    type Error = NotOurs;

    fn entry(&mut self) -> Result<impl EntryVisitor<'de>, NotOurs> {
        Ok(Entry { list: self })
    }

    fn finish(self) -> Result<Self::Out, NotOurs> {
        Ok(self.members)
    }
}

impl<'de> EntryVisitor<'de> for Entry<'_, '_, 'de> {
    type Error = NotOurs;

    fn item(self) -> Result<impl ItemVisitor<'de>, NotOurs> {
        Ok(self)
    }

    fn inner_list(self) -> Result<impl InnerListVisitor<'de>, NotOurs> {
        Err::<Never, _>(NotOurs)
    }
}

impl<'de> ItemVisitor<'de> for Entry<'_, '_, 'de> {
    type Out = ();
    type Error = NotOurs;

    fn bare_item(
        self,
        item: BareItemFromInput<'de>,
    ) -> Result<impl ParameterVisitor<'de, Out = ()>, NotOurs> {
        let name = match item {
            // The draft asks for a String, but its own examples have Tokens.
            BareItemFromInput::Token(name) => Cow::Borrowed(name.as_str()),
            item => string(item)?,
        };
        Ok(Draft {
            list: self.list,
            name,
            count: None,
            seconds: None,
            unit: None,
            partition_key: None,
        })
    }
}

impl<'de> ParameterVisitor<'de> for Draft<'_, '_, 'de> {
    type Out = ();
    type Error = NotOurs;

    fn parameter(
        &mut self,
        key: &'de KeyRef,
        value: BareItemFromInput<'de>,
    ) -> Result<(), NotOurs> {
        let (key, params) = (key.as_str(), self.list.params);
        if key == params.count {
            self.count = Some(integer(&value));
        } else if key == params.seconds {
            self.seconds = Some(integer(&value));
        } else if key == params.partition_key {
            self.partition_key = Some(bytes(value));
        } else if Some(key) == params.unit {
            self.unit = Some(string(value));
        }
        Ok(())
    }

    fn finish(self) -> Result<(), NotOurs> {
        self.list.members.push(Member {
            name: self.name,
            count: self.count.transpose()?,
            seconds: self.seconds.transpose()?,
            unit: self.unit.transpose()?,
            partition_key: self.partition_key.transpose()?,
        });
        Ok(())
    }
}

fn integer(value: &BareItemFromInput<'_>) -> Result<u64, NotOurs> {
    let value = value.as_integer().ok_or(NotOurs)?;
    u64::try_from(i64::from(value)).map_err(|_| NotOurs)
}

fn string(value: BareItemFromInput<'_>) -> Result<Cow<'_, str>, NotOurs> {
    match value {
        BareItemFromInput::String(Cow::Borrowed(text)) => Ok(Cow::Borrowed(text.as_str())),
        BareItemFromInput::String(Cow::Owned(text)) => Ok(Cow::Owned(text.into())),
        _ => Err(NotOurs),
    }
}

fn bytes(value: BareItemFromInput<'_>) -> Result<Vec<u8>, NotOurs> {
    match value {
        BareItemFromInput::ByteSequence(bytes) => Ok(bytes),
        _ => Err(NotOurs),
    }
}
