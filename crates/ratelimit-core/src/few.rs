//! A list that is nearly always short.

/// What does not fit in place.
#[derive(Clone, Debug)]
struct More<T>(Vec<T>);

/// Items in order: two in place, any more in an allocation.
///
/// Most checks concern one or two policies of one or two subjects, and a decision is copied more
/// often than it is read.
#[derive(Clone, Debug)]
pub(crate) struct Few<T> {
    first: [T; 2],
    /// A thin pointer, because it is nearly always null.
    more: Option<Box<More<T>>>,
    len: u8,
}

impl<T: Default> Default for Few<T> {
    #[inline]
    fn default() -> Self {
        Self {
            first: [T::default(), T::default()],
            more: None,
            len: 0,
        }
    }
}

impl<T: Default> Few<T> {
    /// One item.
    #[inline(always)]
    pub(crate) fn one(item: T) -> Self {
        Self {
            first: [item, T::default()],
            more: None,
            len: 1,
        }
    }
}

impl<T> Few<T> {
    #[inline]
    pub(crate) fn push(&mut self, item: T) {
        match self.first.get_mut(usize::from(self.len)) {
            Some(place) => *place = item,
            None => self.push_more(item),
        }
        // A check has at most MAX_SUBJECTS · MAX_POLICIES of anything.
        self.len += 1;
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        usize::from(self.len)
    }

    /// The item of this number.
    ///
    /// # Panics
    /// If there are not so many.
    #[inline]
    pub(crate) fn get(&self, index: usize) -> &T {
        match self.first.get(index) {
            Some(item) => item,
            None => &self.more()[index - self.first.len()],
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.first.iter().chain(self.more()).take(self.len())
    }

    #[inline]
    pub(crate) fn map<U>(self, mut map: impl FnMut(T) -> U) -> Few<U> {
        Few {
            first: self.first.map(&mut map),
            more: self
                .more
                .map(|more| Box::new(More(more.0.into_iter().map(map).collect()))),
            len: self.len,
        }
    }

    #[inline]
    pub(crate) fn map_ref<U>(&self, mut map: impl FnMut(&T) -> U) -> Few<U> {
        Few {
            first: self.first.each_ref().map(&mut map),
            more: self
                .more
                .as_ref()
                .map(|more| Box::new(More(more.0.iter().map(map).collect()))),
            len: self.len,
        }
    }

    fn more(&self) -> &[T] {
        self.more.as_ref().map_or(&[], |more| &more.0)
    }

    #[cold]
    fn push_more(&mut self, item: T) {
        let none = || Box::new(More(Vec::new()));
        self.more.get_or_insert_with(none).0.push(item);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_keep_their_order_in_place_and_beyond() {
        let mut few = Few::default();
        for item in 0..5 {
            assert_eq!(few.len(), item);
            few.push(item);
        }
        assert!(few.iter().copied().eq(0..5));
        assert!((0..5).all(|i| *few.get(i) == i));
        assert!(
            few.map_ref(|item| item * 2)
                .iter()
                .copied()
                .eq([0, 2, 4, 6, 8])
        );
        assert!(few.map(|item| item * 2).iter().copied().eq([0, 2, 4, 6, 8]));
    }
}
