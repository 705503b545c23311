//! Where a field belongs, found by its name.
//!
//! A hundred and fifty names are known and a response has forty fields, most of them about something else. To look up
//! each name that is known would cost microseconds; so each field that is there is looked up in a table, which was
//! built when this crate was compiled. It has seven times as many slots as names: what is not ours mostly falls into an
//! empty slot, and is not even compared.

use super::retry_after;
use super::row::Says;
use super::rows::ALL;

/// Where a field belongs; in the order in which fields are read, which is their precedence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// `RateLimit`.
    Counters,
    /// `RateLimit-Policy`.
    Policies,
    /// A field of a row; those of the caller stand behind ours.
    Row { row: u16, field: u16 },
    /// `X-Sentry-Rate-Limits`.
    Sentry,
    /// `Zendesk-RateLimit-<endpoint>`.
    Zendesk,
    /// `Retry-After` or one like it.
    Retry(u16),
}

const SPECIAL: [(&str, Place); 3] = [
    ("ratelimit", Place::Counters),
    ("ratelimit-policy", Place::Policies),
    ("x-sentry-rate-limits", Place::Sentry),
];

const COUNT: usize = count();
const SLOTS: usize = 1024;
/// A slot with nothing in it.
const EMPTY: u8 = u8::MAX;
/// The shortest name there is, and then some: the table samples words of this length.
const WORD: usize = 8;

static NAMES: [(&str, Place); COUNT] = ALL_NAMES;
const ALL_NAMES: [(&str, Place); COUNT] = names();
static TABLE: [u8; SLOTS] = table();

/// `name` in lower case, as header maps have it.
#[inline]
pub(super) fn of(name: &str) -> Option<Place> {
    let mut slot = slot(name.as_bytes())?;
    loop {
        match TABLE[slot] {
            EMPTY => return None,
            at => {
                let (known, place) = NAMES[at as usize];
                if known.len() == name.len() && known == name {
                    return Some(place);
                }
            }
        }
        slot = (slot + 1) % SLOTS;
    }
}

/// Where to look first; `None` for a name shorter than all that are known. Three words of a name say enough.
#[inline]
#[allow(clippy::cast_possible_truncation)] // Ten bits remain.
const fn slot(name: &[u8]) -> Option<usize> {
    const FACTORS: [u64; 3] = [
        0x9e37_79b9_7f4a_7c15,
        0xc2b2_ae3d_27d4_eb4f,
        0x1656_67b1_9e37_79f9,
    ];
    let (Some(first), Some(last)) = (name.first_chunk::<WORD>(), name.last_chunk::<WORD>()) else {
        return None;
    };
    let (_, middle) = name.split_at((name.len() - WORD) / 2);
    let Some(middle) = middle.first_chunk::<WORD>() else {
        return None;
    };
    let mixed = u64::from_le_bytes(*first).wrapping_mul(FACTORS[0])
        ^ u64::from_le_bytes(*middle).wrapping_mul(FACTORS[1])
        ^ (u64::from_le_bytes(*last) ^ name.len() as u64).wrapping_mul(FACTORS[2]);
    Some((mixed >> 54) as usize)
}

const fn count() -> usize {
    let mut count = SPECIAL.len() + retry_after::FIELDS.len();
    let mut row = 0;
    while row < ALL.len() {
        count += ALL[row].fields.len();
        row += 1;
    }
    count
}

#[allow(clippy::cast_possible_truncation)] // There are fewer than 255 names.
const fn names() -> [(&'static str, Place); COUNT] {
    let mut names = [SPECIAL[0]; COUNT];
    let (mut at, mut special, mut retry, mut row) = (0, 0, 0, 0);
    while special < SPECIAL.len() {
        names[at] = SPECIAL[special];
        (special, at) = (special + 1, at + 1);
    }
    while retry < retry_after::FIELDS.len() {
        names[at] = (retry_after::FIELDS[retry].0, Place::Retry(retry as u16));
        (retry, at) = (retry + 1, at + 1);
    }
    while row < ALL.len() {
        let fields: &[(&str, Says)] = ALL[row].fields;
        let mut field = 0;
        while field < fields.len() {
            let place = Place::Row {
                row: row as u16,
                field: field as u16,
            };
            names[at] = (fields[field].0, place);
            (field, at) = (field + 1, at + 1);
        }
        row += 1;
    }
    names
}

#[allow(clippy::cast_possible_truncation)] // It is asserted that all names have a number.
const fn table() -> [u8; SLOTS] {
    assert!(COUNT < EMPTY as usize, "more names than a byte can number");
    let mut table = [EMPTY; SLOTS];
    let mut at = 0;
    while at < COUNT {
        let Some(mut slot) = slot(ALL_NAMES[at].0.as_bytes()) else {
            panic!("a name is too short for the table");
        };
        while table[slot] != EMPTY {
            slot = (slot + 1) % SLOTS;
        }
        table[slot] = at as u8;
        at += 1;
    }
    table
}

/// All names, in lower case.
#[cfg(test)]
pub(super) fn all() -> impl Iterator<Item = (&'static str, Place)> {
    NAMES.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderName;
    use std::collections::HashSet;

    #[test]
    fn every_name_is_found_where_it_stands() {
        for (name, place) in NAMES {
            assert_eq!(of(name), Some(place), "{name}");
        }
    }

    #[test]
    fn names_are_legal_and_stand_in_one_place() {
        let mut seen = HashSet::new();
        for (name, _) in NAMES {
            assert_eq!(
                HeaderName::from_bytes(name.as_bytes()).unwrap().as_str(),
                name
            );
            assert!(seen.insert(name), "{name} twice");
        }
    }

    #[test]
    fn other_names_are_nowhere() {
        for name in [
            "",
            "date",
            "ratelimi",
            "ratelimit-",
            "x-ratelimit-limit-",
            "content-type",
        ] {
            assert_eq!(of(name), None, "{name}");
        }
    }

    /// Not a matter of right or wrong, but of what the table is there for.
    #[test]
    fn names_are_spread() {
        let slots: HashSet<_> = NAMES
            .iter()
            .filter_map(|(name, _)| slot(name.as_bytes()))
            .collect();
        assert!(slots.len() * 10 > COUNT * 8, "{} of {COUNT}", slots.len());
    }
}
