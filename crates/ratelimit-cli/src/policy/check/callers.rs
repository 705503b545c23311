//! Who calls: where the key is, which keys there are, and what happens to everybody else.
//!
//! Danger: a key is never repeated in a message, only its place.

use std::collections::HashMap;

use ratelimit_core::Plan;
use ratelimit_tower::limit::Anonymous;

use super::super::file::{self, OneOrMore, Word, Words};
use super::super::syntax::suggest;
use super::super::{Callers, KeySource};
use super::plans::Plans;
use super::{Checker, also};

const RULES: [&str; 4] = ["refuse", "pass", "by-address:PLAN", "together:PLAN"];

impl Checker<'_> {
    pub(super) fn callers(
        &mut self,
        raw: &file::Caller,
        keys: Vec<file::Key>,
        plans: &mut Plans,
    ) -> Option<Callers> {
        self.somebody_may_call(raw, &keys);
        let sources = raw.key.as_ref().map(|words| self.key_sources(words));
        let anonymous = match &raw.anonymous {
            Some(word) => self.rule(word, plans),
            None => Some(Anonymous::Refuse),
        };
        let unknown = match &raw.unknown {
            Some(word) => self.rule(word, plans),
            None => anonymous.clone(),
        };
        let for_addresses = raw.also.as_ref().and_then(also::plan_of);
        let keys = self.keys(keys, plans, for_addresses);
        let also = raw.also.as_ref().map(|word| self.also(word, plans));
        Some(Callers {
            sources: match sources {
                Some(sources) => sources?,
                None => Vec::new(),
            },
            keys,
            anonymous: anonymous?,
            unknown: unknown?,
            also: match also {
                Some(plan) => Some(plan?),
                None => None,
            },
        })
    }

    /// A gateway that refuses everybody is a mistake, and so are keys that nobody looks for.
    fn somebody_may_call(&mut self, raw: &file::Caller, keys: &[file::Key]) {
        let refuses = |rule: &Option<Word>| rule.as_ref().is_none_or(|w| w.get_ref() == "refuse");
        match (&raw.key, keys) {
            (None, [first, ..]) => {
                let hint = "write `key = \"bearer\"` or `key = \"header:NAME\"` under [caller]";
                let message =
                    "there are keys, but [caller] does not say where a request has its key";
                self.wrong(first.key.span().start, message, hint);
            }
            (None, []) if refuses(&raw.anonymous) => {
                let hint = "under [caller], write `anonymous = \"by-address:PLAN\"` to tell callers \
                            apart by address, or `key = \"bearer\"` and list [[keys]]";
                let at = raw.anonymous.as_ref().map_or(0, |word| word.span().start);
                self.wrong(at, "every request would be refused: nobody has a key", hint);
            }
            (Some(word), []) if refuses(&raw.anonymous) && refuses(&raw.unknown) => {
                let hint = "list them as [[keys]] with `key = \"...\"` and `plan = \"...\"`";
                let message = "every request would be refused: there are no keys";
                self.wrong(word.span().start, message, hint);
            }
            _ => {}
        }
    }

    fn key_sources(&mut self, words: &Words) -> Option<Vec<KeySource>> {
        let words_of = OneOrMore::words(words);
        if words_of.is_empty() {
            let hint = "name one, as in `key = \"bearer\"`, or leave `key` out";
            self.wrong(words.span().start, "no place for a key is named", hint);
        }
        let mut sources: Vec<KeySource> = Vec::new();
        for word in &words_of {
            let source = self.key_source(word)?;
            if sources.contains(&source) {
                let message = "this place for a key stands twice";
                self.wrong(word.span().start, message, "name each once");
            }
            sources.push(source);
        }
        Some(sources)
    }

    fn key_source(&mut self, word: &Word) -> Option<KeySource> {
        match word.get_ref().as_str() {
            "bearer" => Some(KeySource::Bearer),
            text if text.starts_with("header:") => self
                .header_name(word, "header:".len())
                .map(KeySource::Header),
            text => {
                let message = "this is no place for a key";
                self.wrong(
                    word.span().start,
                    message,
                    suggest(text, &["bearer", "header:NAME"]),
                );
                None
            }
        }
    }

    fn rule(&mut self, word: &Word, plans: &mut Plans) -> Option<Anonymous> {
        let text = word.get_ref();
        let plan_after = |head: &str| text.starts_with(head).then_some(head.len());
        if let Some(offset) = plan_after("by-address:") {
            return plans.find(self, word, offset).map(Anonymous::ByAddress);
        }
        if let Some(offset) = plan_after("together:") {
            return plans.find(self, word, offset).map(Anonymous::Together);
        }
        match text.as_str() {
            "refuse" => Some(Anonymous::Refuse),
            "pass" => Some(Anonymous::Pass),
            _ => {
                let message = "this is no rule for callers that are not known";
                self.wrong(word.span().start, message, suggest(text, &RULES));
                None
            }
        }
    }

    /// `for_addresses` is the plan that no key has.
    fn keys(
        &mut self,
        raw: Vec<file::Key>,
        plans: &mut Plans,
        for_addresses: Option<&str>,
    ) -> HashMap<Box<str>, Plan> {
        let mut keys = HashMap::with_capacity(raw.len());
        let mut places: HashMap<Box<str>, usize> = HashMap::with_capacity(raw.len());
        for file::Key { key, plan } in raw {
            let plan = self.plan_of_a_key(&plan, plans, for_addresses);
            let at = key.span().start;
            let key = key.into_inner();
            // What cannot stand in a header could never be sent.
            if key.is_empty() || !key.bytes().all(|b| b.is_ascii_graphic()) {
                let hint = "a key is printable ASCII without spaces";
                self.wrong(
                    at,
                    "this key is empty, or could not be sent in a header",
                    hint,
                );
                continue;
            }
            if let Some(first) = places.get(key.as_str()) {
                let message = format!("this key is listed before, on line {}", self.line(*first));
                self.wrong(at, message, "a key has one plan");
                continue;
            }
            places.insert(key.as_str().into(), at);
            if let Some(plan) = plan {
                keys.insert(key.into_boxed_str(), plan);
            }
        }
        keys
    }

    fn plan_of_a_key(
        &mut self,
        word: &Word,
        plans: &mut Plans,
        for_addresses: Option<&str>,
    ) -> Option<Plan> {
        if Some(word.get_ref().as_str()) == for_addresses {
            let message = "this is the plan of `also`, and the caller would be counted by it twice";
            self.wrong(word.span().start, message, "write a plan for callers");
            return None;
        }
        plans.find(self, word, 0)
    }
}
