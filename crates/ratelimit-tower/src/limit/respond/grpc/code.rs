//! Which of gRPC's codes a rejection is (doc/statuscodes.md of grpc/grpc).

use http::StatusCode;

use crate::limit::Rejection;

/// A code of gRPC, as far as a limiter has use for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Code {
    ResourceExhausted = 8,
    Internal = 13,
    Unavailable = 14,
    Unauthenticated = 16,
}

impl Code {
    /// By the status of HTTP, so that the two never say different things.
    pub(super) fn of(rejection: &Rejection) -> Self {
        match rejection.status() {
            StatusCode::TOO_MANY_REQUESTS => Self::ResourceExhausted,
            StatusCode::UNAUTHORIZED => Self::Unauthenticated,
            StatusCode::SERVICE_UNAVAILABLE => Self::Unavailable,
            _ => Self::Internal,
        }
    }

    pub(super) fn number(self) -> u64 {
        self as u64
    }

    pub(super) fn text(self) -> &'static str {
        match self {
            Self::ResourceExhausted => "8",
            Self::Internal => "13",
            Self::Unavailable => "14",
            Self::Unauthenticated => "16",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn every_rejection_has_its_code() {
        let error = || Arc::new("down".into());
        let code = |rejection| Code::of(&rejection);
        assert_eq!(code(Rejection::MissingKey), Code::Unauthenticated);
        assert_eq!(code(Rejection::UnknownKey), Code::Unauthenticated);
        assert_eq!(code(Rejection::NoAddress), Code::Internal);
        assert_eq!(code(Rejection::LookUp(error())), Code::Unavailable);
        assert_eq!(code(Rejection::Limiter(error())), Code::Unavailable);
    }

    #[test]
    fn the_text_of_a_code_is_its_number() {
        for code in [
            Code::ResourceExhausted,
            Code::Internal,
            Code::Unavailable,
            Code::Unauthenticated,
        ] {
            assert_eq!(code.text(), code.number().to_string());
        }
    }
}
