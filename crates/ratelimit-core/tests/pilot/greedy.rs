//! What a client gets that knows the limiter and is in no network: the most there is.

use std::time::Duration;

use crate::case::Case;
use crate::server::Server;

/// Requests that the limiter of this case admits from `from` to each of the two instants.
pub(crate) fn greedy(case: &Case, phase: u64, until: [u64; 2]) -> [u64; 2] {
    let server = Server::new(case, 0, phase);
    let mut admitted = 0;
    until.map(|end| {
        while server.now() < end {
            let decision = server.check();
            match decision.retry_after().filter(|_| !decision.is_allowed()) {
                None => admitted += 1,
                Some(wait) => {
                    let at = server.now() + u64::try_from(wait.as_nanos()).unwrap();
                    server.wait_until(at.min(end));
                }
            }
        }
        admitted
    })
}

/// Not so long that nothing would happen.
#[test]
fn a_greedy_client_gets_a_limit_a_window() {
    use crate::case::{Form, Kind};
    let case = Case::plain(Kind::Fixed, Form::Moment, 10, 0);
    let start = Server::new(&case, 0, 0).now();
    let minute = u64::try_from(Duration::from_secs(60).as_nanos()).unwrap();
    assert_eq!(
        greedy(&case, 0, [start + minute, start + 3 * minute]),
        [10, 30]
    );
}
