//! How much retrying is too much.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Limits retries to a share of what succeeds. Clones share one account.
///
/// A number of tries per request does not protect a server that is down: with five tries, every client
/// sends five times the load just then. So retries are paid from an account: each takes 5, each request
/// that succeeds at first gives 1 back, and one that succeeded after retries gives back what its last
/// retry took. While the server works, the account is full and nobody notices; when it does not, the
/// account is empty soon, and then only one retry for five successes is left. It is the scheme of the
/// AWS SDKs' "retry quota"; it needs no clock.
///
/// ```
/// use ratelimit_tower::retry::RetryBudget;
///
/// let budget = RetryBudget::new(10);
/// assert!(budget.withdraw() && budget.withdraw());
/// assert!(!budget.withdraw());
/// budget.deposit(5);
/// assert!(budget.withdraw());
/// ```
#[derive(Clone, Debug)]
pub struct RetryBudget {
    account: Arc<AtomicU32>,
    capacity: u32,
}

impl RetryBudget {
    /// What a retry takes.
    pub const PRICE: u32 = 5;

    /// A full account of this capacity: a fifth of it are the retries in a row.
    #[must_use]
    pub fn new(capacity: u32) -> Self {
        Self {
            account: Arc::new(AtomicU32::new(capacity)),
            capacity,
        }
    }

    /// Takes the price of a retry, if the account has it.
    #[must_use]
    pub fn withdraw(&self) -> bool {
        // The account guards no other memory, so `Relaxed` is enough here and below.
        let take = |balance: u32| balance.checked_sub(Self::PRICE);
        self.update(take)
    }

    /// Gives back, up to the capacity.
    pub fn deposit(&self, amount: u32) {
        let capacity = self.capacity;
        self.update(|balance| Some(balance.saturating_add(amount).min(capacity)));
    }

    fn update(&self, change: impl Fn(u32) -> Option<u32>) -> bool {
        self.account
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, change)
            .is_ok()
    }
}

impl Default for RetryBudget {
    /// A hundred retries in a row.
    fn default() -> Self {
        Self::new(500)
    }
}
