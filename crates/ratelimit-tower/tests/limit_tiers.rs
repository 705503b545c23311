//! Plans that change while requests are served.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use std::time::Duration;

use common::{header, hello, memory, of, send, status};
use ratelimit_core::{Key, KeyHasher, Memory, Plan, Policy, Quota, Reason};
use ratelimit_tower::key;
use ratelimit_tower::limit::{Anonymous, AsKey, RateLimitLayer, Tiers};
use tower::Layer;

fn plan(name: &'static str, limit: u32) -> Plan {
    Plan::new(name, [Policy::sliding_log("hour", Quota::per_hour(limit))]).unwrap()
}

fn layer(tiers: &Tiers) -> RateLimitLayer {
    RateLimitLayer::with_limiter(tiers.limiter().clone(), plan("nobody", 1))
        .with_key(key::bearer)
        .with_unknown(Anonymous::Refuse)
        .with_tiers(tiers.clone())
}

#[tokio::test]
async fn an_upgrade_keeps_what_was_spent_and_so_does_the_way_back() {
    let tiers = Tiers::new(memory().0);
    assert!(tiers.set("tok", plan("free", 100)).is_none());
    let service = layer(&tiers).layer(hello());
    for _ in 0..60 {
        assert_eq!(status(&service, of("tok")).await.as_u16(), 200);
    }
    let former = tiers.set("tok", plan("pro", 1_000)).unwrap();
    assert_eq!(
        (former.name(), tiers.plan("tok").unwrap().name()),
        ("free", "pro")
    );
    let answer = send(&service, of("tok")).await;
    assert_eq!(header(answer.headers(), "x-ratelimit-remaining"), "939");
    tiers.set("tok", plan("tiny", 50));
    let answer = send(&service, of("tok")).await;
    assert_eq!(answer.status().as_u16(), 429);
    tiers.set("tok", plan("free", 100));
    let answer = send(&service, of("tok")).await;
    assert_eq!(header(answer.headers(), "x-ratelimit-remaining"), "38");
}

#[tokio::test]
async fn a_state_can_be_read_and_forgotten() {
    let (memory, clock) = memory();
    let tiers = Tiers::new(memory);
    tiers.set("tok", plan("free", 3));
    let service = layer(&tiers).layer(hello());
    assert_eq!(status(&service, of("tok")).await.as_u16(), 200);
    assert_eq!(status(&service, of("tok")).await.as_u16(), 200);
    clock.advance(Duration::from_secs(600));
    let state = tiers.explain("tok", 2).unwrap();
    assert_eq!(state.reason(), Some(Reason::Rate));
    assert_eq!(state.retry_after(), Some(Duration::from_secs(3_000)));
    let policy = state.policies().next().unwrap();
    assert_eq!((policy.used(), policy.remaining()), (2, 1));
    assert_eq!(policy.reset_after(), Duration::from_secs(3_000));
    // Looking cost nothing.
    assert!(tiers.explain("tok", 1).unwrap().is_allowed());
    assert!(tiers.reset("tok"));
    assert_eq!(tiers.explain("tok", 1).unwrap().remaining(), 3);
    assert!(!tiers.reset("stranger") && tiers.explain("stranger", 1).is_none());
}

#[tokio::test]
async fn who_is_not_in_the_table_is_not_known() {
    let tiers = Tiers::new(Memory::new());
    let service = layer(&tiers).layer(hello());
    assert_eq!(status(&service, of("tok")).await.as_u16(), 401);
    tiers.set(&String::from("tok"), plan("free", 3));
    assert_eq!(status(&service, of("tok")).await.as_u16(), 200);
    assert_eq!((tiers.len(), tiers.is_empty()), (1, false));
    assert_eq!(tiers.remove("tok").unwrap().name(), "free");
    assert_eq!(status(&service, of("tok")).await.as_u16(), 401);
    // What was spent is remembered for when the caller comes back.
    tiers.set("tok", plan("free", 1));
    assert_eq!(status(&service, of("tok")).await.as_u16(), 429);
}

#[test]
fn whatever_a_key_does_the_table_is_not_locked_meanwhile() {
    /// A key that looks at the table it is for.
    struct Curious(Tiers);

    impl AsKey for Curious {
        fn as_key(&self, hasher: &KeyHasher) -> Key {
            hasher.sink().number(self.0.len() as u64).key()
        }
    }

    let tiers = Tiers::new(Memory::new());
    let key = Curious(tiers.clone());
    assert!(tiers.set(&key, plan("free", 1)).is_none());
    assert!(tiers.plan(&key).is_none() && tiers.remove(&key).is_none());
}

#[test]
fn a_table_of_another_limiter_is_a_mistake_that_is_told() {
    let tiers = Tiers::new(Memory::new());
    let other = || RateLimitLayer::new(plan("p", 1)).with_tiers(tiers.clone());
    assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(other)).is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn from_any_thread_nothing_is_lost_and_nothing_is_gained() {
    let tiers = Tiers::new(memory().0);
    tiers.set("tok", plan("pro", 1_000));
    let service = layer(&tiers).layer(hello());
    let flipping = {
        let tiers = tiers.clone();
        tokio::task::spawn_blocking(move || {
            for n in 0..2_000 {
                tiers.set("tok", plan("p", 900 + n % 2 * 100));
                assert!(tiers.explain("tok", 0).is_some());
            }
            tiers.set("tok", plan("pro", 1_000));
        })
    };
    let callers: Vec<_> = (0..4)
        .map(|_| {
            let service = service.clone();
            tokio::spawn(async move {
                let mut admitted = 0;
                for _ in 0..300 {
                    admitted += u32::from(status(&service, of("tok")).await.is_success());
                }
                admitted
            })
        })
        .collect();
    let mut admitted = 0;
    for caller in callers {
        admitted += caller.await.unwrap();
    }
    flipping.await.unwrap();
    assert!((900..=1_000).contains(&admitted), "{admitted}");
    let used = tiers
        .explain("tok", 0)
        .unwrap()
        .policies()
        .next()
        .unwrap()
        .used();
    assert_eq!(used, u64::from(admitted));
}
