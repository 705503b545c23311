//! A text in quotes (RFC 8259, section 7), one byte after the other.

/// What of an escape has come.
#[derive(Clone, Copy, Debug)]
pub(super) enum Escape {
    None,
    Begun,
    Code { digits: u8, code: u32 },
}

/// What one more byte of the text makes.
pub(super) enum Quoted {
    End,
    Part(Escape),
    Byte(u8),
    /// `None` for half of a pair of surrogates.
    Character(Option<char>),
}

impl Escape {
    /// `None` if this may not be in a text.
    pub(super) fn with(self, byte: u8) -> Option<Quoted> {
        match (self, byte) {
            (Self::None, b'"') => Some(Quoted::End),
            (Self::None, b'\\') => Some(Quoted::Part(Self::Begun)),
            (Self::None, _) => (byte >= b' ').then_some(Quoted::Byte(byte)),
            (Self::Begun, b'u') => Some(Quoted::Part(Self::Code { digits: 0, code: 0 })),
            (Self::Begun, _) => escaped(byte).map(Quoted::Byte),
            (Self::Code { digits, code }, _) => {
                let code = code << 4 | char::from(byte).to_digit(16)?;
                let digits = digits + 1;
                Some(match digits {
                    4 => Quoted::Character(char::from_u32(code)),
                    _ => Quoted::Part(Self::Code { digits, code }),
                })
            }
        }
    }
}

/// How many bytes at the beginning stand for themselves.
pub(super) fn plain(text: &[u8]) -> usize {
    let is_special = |byte: &u8| *byte < b' ' || matches!(byte, b'"' | b'\\');
    text.iter().position(is_special).unwrap_or(text.len())
}

/// What this stands for after a backslash.
fn escaped(byte: u8) -> Option<u8> {
    match byte {
        b'"' | b'\\' | b'/' => Some(byte),
        b'b' => Some(8),
        b'f' => Some(12),
        b'n' => Some(b'\n'),
        b'r' => Some(b'\r'),
        b't' => Some(b'\t'),
        _ => None,
    }
}
