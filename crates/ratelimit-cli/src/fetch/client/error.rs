//! Why a request has no answer.
//!
//! Danger: reqwest's errors say the URL, and a URL may hold a key. Only what lies at their root is said.

use std::error::Error;
use std::fmt;
use std::io;
use std::time::Duration;

use ratelimit_tower::throttle::ThrottleError;
use rustls::InvalidMessage;

use super::itself::is_authority;

const CACERT: &str = " (--cacert FILE names certificates that are trusted too)";
/// Who set them long ago may not think of them.
const PROXY: &str = "HTTP_PROXY, HTTPS_PROXY or ALL_PROXY says to go through the proxy";
/// Who trusts an authority does not trust it as a server.
const AUTHORITY: &str = "its certificate is that of an authority (CA:TRUE), which may sign those of servers, but not be \
    one, unless --cacert FILE names this very certificate; \
    openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 365 -subj /CN=HOST \
    -addext subjectAltName=DNS:HOST -addext basicConstraints=critical,CA:FALSE makes one of a server";

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::fetch) enum SendError {
    /// Nobody answers there; why.
    Unreachable(String),
    /// The other side may not be who it should be; why.
    Untrusted(String),
    /// The other side does not speak TLS, or not as we do; why.
    NoTls(String),
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
    /// One of these, on the way through this proxy.
    Proxied(Box<SendError>, String),
}

impl SendError {
    pub(super) fn of(error: &reqwest::Error, timeout: Duration) -> Self {
        if let Some(tls) = chain(error).find_map(tls) {
            return tls;
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

    /// The same, and the proxy that it was sent through.
    pub(super) fn through(self, proxy: Option<String>) -> Self {
        match proxy {
            Some(proxy) => Self::Proxied(Box::new(self), proxy),
            None => self,
        }
    }

    /// Whether surely nothing was sent.
    pub(super) fn is_unsent(&self) -> bool {
        match self {
            Self::Unreachable(_) => true,
            Self::Proxied(error, _) => error.is_unsent(),
            _ => false,
        }
    }

    /// Whether it would be the same the next time.
    pub(super) fn is_final(&self) -> bool {
        match self {
            Self::Proxied(error, _) => error.is_final(),
            Self::Unreachable(_) | Self::Late(_) | Self::Broken(_) => false,
            Self::Untrusted(_)
            | Self::NoTls(_)
            | Self::TooLarge(_)
            | Self::Unsendable
            | Self::Stopped => true,
        }
    }
}

/// What went wrong, and below it why.
fn chain<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| (**error).source())
}

/// What TLS has against the other side. It comes in the clothes of an I/O error, or of two.
fn tls(error: &(dyn Error + 'static)) -> Option<SendError> {
    let error = undressed(error).downcast_ref::<rustls::Error>()?;
    let why = error.to_string();
    Some(match error {
        // What `openssl req -x509` makes is that, unless it is asked for something else.
        error if is_authority(error) => SendError::Untrusted(AUTHORITY.to_owned()),
        rustls::Error::InvalidCertificate(_) => SendError::Untrusted(format!("{why}{CACERT}")),
        rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType) => {
            SendError::NoTls(format!("{why} (perhaps it speaks http:// there)"))
        }
        _ => SendError::NoTls(why),
    })
}

fn undressed<'e>(error: &'e (dyn Error + 'static)) -> &'e (dyn Error + 'static) {
    let within = error
        .downcast_ref::<io::Error>()
        .and_then(io::Error::get_ref);
    match within {
        Some(within) => undressed(within),
        None => error,
    }
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
            Self::Untrusted(why) => write!(f, "the server is not trusted: {why}"),
            Self::NoTls(why) => write!(f, "TLS failed: {why}"),
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
            Self::Proxied(error, proxy) => write!(f, "{error} ({PROXY} {proxy})"),
        }
    }
}

impl Error for SendError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tls_has_against_somebody_is_found_below() {
        let error = rustls::Error::InvalidCertificate(rustls::CertificateError::Expired);
        let io = io::Error::other(io::Error::other(error));
        let found = chain(&io).find_map(tls).unwrap();
        assert!(
            matches!(&found, SendError::Untrusted(why) if why.contains("Expired")),
            "{found:?}"
        );
        let text = |error: rustls::Error| chain(&error).find_map(tls).unwrap().to_string();
        let plain = rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType);
        assert!(text(plain).contains("http://"));
        let io = io::Error::other(rustls::Error::DecryptError);
        assert!(matches!(
            chain(&io).find_map(tls),
            Some(SendError::NoTls(_))
        ));
        let io = io::Error::from(io::ErrorKind::ConnectionRefused);
        assert_eq!(chain(&io).find_map(tls), None);
    }
}
