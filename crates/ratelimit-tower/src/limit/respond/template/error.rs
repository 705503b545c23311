//! Why a text is no template, and where.

use std::fmt;

use super::Template;

/// A text that is no [`Template`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TemplateError {
    /// There is no field of this name.
    UnknownField {
        /// Where its `$` stands, in bytes from the beginning.
        position: usize,
        /// What stands between the braces.
        name: String,
    },
    /// A `${` that no `}` ends.
    Unclosed {
        /// Where its `$` stands, in bytes from the beginning.
        position: usize,
    },
}

impl TemplateError {
    /// Where the mistake begins, in bytes from the beginning of the text.
    #[must_use]
    pub fn position(&self) -> usize {
        match self {
            Self::UnknownField { position, .. } | Self::Unclosed { position } => *position,
        }
    }

    /// The name that is not known. Those that are: [`Template::known`].
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::UnknownField { name, .. } => Some(name),
            Self::Unclosed { .. } => None,
        }
    }
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownField { position, name } => {
                write!(f, "at byte {position}: there is no field {name:?}, but")?;
                Template::known().try_for_each(|known| write!(f, " {known}"))
            }
            Self::Unclosed { position } => {
                write!(
                    f,
                    "at byte {position}: `${{` without the name of a field and `}}`"
                )
            }
        }
    }
}

impl std::error::Error for TemplateError {}
