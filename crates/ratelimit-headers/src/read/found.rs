//! What of a response concerns rate limits, in one walk over its fields.
//!
//! A response from a stranger may have tens of thousands of fields, of which a handful concern us: those are kept in
//! place, more of them on the heap. Values are borrowed, and not looked at yet.

use super::field::Field;
use super::own::Names;
use super::places::{self, Place};
use super::zendesk;
use http::{HeaderMap, HeaderName};

/// What common responses have at most.
const ROOM: usize = 16;

pub(super) struct Found<'h> {
    room: [Field<'h>; ROOM],
    len: usize,
    /// All of them, where there is no room.
    more: Vec<Field<'h>>,
}

impl<'h> Found<'h> {
    /// Nothing yet. It is large: to be filled where it stands.
    #[inline]
    pub(super) const fn new() -> Self {
        Found {
            room: [Field::NONE; ROOM],
            len: 0,
            more: Vec::new(),
        }
    }

    /// Finds the fields that are known, in the order of their places.
    #[inline]
    pub(super) fn walk(&mut self, headers: &'h HeaderMap, own: &Names) {
        self.walk_if(headers, own, |_| true);
    }

    /// As [`walk`](Self::walk), but only of the places that are wanted.
    #[inline]
    pub(super) fn walk_if(
        &mut self,
        headers: &'h HeaderMap,
        own: &Names,
        is_wanted: impl Fn(Place) -> bool,
    ) {
        for (name, value) in headers {
            if let Some(place) = place(name, own).filter(|place| is_wanted(*place)) {
                self.add(Field::new(place, name, value));
            }
        }
        let fields = self.as_mut_slice();
        if !fields.is_sorted_by_key(|field| field.place) {
            fields.sort_unstable_by_key(|field| field.place);
        }
    }

    fn add(&mut self, field: Field<'h>) {
        // The lines of one field come one after the other.
        if let Some(last) = self.as_mut_slice().last_mut() {
            if last.place == field.place && last.name == field.name {
                last.has_more_lines();
                return;
            }
        }
        match self.room.get_mut(self.len) {
            Some(room) if self.more.is_empty() => {
                *room = field;
                self.len += 1;
            }
            _ => {
                if self.more.is_empty() {
                    self.more.extend_from_slice(&self.room);
                }
                self.more.push(field);
            }
        }
    }

    pub(super) fn as_slice(&self) -> &[Field<'h>] {
        if self.more.is_empty() {
            &self.room[..self.len]
        } else {
            &self.more
        }
    }

    fn as_mut_slice(&mut self) -> &mut [Field<'h>] {
        if self.more.is_empty() {
            &mut self.room[..self.len]
        } else {
            &mut self.more
        }
    }
}

#[inline]
pub(super) fn place(name: &HeaderName, own: &Names) -> Option<Place> {
    own.place(name)
        .or_else(|| places::of(name.as_str()))
        .or_else(|| zendesk::endpoint(name).map(|_| Place::Zendesk))
}
