//! Where callers are told what they have used.

use super::super::file::{self, Word};
use super::super::{SkipPath, UsageRoute};
use super::Checker;

impl Checker<'_> {
    pub(super) fn usage(&mut self, raw: file::Usage) -> Option<UsageRoute> {
        let at = raw.path.span().start;
        let path = self.one_path(raw.path);
        let Some(page) = raw.page else {
            return Some(UsageRoute {
                path: path?,
                page: None,
            });
        };
        let at = page.span().start.max(at);
        let (page, path) = (self.one_path(page)?, path?);
        if page.is_same(&path) {
            let message = "the page has the path of what it shows";
            self.wrong(at, message, "give it a path of its own");
        }
        let page = Some(page);
        Some(UsageRoute { path, page })
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

    /// The paths that no limit binds. `usage` is told by nobody who could skip it.
    pub(super) fn skip(&mut self, raw: Vec<Word>, usage: Option<&UsageRoute>) -> Vec<SkipPath> {
        let told = usage.map(|usage| (&usage.path, usage.page.as_ref()));
        let told = told.map(|(path, page)| [Some(path), page]);
        let told: Vec<&SkipPath> = told.into_iter().flatten().flatten().collect();
        let mut paths = Vec::new();
        for word in raw {
            let at = word.span().start;
            if !word.get_ref().starts_with('/') || word.get_ref().contains(['?', '#']) {
                let hint = "write it as in `/healthz`; it means this one path";
                self.wrong(at, "a path begins with `/`", hint);
            }
            let hint = "name each path; one that has a `*` in it is `%2A`";
            self.no_wildcard(at, word.get_ref(), hint);
            let path = SkipPath::new(word.into_inner());
            if told.iter().any(|told| told.is_same(&path)) {
                let message = "this is a path of [usage], which costs nothing anyway";
                self.warn(at, message, "leave it out of `skip`");
            }
            paths.push(path);
        }
        paths
    }
}
