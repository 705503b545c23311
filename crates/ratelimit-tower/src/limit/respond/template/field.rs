//! The fields that a template may have, by name.

/// A field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Policy,
    Unit,
    Limit,
    Remaining,
    Reset,
    ResetMs,
    ResetAfter,
    ResetAt,
    ResetDate,
    RetryAfter,
    RetryAfterMs,
    Message,
    Code,
    Status,
    Cost,
}

impl Field {
    pub(super) const ALL: [Self; 15] = [
        Self::Policy,
        Self::Unit,
        Self::Limit,
        Self::Remaining,
        Self::Reset,
        Self::ResetMs,
        Self::ResetAfter,
        Self::ResetAt,
        Self::ResetDate,
        Self::RetryAfter,
        Self::RetryAfterMs,
        Self::Message,
        Self::Code,
        Self::Status,
        Self::Cost,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Policy => "policy",
            Self::Unit => "unit",
            Self::Limit => "limit",
            Self::Remaining => "remaining",
            Self::Reset => "reset",
            Self::ResetMs => "reset-ms",
            Self::ResetAfter => "reset-after",
            Self::ResetAt => "reset-at",
            Self::ResetDate => "reset-date",
            Self::RetryAfter => "retry-after",
            Self::RetryAfterMs => "retry-after-ms",
            Self::Message => "message",
            Self::Code => "code",
            Self::Status => "status",
            Self::Cost => "cost",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }
}
