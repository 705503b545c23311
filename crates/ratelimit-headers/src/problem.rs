//! Why a request was refused, as the type of a problem (RFC 9457).
//!
//! The words only, for both ends: a server puts them into the body of a refusal, a client finds out by them whether it
//! is over its quota or the service is short of capacity. The body itself is JSON and no concern of this crate.

use http::StatusCode;

/// Where the types are registered.
macro_rules! registry {
    () => {
        "https://iana.org/assignments/http-problem-types#"
    };
}

/// A problem type of draft-ietf-httpapi-ratelimit-headers-10, section 9.
///
/// ```
/// use ratelimit_headers::ProblemType;
///
/// let problem = ProblemType::QuotaExceeded;
/// assert_eq!(problem.uri(), "https://iana.org/assignments/http-problem-types#quota-exceeded");
/// assert_eq!(problem.status(), 429);
/// assert_eq!(ProblemType::from_uri(problem.uri()), Some(problem));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ProblemType {
    /// `quota-exceeded`: the client used up what one or more policies grant it.
    QuotaExceeded,
    /// `temporary-reduced-capacity`: the service admits less than its policies say, for now.
    TemporaryReducedCapacity,
    /// `abnormal-usage-detected`: what the client does looks like an attack or a defect.
    AbnormalUsageDetected,
}

impl ProblemType {
    /// The media type of a body that has such a type (RFC 9457, section 3).
    pub const MEDIA_TYPE: &'static str = "application/problem+json";

    /// The member of the body with the names of the policies that refuse, an array of strings (draft -10, section 9.1).
    pub const VIOLATED_POLICIES: &'static str = "violated-policies";

    const ALL: [ProblemType; 3] = [
        ProblemType::QuotaExceeded,
        ProblemType::TemporaryReducedCapacity,
        ProblemType::AbnormalUsageDetected,
    ];

    /// The member `type`: what identifies it.
    #[must_use]
    pub const fn uri(self) -> &'static str {
        match self {
            ProblemType::QuotaExceeded => concat!(registry!(), "quota-exceeded"),
            ProblemType::TemporaryReducedCapacity => {
                concat!(registry!(), "temporary-reduced-capacity")
            }
            ProblemType::AbnormalUsageDetected => concat!(registry!(), "abnormal-usage-detected"),
        }
    }

    /// The type with this URI, compared byte for byte (RFC 9457, section 3.1.1); `None` if it is another one.
    #[must_use]
    pub fn from_uri(uri: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.uri() == uri)
    }

    /// The member `title`, in English.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            ProblemType::QuotaExceeded => "Quota exceeded",
            ProblemType::TemporaryReducedCapacity => "Reduced capacity",
            ProblemType::AbnormalUsageDetected => "Abnormal usage detected",
        }
    }

    /// The status that goes with it, also as the member `status`: 503 for reduced capacity, else 429.
    #[must_use]
    pub const fn status(self) -> StatusCode {
        match self {
            ProblemType::TemporaryReducedCapacity => StatusCode::SERVICE_UNAVAILABLE,
            ProblemType::QuotaExceeded | ProblemType::AbnormalUsageDetected => {
                StatusCode::TOO_MANY_REQUESTS
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_is_found_by_its_uri_and_no_other() {
        for problem in ProblemType::ALL {
            assert_eq!(ProblemType::from_uri(problem.uri()), Some(problem));
            assert_eq!(ProblemType::from_uri(&problem.uri().to_uppercase()), None);
        }
        assert_eq!(ProblemType::from_uri("about:blank"), None);
        assert_eq!(ProblemType::TemporaryReducedCapacity.status(), 503);
        assert_eq!(ProblemType::AbnormalUsageDetected.status(), 429);
    }
}
