//! The system's last tick: an instant that was measured already, and only has to be read.

#[cfg(target_os = "linux")]
use nix::time::{ClockId, clock_gettime};

/// Ticks of the monotonic clock, counted from a start.
#[derive(Debug)]
pub(super) struct Ticks {
    #[cfg(target_os = "linux")]
    start: Option<u64>,
}

#[cfg(target_os = "linux")]
impl Ticks {
    pub(super) fn new() -> Self {
        Self {
            start: read(ClockId::CLOCK_MONOTONIC),
        }
    }

    /// Whether the system says when its last tick was.
    #[inline]
    pub(super) fn are_there(&self) -> bool {
        self.start.is_some()
    }

    /// Nanoseconds from the start to the last tick; `None` if the system does not say.
    #[inline]
    pub(super) fn elapsed(&self) -> Option<u64> {
        // The last tick may have been before the start.
        Some(read(ClockId::CLOCK_MONOTONIC_COARSE)?.saturating_sub(self.start?))
    }
}

#[cfg(not(target_os = "linux"))]
impl Ticks {
    pub(super) fn new() -> Self {
        Self {}
    }

    pub(super) fn are_there(&self) -> bool {
        false
    }

    pub(super) fn elapsed(&self) -> Option<u64> {
        None
    }
}

/// Both clocks are one, read more or less carefully: they count from the same instant, which is
/// that of [`std::time::Instant`] too.
#[cfg(target_os = "linux")]
#[inline]
#[expect(clippy::cast_sign_loss, reason = "time since the system began")]
fn read(clock: ClockId) -> Option<u64> {
    let time = clock_gettime(clock).ok()?;
    Some(time.tv_sec() as u64 * 1_000_000_000 + time.tv_nsec() as u64)
}
