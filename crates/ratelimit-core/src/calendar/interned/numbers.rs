//! Numbers for calendars, given out one by one.

use std::collections::HashMap;
use std::hash::Hasher;
use std::num::NonZeroU16;
use std::sync::{LazyLock, Mutex, OnceLock, PoisonError};

use super::{BLOCK, BLOCKS, BY_NUMBER, Interned, Remembered};
use crate::calendar::zone::Zone;
use crate::calendar::{Calendar, CalendarError, CalendarPeriod, write_text};

/// More than all zones have of days and of months with all anchors, some 20,000.
const MOST: usize = BLOCKS * BLOCK;

static BY_TEXT: LazyLock<Mutex<HashMap<String, Calendar>>> = LazyLock::new(Mutex::default);

/// The calendar of these periods: the same number whenever it is asked for.
pub(in crate::calendar) fn intern(
    period: CalendarPeriod,
    anchor: u8,
    zone: Zone,
) -> Result<Calendar, CalendarError> {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = write_text(&mut text, period, anchor, zone.name());
    let mut known = BY_TEXT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(calendar) = known.get(&text) {
        return Ok(*calendar);
    }
    let number = known.len();
    let calendar = calendar(number).ok_or(CalendarError::TooMany)?;
    let mut hasher = siphasher::sip::SipHasher13::new();
    hasher.write(text.as_bytes());
    let interned = Interned {
        period,
        anchor,
        zone,
        hash: hasher.finish(),
        remembered: Remembered::default(),
    };
    let block = || Box::new([const { OnceLock::new() }; BLOCK]);
    let place = &BY_NUMBER[number / BLOCK].get_or_init(block)[number % BLOCK];
    // Numbers are given out one by one, under the lock: nobody has filled this place.
    let _ = place.set(interned);
    known.insert(text, calendar);
    Ok(calendar)
}

fn calendar(number: usize) -> Option<Calendar> {
    let number = u16::try_from(number + 1).ok().and_then(NonZeroU16::new);
    number
        .filter(|n| usize::from(n.get()) <= MOST)
        .map(Calendar)
}
