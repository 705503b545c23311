//! The segments of a path: whether two prefixes cover the same.
//!
//! As the layer that enforces them sees it: by decoded segments, without empty and dot segments.

/// The segments of a prefix, as they are compared.
pub(in crate::policy) fn segments(prefix: &str) -> Vec<Vec<u8>> {
    let mut segments = Vec::new();
    for raw in prefix.split('/') {
        let segment = decoded(raw.as_bytes());
        match segment.as_slice() {
            b"" | b"." => {}
            b".." => {
                segments.pop();
            }
            _ => segments.push(segment),
        }
    }
    segments
}

/// Undoes percent-encoding; what is no valid escape stays as it is.
pub(in crate::policy) fn decoded(mut rest: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(rest.len());
    while let Some((&byte, tail)) = rest.split_first() {
        let escape = tail.get(..2).filter(|_| byte == b'%').and_then(hex);
        decoded.push(escape.unwrap_or(byte));
        rest = if escape.is_some() { &tail[2..] } else { tail };
    }
    decoded
}

fn hex(digits: &[u8]) -> Option<u8> {
    digits.iter().try_fold(0, |value, digit| {
        let digit = char::from(*digit).to_digit(16)?;
        u8::try_from(digit).ok().map(|digit| value << 4 | digit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_prefix_are_one() {
        let same = ["/a/b", "/a//b", "//a/b/", "/%61/b", "/a/./b", "/x/../a/b"];
        for spelling in same {
            assert_eq!(segments(spelling), segments("/a/b"), "{spelling}");
        }
        for other in ["/a", "/a/B", "/ab", "/a%2Fb", "/%6/b", "/%/b", "/%+1/b"] {
            assert_ne!(segments(other), segments("/a/b"), "{other}");
        }
    }
}
