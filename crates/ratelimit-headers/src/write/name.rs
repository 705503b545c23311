//! Which names can stand in a header, asked when they are configured.

use std::fmt;

/// Why a text cannot be the name or the unit of a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NameError {
    position: usize,
    found: Option<char>,
}

/// Whether a text can be the name or the unit of a policy: printable ASCII (RFC 9651, section 3.3.3), and not empty.
///
/// For where names are configured. A [`Writer`](crate::Writer) writes any text, but it has to write `?` for what cannot
/// stand in a header, and then two names may become one.
///
/// ```
/// use ratelimit_headers::check_name;
///
/// assert_eq!(check_name("per \"minute\""), Ok(()));
/// let error = check_name("größe").unwrap_err();
/// assert_eq!(error.position(), 2);
/// assert_eq!(error.to_string(), "'ö' at byte 2 cannot stand in a header: use printable ASCII characters");
/// ```
///
/// # Errors
/// If it is empty, or has another character; the error says where.
pub fn check_name(name: &str) -> Result<(), NameError> {
    let is_legal = |character: char| matches!(character, ' '..='~');
    match name.char_indices().find(|(_, found)| !is_legal(*found)) {
        Some((position, found)) => Err(NameError {
            position,
            found: Some(found),
        }),
        None if name.is_empty() => Err(NameError {
            position: 0,
            found: None,
        }),
        None => Ok(()),
    }
}

impl NameError {
    /// Where the character stands that is not legal, in bytes from the beginning; 0 if there is none at all.
    #[must_use]
    pub const fn position(&self) -> usize {
        self.position
    }
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let position = self.position;
        match self.found {
            Some(found) => write!(
                f,
                "{found:?} at byte {position} cannot stand in a header: use printable ASCII characters"
            ),
            None => f.write_str("a name cannot be empty: use printable ASCII characters"),
        }
    }
}

impl std::error::Error for NameError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_character_that_is_not_legal_is_named() {
        assert!(check_name("").is_err());
        for legal in [" ", "~", "a\"b\\c"] {
            assert_eq!(check_name(legal), Ok(()));
        }
        for (name, position) in [
            ("a\tb", 1),
            ("\u{7f}", 0),
            ("abc\u{e4}\u{0}", 3),
            ("a\r\n", 1),
        ] {
            assert_eq!(check_name(name).map_err(|e| e.position()), Err(position));
        }
    }
}
