//! What the futures weigh: they are part of every future around them.

mod client;

use std::mem::size_of;

use client::Server;
use http::Request;
use ratelimit_tower::client::Guard;
use ratelimit_tower::throttle::ResponseFuture;

#[test]
fn a_waiting_request_costs_a_timer_and_little_more() {
    let request = size_of::<(Server, Request<()>)>();
    let future = size_of::<ResponseFuture<Server, Request<()>>>();
    assert!(future - request <= 256, "{future} for {request}");
    assert!(size_of::<Option<Guard>>() <= 16);
}
