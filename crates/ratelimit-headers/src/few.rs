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
    pub(crate) fn push(&mut self, last: T) {
        if let Few::Many(all) = self {
            all.push(last);
            return;
        }
        *self = match mem::replace(self, Few::Zero) {
            Few::Zero => Few::One([last]),
            Few::One([a]) => Few::Two([a, last]),
            Few::Two([a, b]) => Few::Three([a, b, last]),
            Few::Three([a, b, c]) => Few::Many(vec![a, b, c, last]),
            Few::Many(all) => Few::Many(all),
        };
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
