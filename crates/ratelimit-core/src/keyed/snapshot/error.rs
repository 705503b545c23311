//! Why a snapshot could not be read.

use std::{fmt, io};

use crate::calendar::CalendarError;

/// Why a [snapshot](crate::Memory::write_snapshot) could not be [read](crate::MemoryBuilder::restore).
#[derive(Debug)]
#[non_exhaustive]
pub enum SnapshotError {
    /// It does not begin like one.
    NotASnapshot,
    /// It was written by a newer version, in this version of the format.
    NewerVersion(u32),
    /// It ends before its end: it was not written to the end, or not copied.
    CutOff,
    /// It is not what was written.
    Corrupt,
    /// The builder was given a hasher, and the snapshot's keys were made with another secret.
    OtherSecret,
    /// It holds what only a build with this feature can count.
    NeedsFeature(&'static str),
    /// A calendar in it cannot be made here, most likely because its time zone is not known.
    Calendar(CalendarError),
    /// It could not be read.
    Io(io::Error),
}

impl fmt::Display for SnapshotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotASnapshot => f.write_str("this is not a snapshot of a limiter"),
            Self::NewerVersion(version) => write!(
                f,
                "the snapshot is of version {version}, and this program reads up to {}",
                super::VERSION
            ),
            Self::CutOff => f.write_str("the snapshot is cut off before its end"),
            Self::Corrupt => f.write_str("the snapshot is not what was written"),
            Self::OtherSecret => f.write_str("the snapshot's keys were made with another secret"),
            Self::NeedsFeature(feature) => write!(
                f,
                "the snapshot needs a program that was built with the feature {feature:?}"
            ),
            Self::Calendar(error) => write!(f, "the snapshot counts by a calendar: {error}"),
            Self::Io(error) => write!(f, "the snapshot cannot be read: {error}"),
        }
    }
}

impl std::error::Error for SnapshotError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Calendar(error) => Some(error),
            Self::Io(error) => Some(error),
            _ => None,
        }
    }
}

impl From<CalendarError> for SnapshotError {
    fn from(error: CalendarError) -> Self {
        Self::Calendar(error)
    }
}

impl From<io::Error> for SnapshotError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}
