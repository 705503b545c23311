//! Which headers state the limits: that the names are known, that no two families contradict each other, and that each
//! can state what there is to state.

use ratelimit_core::PlanError;
use ratelimit_headers::{Dialects, DialectsError, check_name};

use toml::Spanned;

use super::super::error::Found;
use super::super::families::{self, FAMILIES};
use super::super::file::{self, Word};
use super::super::syntax::{list, suggest};
use super::Checker;

impl Checker<'_> {
    /// The families that these words name.
    pub(super) fn dialects(&mut self, words: &[Word]) -> Dialects {
        let mut set = Dialects::NONE;
        for (place, word) in words.iter().enumerate() {
            match set.try_union(self.dialect(word)) {
                Ok(both) => set = both,
                Err(error) => self.contradiction(word, &error, &words[..place]),
            }
        }
        set
    }

    fn dialect(&mut self, word: &Word) -> Dialects {
        let text = word.get_ref();
        if let Some(family) = FAMILIES.iter().find(|family| family.name == text) {
            return family.dialect;
        }
        let names = FAMILIES.each_ref().map(|family| family.name);
        let message = "there are no headers of this name";
        self.wrong(word.span().start, message, suggest(text, &names));
        Dialects::NONE
    }

    fn contradiction(&mut self, word: &Word, error: &DialectsError, before: &[Word]) {
        let (first, second) = (error.first(), error.second());
        let name = families::name(first);
        let at = before.iter().find(|word| word.get_ref() == name);
        let at = at.map_or(word.span().start, |word| word.span().start);
        let message = format!(
            "`{}` and `{name}`, on line {}, write the same headers in different forms",
            families::name(second),
            self.line(at)
        );
        let contradicts = |one: Dialects| one == first || one.try_union(first).is_err();
        let rivals = FAMILIES.iter().filter(|family| contradicts(family.dialect));
        let rivals: Vec<&str> = rivals.map(|family| family.name).collect();
        let hint = format!("a response can have one of {}", list(&rivals));
        self.wrong(word.span().start, message, hint);
    }

    /// A name or a unit that headers cannot repeat: where its first bad character is.
    pub(super) fn bad_name(
        &mut self,
        name: &str,
        raw: &Spanned<Vec<file::Policy>>,
        error: &PlanError,
    ) {
        let words = |policy| {
            let file::Policy { name, unit, .. }: &file::Policy = policy;
            [Some(name), unit.as_ref()]
        };
        let mut words = raw.get_ref().iter().flat_map(words).flatten();
        let word = words.find(|word| word.get_ref() == name);
        let span = word.map_or(raw.span(), Spanned::span);
        let at = match check_name(name) {
            Err(error) if !name.is_empty() => self.inside(&span, name, error.position()),
            _ => span.start,
        };
        let hint =
            "a name is what headers call the policy, such as `minute`; a unit, what it counts";
        self.wrong(at, error.to_string(), hint);
    }

    /// A family that has headers for few units says nothing of policies that count another.
    pub(super) fn warn_of_unit(&mut self, unit: &Word) {
        let text = unit.get_ref();
        for family in families::of(self.dialects) {
            if !family.dialect.states_unit(text) {
                let message = format!(
                    "the headers of `{}` cannot state a policy that counts `{}`",
                    family.name,
                    text.escape_debug()
                );
                self.warnings.push(Found::new(unit.span().start, message));
            }
        }
    }
}
