//! Why the throttle did not let a request go, in the words of this program's options.

use ratelimit_tower::throttle::{RefusalReason, Refused};

use crate::explain::words::about;

pub(super) fn words(refused: &Refused) -> String {
    let what = match refused.reason() {
        RefusalReason::Deadline => "it would have to wait for longer than --max-wait allows",
        RefusalReason::Paused => {
            "the server wants to be left alone for longer than is waited for (--max-wait)"
        }
        RefusalReason::CostExceedsLimit => "it is more than --rate ever allows",
        RefusalReason::Full => "too many wait already (--concurrency)",
        _ => "it was not let through",
    };
    match refused.retry_after() {
        Some(wait) => format!("not sent: {what}; it could go in {}", about(wait)),
        None => format!("not sent: {what}"),
    }
}
