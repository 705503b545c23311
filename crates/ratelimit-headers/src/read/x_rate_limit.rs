//! `X-RateLimit-*` alone, for whoever is about to write it.

use super::families;
use super::found::Found;
use super::moment::Moments;
use super::own::Names;
use super::places::Place;
use super::reader::Reader;
use super::response::Response;
use super::rows::X;
use crate::few::Few;
use crate::policy::Policy;
use http::HeaderMap;

/// The policy in force, whatever the other families say; `None` if the fields say nothing.
pub(crate) fn read(headers: &HeaderMap, moments: &Moments<'_>) -> Option<Policy> {
    let mut found = Found::new();
    found.walk(headers, &Names::NONE);
    let is_ours = |place: Place| matches!(place, Place::Row { row: X, .. });
    let mut ours = found
        .as_slice()
        .chunk_by(|a, b| is_ours(a.place) == is_ours(b.place));
    let ours = ours.find(|fields| fields.iter().any(|field| is_ours(field.place)))?;
    let reader = Reader::new();
    let response = Response::new(headers, *moments, &reader);
    // What quotas there are beside it stand before it.
    let mut policies = Few::Zero;
    families::add_row(ours, &response, &mut policies);
    policies.into_last()
}
