//! Why a request has no answer.
//!
//! Danger: reqwest's errors say the URL, and a URL may hold a key. Only what lies at their root is said.

use std::error::Error;
use std::fmt;
use std::io;
use std::time::Duration;

use ratelimit_tower::throttle::ThrottleError;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::fetch) enum SendError {
    /// Nobody answers there; why.
    Unreachable(String),
    /// The other side is not who it should be, or does not agree on how to encrypt; why.
    Untrusted(String),
    /// It took longer than this.
    Late(Duration),
    /// The connection failed after it was there; why.
    Broken(String),
    /// A body of more bytes than this.
    TooLarge(u64),
    /// It cannot be put on the wire.
    Unsendable,
    /// Nothing more is to be sent.
    Stopped,
}

impl SendError {
    pub(super) fn of(error: &reqwest::Error, timeout: Duration) -> Self {
        if let Some(why) = chain(error).find_map(untrusted) {
            return Self::Untrusted(why);
        }
        let root = chain(error).last().map(ToString::to_string);
        let root = root.unwrap_or_default();
        match error {
            error if error.is_connect() => Self::Unreachable(root),
            error if error.is_timeout() => Self::Late(timeout),
            error if error.is_builder() => Self::Unsendable,
            _ => Self::Broken(root),
        }
    }

    /// Whether it would be the same the next time.
    pub(super) fn is_final(&self) -> bool {
        match self {
            Self::Unreachable(_) | Self::Late(_) | Self::Broken(_) => false,
            Self::Untrusted(_) | Self::TooLarge(_) | Self::Unsendable | Self::Stopped => true,
        }
    }
}

/// What went wrong, and below it why.
fn chain<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| (**error).source())
}

/// What TLS has to say against the other side, which comes in the clothes of an I/O error.
fn untrusted(error: &(dyn Error + 'static)) -> Option<String> {
    let within = error
        .downcast_ref::<io::Error>()
        .and_then(io::Error::get_ref);
    let within = within.and_then(|error| error.downcast_ref::<rustls::Error>());
    let tls = within.or_else(|| error.downcast_ref::<rustls::Error>())?;
    Some(tls.to_string())
}

/// Why there is no answer, for people.
pub(in crate::fetch) fn reason(error: &ThrottleError<SendError>) -> String {
    match error {
        ThrottleError::Refused(refused) => super::refused::words(refused),
        ThrottleError::Inner(error) => error.to_string(),
        _ => error.to_string(),
    }
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(why) => write!(f, "cannot connect: {why}"),
            Self::Untrusted(why) => write!(
                f,
                "the server is not trusted: {why} (--cacert FILE names certificates that are trusted too)"
            ),
            Self::Late(time) => {
                write!(f, "no answer within {time:?} (--timeout gives more)")
            }
            Self::Broken(why) => write!(f, "the connection failed: {why}"),
            Self::TooLarge(most) => {
                write!(
                    f,
                    "the body is longer than {most} bytes (--max-body allows more)"
                )
            }
            Self::Unsendable => f.write_str("the URL or a header cannot be sent"),
            Self::Stopped => f.write_str("cancelled"),
        }
    }
}

impl Error for SendError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tls_has_against_somebody_is_found_below() {
        let tls = rustls::Error::General("not my friend".to_owned());
        let io = io::Error::new(io::ErrorKind::InvalidData, tls);
        assert_eq!(
            chain(&io).find_map(untrusted).unwrap(),
            "unexpected error: not my friend"
        );
        let io = io::Error::from(io::ErrorKind::ConnectionRefused);
        assert_eq!(chain(&io).find_map(untrusted), None);
    }
}
