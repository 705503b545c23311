//! Why a calendar could not be made.

use std::fmt;

/// Why a [`Calendar`](super::Calendar) could not be made.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CalendarError {
    /// No time zone of this name is known here.
    UnknownZone(String),
    /// The anchor is not a day of any month: 1 to 31.
    Anchor(u8),
    /// Only months have an anchor.
    NotMonths,
    /// The text is not a calendar.
    Text(String),
    /// More different calendars than one process can have: 32,768.
    TooMany,
}

impl fmt::Display for CalendarError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownZone(zone) => {
                write!(
                    f,
                    "no time zone {zone:?} is known here, try `Europe/Berlin`"
                )
            }
            Self::Anchor(day) => write!(f, "a month has no day {day}: use 1 to 31"),
            Self::NotMonths => f.write_str("only months can be anchored on a day"),
            Self::Text(text) => write!(
                f,
                "{text:?} is not a calendar, try `day in UTC` or `month from 15 in Europe/Berlin`"
            ),
            Self::TooMany => f.write_str("there are too many different calendars"),
        }
    }
}

impl std::error::Error for CalendarError {}
