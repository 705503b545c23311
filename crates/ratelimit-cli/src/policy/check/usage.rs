//! Where callers are told what they have used.

use super::super::file::{self, Word};
use super::super::{SkipPath, UsageRoute};
use super::Checker;

impl Checker<'_> {
    pub(super) fn usage(&mut self, raw: file::Usage) -> Option<UsageRoute> {
        let (at, text) = (raw.path.span().start, raw.path.get_ref().clone());
        let path = self.one_path(raw.path);
        let page = match raw.page {
            Some(page) => {
                if *page.get_ref() == text {
                    let message = "the page has the path of what it shows";
                    self.wrong(
                        page.span().start.max(at),
                        message,
                        "give it a path of its own",
                    );
                }
                Some(self.one_path(page)?)
            }
            None => None,
        };
        Some(UsageRoute { path: path?, page })
    }

    fn one_path(&mut self, word: Word) -> Option<SkipPath> {
        let at = word.span().start;
        if !word.get_ref().starts_with('/') || word.get_ref().contains(['?', '#']) {
            let hint = "write it as in `/v1/usage`; it means this one path";
            self.wrong(at, "a path begins with `/`", hint);
            return None;
        }
        self.no_wildcard(at, word.get_ref(), "name one path");
        Some(SkipPath::new(word.into_inner()))
    }
}
