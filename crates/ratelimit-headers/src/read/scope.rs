//! Fields that come and go together, for whoever is about to write some of them.
//!
//! What stands beside a limit belongs to it: a stranger's `X-RateLimit-Reset-After` beside our `X-RateLimit-Reset` would
//! be believed in its place. Which fields those are only the rows of the reader say, so that reader and writer cannot
//! come to differ.

use super::families;
use super::found::Found;
use super::moment::Moments;
use super::own::Names;
use super::places::{self, Place};
use super::reader::Reader;
use super::response::Response;
use super::retry_after;
use super::row::{Row, Says};
use super::rows::{DASHED, ROWS, TRIO, X};
use crate::dialect::Dialect;
use crate::few::Few;
use crate::policy::Policy;
use http::{HeaderMap, HeaderName};
use std::time::SystemTime;

/// Vendors whose fields are written.
pub(crate) const OPENAI: &str = "openai";
pub(crate) const ANTHROPIC: &str = "anthropic";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// `X-RateLimit-*`.
    X,
    /// All shapes of the IETF drafts, because `RateLimit-Policy` means another thing in each.
    Ietf,
    /// The fields of one row.
    Row(u16),
    /// The families that servers repeat one fact in.
    Generic,
    /// Every family that can be written, with what its vendor has beside it.
    Written,
    /// How long to wait.
    Retry,
}

impl Scope {
    /// Whether any of its fields is there.
    pub(crate) fn is_in(self, headers: &HeaderMap) -> bool {
        headers.keys().any(|name| self.has(name))
    }

    /// Removes its fields, and nothing else.
    pub(crate) fn remove(self, headers: &mut HeaderMap) {
        let names = headers.keys().filter(|name| self.has(name));
        let names: Vec<HeaderName> = names.cloned().collect();
        for name in names {
            headers.remove(name);
        }
    }

    /// What its fields say, as if there were no others; also in a response from a cache, for it is about to be written
    /// again. Resets are not to be used: there is no moment of reading.
    pub(crate) fn read(self, headers: &HeaderMap) -> Few<Policy> {
        let mut found = Found::new();
        found.walk_if(headers, &Names::NONE, |place| self.covers(place));
        let reader = Reader::new();
        let moments = Moments::new(headers, SystemTime::UNIX_EPOCH);
        let mut policies = Few::Zero;
        let response = Response::new(headers, moments, &reader);
        families::read(found.as_slice(), &response, &mut policies);
        policies
    }

    pub(crate) fn has(self, name: &HeaderName) -> bool {
        places::of(name.as_str()).is_some_and(|place| self.covers(place))
    }

    fn covers(self, place: Place) -> bool {
        match (self, place) {
            (Scope::X, Place::Row { row: X, .. })
            | (Scope::Ietf, Place::Row { row: TRIO, .. })
            | (Scope::Ietf | Scope::Generic | Scope::Written, Place::Counters | Place::Policies)
            | (Scope::Retry, Place::Retry(_)) => true,
            (Scope::Row(ours), Place::Row { row, .. }) => ours == row,
            (Scope::Generic, Place::Row { row, .. }) => row <= DASHED,
            (Scope::Written, Place::Row { row, .. }) => is_written(row),
            (Scope::Written, Place::Retry(at)) => retry_after::is_written(at),
            _ => false,
        }
    }
}

fn is_written(row: u16) -> bool {
    const VENDORS: [Dialect; 2] = [Dialect::Vendor(OPENAI), Dialect::Vendor(ANTHROPIC)];
    let vendor = |row: &Row| VENDORS.contains(&row.dialect);
    matches!(row, TRIO | X) || ROWS.get(usize::from(row)).is_some_and(vendor)
}

/// A row that states the policies of one unit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OfUnit {
    pub(crate) unit: &'static str,
    pub(crate) scope: Scope,
    row: &'static Row,
}

impl OfUnit {
    /// The names of limit, remaining and reset.
    pub(crate) fn names(&self) -> [HeaderName; 3] {
        [Says::Limit, Says::Remaining, Says::Reset].map(|says| {
            let mut fields = self.row.fields.iter();
            // Never the fallback: it is tested that every one of these rows has all three.
            let name = fields.find(|field| field.1 == says);
            HeaderName::from_static(name.map_or("x-ratelimit", |field| field.0))
        })
    }
}

/// The rows of a vendor that have a unit and nothing else to tell them apart by.
pub(crate) fn units(vendor: &'static str) -> impl Iterator<Item = OfUnit> {
    let rows = (0..).zip(&ROWS);
    rows.filter_map(move |(number, row)| {
        if row.dialect != Dialect::Vendor(vendor) || row.name.is_some() {
            return None;
        }
        Some(OfUnit {
            unit: row.unit?,
            scope: Scope::Row(number),
            row,
        })
    })
}

/// Whether a field may be one of [`Scope::Generic`] or [`Scope::Written`]: asked of each field of each response, so it
/// looks at few bytes, and says yes to some others.
#[inline]
pub(crate) fn may_concern(name: &HeaderName) -> bool {
    matches!(
        name.as_str().as_bytes(),
        [b'x', b'-', b'r', b'a', b't', b'e', ..]
            | [b'r', b'a', b't', b'e', ..]
            | [b'a', b'n', b't', b'h', ..]
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::{RATE_LIMIT, RATE_LIMIT_POLICY, X_LIMIT, X_REMAINING, X_RESET};

    #[test]
    fn what_is_written_or_generic_is_asked_for() {
        for (name, place) in places::all() {
            if Scope::Generic.covers(place) || Scope::Written.covers(place) {
                assert!(may_concern(&HeaderName::from_static(name)), "{name}");
            }
        }
        for usual in ["date", "content-type", "vary", "x-request-id", "server"] {
            assert!(!may_concern(&HeaderName::from_static(usual)), "{usual}");
        }
    }

    #[test]
    fn what_is_written_is_of_its_scope() {
        for name in [X_LIMIT, X_REMAINING, X_RESET] {
            assert!(Scope::X.has(&name) && Scope::Written.has(&name));
        }
        for name in [RATE_LIMIT, RATE_LIMIT_POLICY] {
            assert!(Scope::Ietf.has(&name) && Scope::Written.has(&name));
        }
        for of_unit in units(OPENAI).chain(units(ANTHROPIC)) {
            for name in of_unit.names() {
                assert!(of_unit.scope.has(&name) && Scope::Written.has(&name));
            }
        }
    }

    #[test]
    fn the_fields_of_a_unit_are_named_after_it() {
        const PARTS: [&str; 3] = ["limit", "remaining", "reset"];
        let all = |vendor| units(vendor).map(|unit| (unit.unit, unit.names()));
        let names: Vec<_> = all(OPENAI).map(|(unit, _)| unit).collect();
        assert_eq!(names, ["requests", "tokens"]);
        for (unit, names) in all(OPENAI) {
            assert_eq!(
                names.each_ref().map(HeaderName::as_str),
                PARTS.map(|part| format!("x-ratelimit-{part}-{unit}"))
            );
        }
        let names: Vec<_> = all(ANTHROPIC).map(|(unit, _)| unit).collect();
        assert_eq!(
            names,
            ["requests", "tokens", "input-tokens", "output-tokens"]
        );
        for (unit, names) in all(ANTHROPIC) {
            assert_eq!(
                names.each_ref().map(HeaderName::as_str),
                PARTS.map(|part| format!("anthropic-ratelimit-{unit}-{part}"))
            );
        }
    }
}
