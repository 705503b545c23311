//! The parser of structured fields, turned to what rate limits need: lists of items with parameters.
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

/// What becomes of the members of a list.
pub(super) trait Members<'de> {
    type Draft;
    type Member;

    /// A member begins with its bare item.
    fn begin(&self, item: BareItemFromInput<'de>) -> Result<Self::Draft, NotOurs>;
    fn parameter(&self, draft: &mut Self::Draft, key: &str, value: BareItemFromInput<'de>);
    fn finish(&self, draft: Self::Draft) -> Result<Self::Member, NotOurs>;
}

/// Why a field is ignored though it is a structured field. Nobody asks which of the reasons it is.
#[derive(Debug)]
pub(super) struct NotOurs;

/// All members of a list, in order; `None` if the field is to be ignored.
pub(super) fn list<'de, M: Members<'de>>(text: &'de [u8], kind: &M) -> Option<Few<M::Member>> {
    let members = Few::Zero;
    Parser::new(text)
        .parse_list_with_visitor(ListOf { kind, members })
        .ok()
}

pub(super) fn integer(value: &BareItemFromInput<'_>) -> Result<u64, NotOurs> {
    let value = value.as_integer().ok_or(NotOurs)?;
    u64::try_from(i64::from(value)).map_err(|_| NotOurs)
}

pub(super) fn string(value: BareItemFromInput<'_>) -> Result<Cow<'_, str>, NotOurs> {
    match value {
        BareItemFromInput::String(Cow::Borrowed(text)) => Ok(Cow::Borrowed(text.as_str())),
        BareItemFromInput::String(Cow::Owned(text)) => Ok(Cow::Owned(text.into())),
        _ => Err(NotOurs),
    }
}

/// A name. The draft asks for a String, but its own examples have Tokens.
pub(super) fn name(value: BareItemFromInput<'_>) -> Result<Cow<'_, str>, NotOurs> {
    match value {
        BareItemFromInput::Token(name) => Ok(Cow::Borrowed(name.as_str())),
        value => string(value),
    }
}

impl fmt::Display for NotOurs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a structured field about rate limits")
    }
}

impl error::Error for NotOurs {}

struct ListOf<'k, 'de, M: Members<'de>> {
    kind: &'k M,
    members: Few<M::Member>,
}

struct Entry<'v, 'k, 'de, M: Members<'de>> {
    list: &'v mut ListOf<'k, 'de, M>,
}

/// A member in the making.
struct Making<'v, 'k, 'de, M: Members<'de>> {
    list: &'v mut ListOf<'k, 'de, M>,
    draft: M::Draft,
}

impl<'de, M: Members<'de>> ListVisitor<'de> for ListOf<'_, 'de, M> {
    type Out = Few<M::Member>;
    type Error = NotOurs;

    fn entry(&mut self) -> Result<impl EntryVisitor<'de>, NotOurs> {
        Ok(Entry { list: self })
    }

    fn finish(self) -> Result<Self::Out, NotOurs> {
        Ok(self.members)
    }
}

impl<'de, M: Members<'de>> EntryVisitor<'de> for Entry<'_, '_, 'de, M> {
    type Error = NotOurs;

    fn item(self) -> Result<impl ItemVisitor<'de>, NotOurs> {
        Ok(self)
    }

    fn inner_list(self) -> Result<impl InnerListVisitor<'de>, NotOurs> {
        Err::<Never, _>(NotOurs)
    }
}

impl<'de, M: Members<'de>> ItemVisitor<'de> for Entry<'_, '_, 'de, M> {
    type Out = ();
    type Error = NotOurs;

    fn bare_item(
        self,
        item: BareItemFromInput<'de>,
    ) -> Result<impl ParameterVisitor<'de, Out = ()>, NotOurs> {
        let draft = self.list.kind.begin(item)?;
        let list = self.list;
        Ok(Making { list, draft })
    }
}

impl<'de, M: Members<'de>> ParameterVisitor<'de> for Making<'_, '_, 'de, M> {
    type Out = ();
    type Error = NotOurs;

    fn parameter(
        &mut self,
        key: &'de KeyRef,
        value: BareItemFromInput<'de>,
    ) -> Result<(), NotOurs> {
        let kind = self.list.kind;
        kind.parameter(&mut self.draft, key.as_str(), value);
        Ok(())
    }

    fn finish(self) -> Result<(), NotOurs> {
        let member = self.list.kind.finish(self.draft)?;
        self.list.members.push(member);
        Ok(())
    }
}
