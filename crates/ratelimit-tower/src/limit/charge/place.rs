//! Where in the structure of a text the reader stands, and how much of a path leads there.

use super::field::Path;

/// How deep the structure may be: one bit each.
const MAX_DEPTH: usize = 128;

#[derive(Debug)]
pub(super) struct Place {
    path: Path,
    /// The bits of objects are set, the innermost of what is open is the lowest.
    objects: u128,
    /// How many objects and arrays are open.
    depth: usize,
    /// How many of the path's members lead here.
    matched: usize,
    /// How much of the path's next member has come, as long as this key may be it.
    key: Option<usize>,
    /// Whether the value that follows is that of the member that the path names next.
    is_next: bool,
}

impl Place {
    pub(super) fn new(path: Path) -> Self {
        Self {
            path,
            objects: 0,
            depth: 0,
            matched: 0,
            key: None,
            is_next: false,
        }
    }

    /// Another text begins.
    pub(super) fn restart(&mut self) {
        *self = Self::new(self.path.clone());
    }

    pub(super) fn is_outside(&self) -> bool {
        self.depth == 0
    }

    pub(super) fn is_in_object(&self) -> bool {
        self.objects & 1 == 1
    }

    /// Goes into an object or an array, unless it is nested too deep.
    pub(super) fn open(&mut self, is_object: bool) -> Option<()> {
        let is_next = std::mem::take(&mut self.is_next);
        // Members are looked for in objects only.
        self.matched += usize::from(is_next && is_object);
        self.objects = self.objects << 1 | u128::from(is_object);
        self.depth += 1;
        (self.depth <= MAX_DEPTH).then_some(())
    }

    /// Goes out of it, if this is what it is.
    pub(super) fn close(&mut self, is_object: bool) -> Option<()> {
        if self.depth == 0 || self.is_in_object() != is_object {
            return None;
        }
        self.objects >>= 1;
        self.depth -= 1;
        self.matched = self.matched.min(self.depth.saturating_sub(1));
        Some(())
    }

    /// A value that has none in it is here: whether it is what the whole path leads to.
    pub(super) fn is_wanted(&mut self) -> bool {
        std::mem::take(&mut self.is_next) && self.matched + 1 == self.path.len()
    }

    /// A key begins.
    pub(super) fn begin_key(&mut self) {
        self.key = self.next().map(|_| 0);
    }

    /// These are the next bytes of a text. If it is a key, it may be another than the one looked for.
    pub(super) fn spell(&mut self, bytes: &[u8]) {
        if let Some(seen) = self.key {
            let rest = self.next().and_then(|next| next.as_bytes().get(seen..));
            let is_so = rest.is_some_and(|rest| rest.starts_with(bytes));
            self.key = is_so.then_some(seen + bytes.len());
        }
    }

    /// The key is another one.
    pub(super) fn pass_key(&mut self) {
        self.key = None;
    }

    /// Whether what is read may be the key that is looked for.
    pub(super) fn is_in_key(&self) -> bool {
        self.key.is_some()
    }

    pub(super) fn end_key(&mut self) {
        let key = self.key.take();
        self.is_next = key.is_some() && key == self.next().map(str::len);
    }

    /// The member that would lead further from here.
    fn next(&self) -> Option<&str> {
        let leads_here = self.depth == self.matched + 1;
        leads_here.then(|| self.path.member(self.matched)).flatten()
    }
}
