//! From the fields that were found to policies.
//!
//! Servers repeat one fact in several of the generic families, mostly while they migrate from one to the next: so the
//! newest that yields a policy is used alone, and fields are never mixed across families. What the vendors have under
//! names of their own is said nowhere else, so it is added.

use super::field::Field;
use super::places::Place;
use super::response::Response;
use super::rows::{DASHED, ROWS, TRIO};
use super::{ietf, sentry, single, zendesk};
use crate::few::Few;
use crate::policy::Policy;

pub(super) fn read(fields: &[Field<'_>], response: &Response<'_>, policies: &mut Few<Policy>) {
    let lists = fields.partition_point(|field| field.place <= Place::Policies);
    let (lists, rest) = fields.split_at(lists);
    let vendors = rest.partition_point(|field| field.place <= LAST_GENERIC);
    let (generic, vendors) = rest.split_at(vendors);
    newest(lists, generic, response, policies);
    for fields in rows(vendors) {
        add_row(fields, response, policies);
    }
}

const LAST_GENERIC: Place = Place::Row {
    row: DASHED,
    field: u16::MAX,
};

fn newest(
    lists: &[Field<'_>],
    generic: &[Field<'_>],
    response: &Response<'_>,
    policies: &mut Few<Policy>,
) {
    let mut quotas = Few::Zero;
    if !lists.is_empty() {
        let lists = ietf::Fields::new(lists, response);
        lists.add_policies(response, policies);
        if !policies.is_empty() {
            return;
        }
        quotas = lists.quotas();
    }
    let trio = generic.partition_point(|field| row(field.place) == Some(TRIO));
    let (trio, others) = generic.split_at(trio);
    if !trio.is_empty() || !quotas.is_empty() {
        let row = &ROWS[usize::from(TRIO)];
        single::read(row, trio, quotas, response, policies);
    }
    for fields in rows(others) {
        if policies.is_empty() {
            add_row(fields, response, policies);
        }
    }
}

/// Adds what all fields of one row say.
pub(super) fn add_row(fields: &[Field<'_>], response: &Response<'_>, policies: &mut Few<Policy>) {
    match fields.first().map(|field| field.place) {
        Some(Place::Row { row, .. }) => {
            if let Some(row) = response.row(row) {
                single::read(row, fields, Few::Zero, response, policies);
            }
        }
        Some(Place::Sentry) => sentry::read(fields, response, policies),
        Some(Place::Zendesk) => zendesk::read(fields, response, policies),
        _ => {}
    }
}

fn rows<'f, 'h>(fields: &'f [Field<'h>]) -> impl Iterator<Item = &'f [Field<'h>]> {
    fields.chunk_by(|a, b| match (row(a.place), row(b.place)) {
        (None, None) => a.place == b.place,
        (a, b) => a == b,
    })
}

const fn row(place: Place) -> Option<u16> {
    match place {
        Place::Row { row, .. } => Some(row),
        _ => None,
    }
}
