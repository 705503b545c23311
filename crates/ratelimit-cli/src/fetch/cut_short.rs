//! Work that is not waited for to its end.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use super::client::Trail;
use super::outcome::End;
use super::stop::Stop;

/// The end of this work; or, when nothing more is to be sent, that it was cancelled, unless it is on the
/// wire just then. That may finish, as long as finishing is waited for.
pub(super) async fn until_stopped(
    work: impl Future<Output = End>,
    stop: &Stop,
    trail: &Trail,
) -> End {
    let mut work = pin!(work);
    let (mut stopping, mut broken) = (pin!(stop.stopping()), pin!(stop.broken()));
    let mut is_stopping = false;
    poll_fn(|cx| {
        if let Poll::Ready(end) = work.as_mut().poll(cx) {
            return Poll::Ready(end);
        }
        is_stopping = is_stopping || stopping.as_mut().poll(cx).is_ready();
        if is_stopping && !trail.is_on_wire() {
            return Poll::Ready(End::Cancelled);
        }
        broken.as_mut().poll(cx).map(|()| End::Cancelled)
    })
    .await
}
