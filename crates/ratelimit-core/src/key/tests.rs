//! Keys that are equal, and keys that must not be.

use super::Key;
use super::KeyHasher;

fn ip(hasher: &KeyHasher, text: &str) -> Key {
    hasher.sink().ip(text.parse().unwrap()).key()
}

#[test]
fn parts_do_not_run_into_each_other() {
    let h = KeyHasher::random();
    let two = |a: &str, b: &str| h.sink().text(a).text(b).key();
    assert_ne!(two("a:b", "c"), two("a", "b:c"));
    assert_ne!(two("a", ""), two("", "a"));
    assert_ne!(h.sink().text("7").key(), h.sink().number(7).key());
    assert_ne!(ip(&h, "10.0.0.1"), h.sink().text("10.0.0.1").key());
    assert_eq!(two("a", "b"), two("a", "b"));
}

#[test]
fn ipv6_counts_by_its_64_and_mapped_ipv4_as_itself() {
    let h = KeyHasher::random();
    assert_eq!(ip(&h, "2001:db8::1"), ip(&h, "2001:db8::ffff:1:2:3"));
    assert_ne!(ip(&h, "2001:db8::1"), ip(&h, "2001:db8:0:1::1"));
    assert_eq!(ip(&h, "10.0.0.1"), ip(&h, "::ffff:10.0.0.1"));
    let whole = |t: &str| h.sink().ip_with_prefix(t.parse().unwrap(), 128).key();
    assert_ne!(whole("2001:db8::1"), whole("2001:db8::2"));
    let none = |t: &str| h.sink().ip_with_prefix(t.parse().unwrap(), 0).key();
    assert_eq!(none("2001:db8::1"), none("fe80::2"));
}

#[test]
fn secrets_separate_limiters_and_nothing_is_printed() {
    let (a, b) = (KeyHasher::random(), KeyHasher::random());
    assert_ne!(a.key("alice"), b.key("alice"));
    let secret = KeyHasher::with_secret(&[7; 16]);
    assert_eq!(
        secret.key("alice"),
        KeyHasher::with_secret(&[7; 16]).key("alice")
    );
    assert_eq!(format!("{:?}", a.key("alice")), "Key(..)");
}
