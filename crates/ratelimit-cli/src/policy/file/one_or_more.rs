//! A word, or a list of words.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};
use toml::Spanned;

use super::Word;

/// What may be written as `"a"` or as `["a", "b"]`.
pub(in crate::policy) enum OneOrMore {
    One(String),
    More(Vec<Word>),
}

impl<'de> Deserialize<'de> for OneOrMore {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Words;

        impl<'de> Visitor<'de> for Words {
            type Value = OneOrMore;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text in quotes, or a list of texts")
            }

            fn visit_str<E>(self, text: &str) -> Result<OneOrMore, E> {
                Ok(OneOrMore::One(text.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<OneOrMore, A::Error> {
                let mut words = Vec::new();
                while let Some(word) = seq.next_element()? {
                    words.push(word);
                }
                Ok(OneOrMore::More(words))
            }
        }

        deserializer.deserialize_any(Words)
    }
}

impl OneOrMore {
    /// Each word, with its place; `span` is that of the whole.
    pub(in crate::policy) fn words(this: &Spanned<Self>) -> Vec<Word> {
        match this.get_ref() {
            Self::One(text) => vec![Spanned::new(this.span(), text.clone())],
            Self::More(words) => words.clone(),
        }
    }
}
