//! Finds a number in a text of JSON (RFC 8259) as it passes, byte by byte.
//!
//! What is kept is where in the structure the reader stands, and nothing of the text: so it may be as
//! long as it likes, and be cut anywhere.
//!
//! Danger: a text may be anything. What is nested too deep or is no JSON is not read any further, and
//! then nothing was found. Only whether it is UTF-8, and surrogates come in pairs, is not looked at.

use super::field::Path;
use super::number::Number;
use super::place::Place;
use super::quoted::{self, Escape, Quoted};

/// One text of JSON.
#[derive(Debug)]
pub(super) struct Json {
    place: Place,
    /// What may follow; absent where this is no JSON.
    state: Option<State>,
    found: Option<u32>,
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// A value; or the end of the array that has none yet.
    Value {
        or_end: bool,
    },
    /// A key; or the end of the object that has none yet.
    Key {
        or_end: bool,
    },
    Colon,
    /// A comma or the end of what the last value is in. If it is in nothing, the text has ended.
    After,
    /// The rest of a text in quotes.
    Text {
        is_key: bool,
        escape: Escape,
    },
    /// The rest of a number.
    Number(Number),
    /// The rest of `true`, `false` or `null`.
    Literal(&'static [u8]),
}

impl Json {
    pub(super) fn new(path: Path) -> Self {
        Self {
            place: Place::new(path),
            state: Some(State::BEGIN),
            found: None,
        }
    }

    /// Forgets everything: another text begins.
    pub(super) fn restart(&mut self) {
        self.place.restart();
        self.state = Some(State::BEGIN);
        self.found = None;
    }

    /// The number that was there last, if all was JSON so far.
    pub(super) fn found(&self) -> Option<u32> {
        self.state.and(self.found)
    }

    /// Whether this was the whole text.
    pub(super) fn is_complete(&self) -> bool {
        matches!(self.state, Some(State::After)) && self.place.is_outside()
    }

    /// There is no more of it.
    pub(super) fn end(&mut self) {
        // A number that nothing is around ends with the text; to all else a space says nothing.
        self.read(b" ");
        if !self.is_complete() {
            self.state = None;
        }
    }

    pub(super) fn read(&mut self, mut text: &[u8]) {
        while let (Some(state), [byte, rest @ ..]) = (self.state, text) {
            text = rest;
            self.state = self.step(state, *byte);
            // Nearly all of a long text is this, and need not be looked at one by one.
            if self.is_in_text() && !self.place.is_in_key() {
                text = &text[quoted::plain(text)..];
            }
        }
    }

    fn is_in_text(&self) -> bool {
        matches!(
            self.state,
            Some(State::Text {
                escape: Escape::None,
                ..
            })
        )
    }

    /// What may follow this byte, if it may be there.
    fn step(&mut self, state: State, byte: u8) -> Option<State> {
        match state {
            State::Text { is_key, escape } => self.text(is_key, escape, byte),
            State::Number(number) => match number.with(byte) {
                Some(number) => Some(State::Number(number)),
                None if number.may_end() => {
                    self.found = number.whole().or(self.found);
                    self.between(State::After, byte)
                }
                None => None,
            },
            State::Literal([next, rest @ ..]) if *next == byte => match rest {
                [] => Some(State::After),
                _ => Some(State::Literal(rest)),
            },
            State::Literal(_) => None,
            between => self.between(between, byte),
        }
    }

    /// Where spaces may be.
    fn between(&mut self, state: State, byte: u8) -> Option<State> {
        match (state, byte) {
            (_, b' ' | b'\t' | b'\n' | b'\r') => Some(state),
            (State::Value { or_end: true }, b']')
            | (State::Key { or_end: true }, b'}')
            | (State::After, b']' | b'}') => {
                self.place.close(byte == b'}')?;
                Some(State::After)
            }
            (State::Value { .. }, _) => self.value(byte),
            (State::Key { .. }, b'"') => {
                self.place.begin_key();
                Some(State::quoted(true))
            }
            (State::Colon, b':') => Some(State::BEGIN),
            (State::After, b',') if self.place.is_in_object() => Some(State::Key { or_end: false }),
            (State::After, b',') if !self.place.is_outside() => Some(State::BEGIN),
            _ => None,
        }
    }

    /// A value begins.
    fn value(&mut self, byte: u8) -> Option<State> {
        if let b'{' | b'[' = byte {
            let is_object = byte == b'{';
            self.place.open(is_object)?;
            return Some(match is_object {
                true => State::Key { or_end: true },
                false => State::Value { or_end: true },
            });
        }
        let is_wanted = self.place.is_wanted();
        match byte {
            b'"' => Some(State::quoted(false)),
            b't' => Some(State::Literal(b"rue")),
            b'f' => Some(State::Literal(b"alse")),
            b'n' => Some(State::Literal(b"ull")),
            _ => Number::begun(byte, is_wanted).map(State::Number),
        }
    }

    fn text(&mut self, is_key: bool, escape: Escape, byte: u8) -> Option<State> {
        let mut bytes = [0; 4];
        match escape.with(byte)? {
            Quoted::Part(escape) => return Some(State::Text { is_key, escape }),
            Quoted::End if is_key => {
                self.place.end_key();
                return Some(State::Colon);
            }
            Quoted::End => return Some(State::After),
            Quoted::Byte(byte) => self.place.spell(&[byte]),
            Quoted::Character(Some(character)) => {
                self.place
                    .spell(character.encode_utf8(&mut bytes).as_bytes());
            }
            // No name that is looked for has half of a pair.
            Quoted::Character(None) => self.place.pass_key(),
        }
        Some(State::quoted(is_key))
    }
}

impl State {
    const BEGIN: Self = Self::Value { or_end: false };

    fn quoted(is_key: bool) -> Self {
        let escape = Escape::None;
        Self::Text { is_key, escape }
    }
}
