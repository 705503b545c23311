//! What stands in a snapshot: a head, and then rates, and states that name them by number.

use super::SnapshotError;
use super::unsealed::Unsealed;
use crate::algorithm::{Algorithm, MAX_COUNT, Rate, State};
use crate::calendar::{Calendar, CalendarPeriod};
use crate::keyed::slot::Fingerprint;
use crate::quota::Quota;

/// Names of zones are far shorter.
const LONGEST_ZONE: usize = 255;

/// What all of it is to be understood by.
pub(super) struct Head {
    pub(super) secret: [u8; 16],
    /// When it was written, on the clock's line and as time since the Unix epoch; in nanoseconds.
    pub(super) line: u64,
    pub(super) unix: u64,
}

pub(super) enum Record {
    /// The next rate; they are numbered in the order in which they come.
    Rate(Rate),
    State(Saved),
    /// A state whose word is the longest window that its entries may be asked about, and whose count is
    /// the number of entries, which follow.
    Log(Saved),
    /// How many states there were.
    End {
        states: u64,
    },
}

/// A state, and whose it is.
#[derive(Clone, Copy)]
pub(super) struct Saved {
    pub(super) fingerprint: Fingerprint,
    pub(super) rate: u32,
    pub(super) state: State,
}

/// When units were taken that a log remembers.
#[derive(Clone, Copy)]
pub(super) struct LogEntry {
    pub(super) at: u64,
    pub(super) units: u64,
}

// The first byte of a record.
const END: u8 = 0;
const RATE: u8 = 1;
const STATE: u8 = 2;
const LOG: u8 = 3;

impl Head {
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.secret);
        put(out, self.line);
        put(out, self.unix);
    }

    pub(super) fn read(from: &mut Unsealed<'_>) -> Result<Self, SnapshotError> {
        Ok(Self {
            secret: from.take()?,
            line: number(from)?,
            unix: number(from)?,
        })
    }
}

impl Record {
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Rate(rate) => {
                out.push(RATE);
                write_rate(rate, out);
            }
            Self::State(saved) => saved.write(STATE, out),
            Self::Log(saved) => saved.write(LOG, out),
            Self::End { states } => {
                out.push(END);
                put(out, *states);
            }
        }
    }

    pub(super) fn read(from: &mut Unsealed<'_>) -> Result<Self, SnapshotError> {
        Ok(match from.byte()? {
            END => Self::End {
                states: number(from)?,
            },
            RATE => Self::Rate(read_rate(from)?),
            STATE => Self::State(Saved::read(from)?),
            LOG => Self::Log(Saved::read(from)?),
            _ => return Err(SnapshotError::Corrupt),
        })
    }
}

impl Saved {
    fn write(&self, kind: u8, out: &mut Vec<u8>) {
        out.push(kind);
        put(out, self.fingerprint.high);
        put(out, self.fingerprint.low);
        out.extend(self.rate.to_le_bytes());
        put(out, self.state.word);
        put(out, self.state.count);
    }

    fn read(from: &mut Unsealed<'_>) -> Result<Self, SnapshotError> {
        let (high, low) = (number(from)?, number(from)?);
        let rate = u32::from_le_bytes(from.take()?);
        let (word, count) = (number(from)?, number(from)?);
        // A place that was never used is marked by a zero: no fingerprint has it.
        if high == 0 || count > MAX_COUNT {
            return Err(SnapshotError::Corrupt);
        }
        Ok(Self {
            fingerprint: Fingerprint { high, low },
            rate,
            state: State { word, count },
        })
    }
}

impl LogEntry {
    pub(super) fn write(self, out: &mut Vec<u8>) {
        put(out, self.at);
        put(out, self.units);
    }

    pub(super) fn read(from: &mut Unsealed<'_>) -> Result<Self, SnapshotError> {
        let (at, units) = (number(from)?, number(from)?);
        match units {
            1..=MAX_COUNT => Ok(Self { at, units }),
            _ => Err(SnapshotError::Corrupt),
        }
    }
}

fn write_rate(rate: &Rate, out: &mut Vec<u8>) {
    let (algorithm, _) = rate.kind();
    out.push(algorithm);
    out.extend(rate.quota.limit().to_le_bytes());
    let Some(calendar) = rate.calendar else {
        out.extend(rate.quota.burst_size().to_le_bytes());
        put(out, rate.quota.window_nanos());
        return;
    };
    out.push(u8::from(calendar.period() == CalendarPeriod::Month));
    out.push(calendar.anchor());
    let zone = &calendar.zone().as_bytes()[..calendar.zone().len().min(LONGEST_ZONE)];
    out.push(u8::try_from(zone.len()).unwrap_or(u8::MAX));
    out.extend(zone);
}

fn read_rate(from: &mut Unsealed<'_>) -> Result<Rate, SnapshotError> {
    let algorithm = match from.byte()? {
        0 => Algorithm::Gcra,
        1 => Algorithm::SlidingLog,
        2 => Algorithm::SlidingCounter,
        3 => Algorithm::FixedWindow,
        5 => Algorithm::Calendar,
        _ => return Err(SnapshotError::Corrupt),
    };
    let limit = u32::from_le_bytes(from.take()?);
    if algorithm == Algorithm::Calendar {
        let calendar = read_calendar(from)?;
        return match limit {
            0 => Err(SnapshotError::Corrupt),
            _ => Ok(Rate::of_calendar(limit, calendar)),
        };
    }
    let burst = u32::from_le_bytes(from.take()?);
    let window = std::time::Duration::from_nanos(number(from)?);
    let quota = Quota::new(limit, window).and_then(|quota| quota.try_burst(burst));
    let quota = quota.map_err(|_| SnapshotError::Corrupt)?;
    Ok(Rate::new(quota, algorithm))
}

fn read_calendar(from: &mut Unsealed<'_>) -> Result<Calendar, SnapshotError> {
    let period = match from.byte()? {
        0 => CalendarPeriod::Day,
        1 => CalendarPeriod::Month,
        _ => return Err(SnapshotError::Corrupt),
    };
    let anchor = from.byte()?;
    let length = from.byte()?;
    let zone = (0..length).map(|_| from.byte()).collect::<Result<_, _>>()?;
    let zone = String::from_utf8(zone).map_err(|_| SnapshotError::Corrupt)?;
    calendar(period, anchor, &zone)
}

#[cfg(feature = "calendar")]
fn calendar(period: CalendarPeriod, anchor: u8, zone: &str) -> Result<Calendar, SnapshotError> {
    let calendar = Calendar::of(period, zone)?;
    match anchor {
        1 => Ok(calendar),
        day => Ok(calendar.anchored_on(day)?),
    }
}

#[cfg(not(feature = "calendar"))]
fn calendar(_: CalendarPeriod, _: u8, _: &str) -> Result<Calendar, SnapshotError> {
    Err(SnapshotError::NeedsFeature("calendar"))
}

fn put(out: &mut Vec<u8>, number: u64) {
    out.extend(number.to_le_bytes());
}

fn number(from: &mut Unsealed<'_>) -> Result<u64, SnapshotError> {
    Ok(u64::from_le_bytes(from.take()?))
}
