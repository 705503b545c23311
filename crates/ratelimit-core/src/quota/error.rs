//! Why a quota could not be built or read.

use std::fmt;

/// A quota that cannot be represented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum QuotaError {
    /// The limit is 0. To refuse everybody, do not route the request.
    ZeroLimit,
    /// The burst is 0.
    ZeroBurst,
    /// The window is shorter than 1 ms or longer than 366 days.
    Window,
    /// The burst would take more than nine years to flow back.
    Burst,
}

/// A text that is not a quota: what was expected, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseQuotaError {
    pub(super) at: usize,
    pub(super) kind: ParseKind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ParseKind {
    Limit,
    Slash,
    Window,
    Unit,
    Burst,
    Quota(QuotaError),
}

impl ParseQuotaError {
    /// The place in the text, in bytes from its beginning.
    #[must_use]
    pub fn position(&self) -> usize {
        self.at
    }
}

impl fmt::Display for QuotaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ZeroLimit => "the limit must be at least 1",
            Self::ZeroBurst => "the burst must be at least 1",
            Self::Window => "the window must be between 1ms and 366d",
            Self::Burst => "the burst would take more than nine years to flow back",
        })
    }
}

impl std::error::Error for QuotaError {}

impl fmt::Display for ParseQuotaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let expected = match &self.kind {
            ParseKind::Limit => "expected a limit between 1 and 4294967295",
            ParseKind::Slash => "expected `/` and a window after the limit",
            ParseKind::Window => "expected a window such as `1m` or `500ms`",
            ParseKind::Unit => {
                let at = self.at;
                return write!(
                    f,
                    "expected a unit: ms, s, m, h or d, or as a word second, minute, hour or day at byte {at}, as in `60/1m` or `60/min`"
                );
            }
            ParseKind::Burst => "expected nothing more, or `;burst=` and a number",
            ParseKind::Quota(error) => return write!(f, "{error} (at byte {})", self.at),
        };
        write!(f, "{expected} at byte {}, as in `60/1m;burst=120`", self.at)
    }
}

impl std::error::Error for ParseQuotaError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.kind {
            ParseKind::Quota(error) => Some(error),
            _ => None,
        }
    }
}
