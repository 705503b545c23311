//! A list that is usually short.
//!
//! Most responses state one policy, few state more than three: those live in place, so that reading allocates nothing.
//! Beyond that it is a `Vec`: RFC 9651, section 3.1, asks for at least 1024 members.

use std::mem;

#[derive(Clone, Debug, Default)]
pub(crate) enum Few<T> {
    #[default]
    Zero,
    One([T; 1]),
    Two([T; 2]),
    Three([T; 3]),
    Many(Vec<T>),
}

impl<T> Few<T> {
    #[inline]
    pub(crate) fn push(&mut self, last: T) {
        match self {
            // The usual case, without moving what is not there.
            Few::Zero => *self = Few::One([last]),
            Few::Many(all) => all.push(last),
            _ => self.push_second(last),
        }
    }

    fn push_second(&mut self, last: T) {
        *self = match mem::take(self) {
            Few::Zero => Few::One([last]),
            Few::One([a]) => Few::Two([a, last]),
            Few::Two([a, b]) => Few::Three([a, b, last]),
            Few::Three([a, b, c]) => Few::Many(vec![a, b, c, last]),
            Few::Many(mut all) => {
                all.push(last);
                Few::Many(all)
            }
        };
    }

    pub(crate) fn retain(&mut self, is_kept: impl Fn(&T) -> bool) {
        let mut kept = Few::Zero;
        mem::take(self).for_each(|item| {
            if is_kept(&item) {
                kept.push(item);
            }
        });
        *self = kept;
    }

    fn for_each(self, act: impl FnMut(T)) {
        match self {
            Few::Zero => {}
            Few::One(all) => all.into_iter().for_each(act),
            Few::Two(all) => all.into_iter().for_each(act),
            Few::Three(all) => all.into_iter().for_each(act),
            Few::Many(all) => all.into_iter().for_each(act),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Few::Zero => true,
            Few::Many(all) => all.is_empty(),
            _ => false,
        }
    }

    pub(crate) fn as_slice(&self) -> &[T] {
        match self {
            Few::Zero => &[],
            Few::One(all) => all,
            Few::Two(all) => all,
            Few::Three(all) => all,
            Few::Many(all) => all,
        }
    }

    pub(crate) fn as_mut_slice(&mut self) -> &mut [T] {
        match self {
            Few::Zero => &mut [],
            Few::One(all) => all,
            Few::Two(all) => all,
            Few::Three(all) => all,
            Few::Many(all) => all,
        }
    }
}
