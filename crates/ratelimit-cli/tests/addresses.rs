//! A gateway that counts each request by its token and by its address.

#![allow(clippy::unwrap_used, reason = "a call that fails is a test that fails")]

mod common;

use common::Gateway;

const POLICY: &str = r#"
version = 1
[caller]
key = "bearer"
also = "by-address:address"
[plans.free]
policies = [{ name = "hour", algorithm = "sliding-log", quota = "3/1h" }]
[plans.address]
policies = [{ name = "address-hour", algorithm = "sliding-log", quota = "5/1h" }]
[[keys]]
key = "alice"
plan = "free"
[[keys]]
key = "bob"
plan = "free"
"#;

#[test]
fn a_token_and_its_address_are_counted_together_or_not_at_all() {
    let gateway = Gateway::enforcing(POLICY, None);
    let mut wire = gateway.connect();
    let mut call = |token: &str| {
        // What a stranger says of the address buys nothing.
        let head = format!("authorization: Bearer {token}\r\nx-forwarded-for: 203.0.113.9\r\n");
        wire.get("/", &head);
        wire.answer()
    };
    for remaining in ["2", "1", "0"] {
        let answer = call("alice");
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("x-ratelimit-remaining"), remaining);
        assert_eq!(
            answer.header("ratelimit-policy"),
            "\"hour\";q=3;w=3600, \"address-hour\";q=5;w=3600"
        );
    }
    // Neither her refusals nor an unknown token cost the address anything.
    for _ in 0..5 {
        assert_eq!(call("alice").status, 429);
        assert_eq!(call("mallory").status, 401);
    }
    assert_eq!(call("bob").status, 200);
    assert_eq!(call("bob").status, 200);
    let refused = call("bob");
    assert_eq!(refused.status, 429);
    assert_eq!(refused.header("x-ratelimit-limit"), "5");
}
