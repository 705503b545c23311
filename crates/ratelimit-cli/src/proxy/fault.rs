//! Why the body of a request did not come to its end: the client's fault, not the upstream's.

use std::error::Error;
use std::fmt;

use ratelimit_tower::BoxError;

#[derive(Debug)]
pub(super) enum Fault {
    /// It kept its reader waiting for too long.
    Stalled,
    /// It broke off, or what came was no body.
    Broken(BoxError),
}

impl Fault {
    /// The one that made something fail.
    pub(super) fn behind<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e Self> {
        let mut cause = Some(error);
        while let Some(error) = cause {
            if let Some(fault) = error.downcast_ref() {
                return Some(fault);
            }
            cause = error.source();
        }
        None
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Stalled => "the body of the request did not arrive in time",
            Self::Broken(_) => "the body of the request broke off",
        })
    }
}

impl Error for Fault {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Stalled => None,
            Self::Broken(error) => Some(error.as_ref()),
        }
    }
}
