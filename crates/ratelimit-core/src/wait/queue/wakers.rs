//! Wakers on their way out of the queue: to be called, or only to be dropped.
//!
//! Both may run foreign code, so neither happens while the queue is locked. There are rarely more than two at a time,
//! and each look of each waiter may bring some: so the first ones need no allocation.

use std::task::Waker;

const FEW: usize = 2;

/// See the [module](self).
#[derive(Debug, Default)]
pub(in crate::wait) struct Wakers {
    few: [Option<Waker>; FEW],
    more: Vec<Waker>,
}

impl Extend<Waker> for Wakers {
    fn extend<T: IntoIterator<Item = Waker>>(&mut self, wakers: T) {
        for waker in wakers {
            match self.few.iter_mut().find(|place| place.is_none()) {
                Some(place) => *place = Some(waker),
                None => self.more.push(waker),
            }
        }
    }
}

impl IntoIterator for Wakers {
    type Item = Waker;
    type IntoIter = std::iter::Chain<
        std::iter::Flatten<std::array::IntoIter<Option<Waker>, FEW>>,
        std::vec::IntoIter<Waker>,
    >;

    fn into_iter(self) -> Self::IntoIter {
        self.few.into_iter().flatten().chain(self.more)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::Wake;

    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn none_is_lost_however_many_there_are() {
        for many in 0..6 {
            let count = Arc::new(Count(AtomicUsize::new(0)));
            let mut wakers = Wakers::default();
            wakers.extend((0..many).map(|_| Waker::from(Arc::clone(&count))));
            wakers.into_iter().for_each(Waker::wake);
            assert_eq!(count.0.load(Ordering::Relaxed), many);
        }
    }
}
