//! The demo behind a policy, in a time that is moved by hand: what takes an hour or a month to see.

use std::path::PathBuf;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use http::{Request, Response};
use http_body::Body;
use ratelimit_cli::demo::{Demo, Halves};
use ratelimit_cli::policy::PolicyFile;
use ratelimit_core::{Clock as _, ManualClock, Memory};
use ratelimit_tower::key::PeerAddr;
use ratelimit_tower::limit::{RateLimit, ResponseBody};
use tower_layer::Layer;
use tower_service::Service;

/// The demo behind a policy, in a time of its own.
pub struct Bench {
    service: RateLimit<Demo>,
    pub memory: Memory,
    pub clock: ManualClock,
}

/// What a caller got.
pub struct Told {
    pub response: Response<ResponseBody<Halves>>,
}

/// The text of one of the policies among the examples.
pub fn example(name: &str) -> String {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let path = here.join("../../examples/policies").join(name);
    std::fs::read_to_string(path).unwrap()
}

/// Where one of the policies among the examples is.
pub fn example_path(name: &str) -> String {
    let here = env!("CARGO_MANIFEST_DIR");
    format!("{here}/../../examples/policies/{name}")
}

impl Bench {
    /// At the beginning of time.
    pub fn of(policy: &PolicyFile) -> Self {
        Self::on(policy, ManualClock::new())
    }

    /// This text of a policy, at this Unix second.
    pub fn at(unix: u64, policy: &str) -> Self {
        let clock = ManualClock::starting_at(Duration::from_secs(unix));
        Self::on(&PolicyFile::parse("p.toml", policy).unwrap(), clock)
    }

    fn on(policy: &PolicyFile, clock: ManualClock) -> Self {
        let memory = policy.sized(Memory::builder().clock(clock.clone())).build();
        Self {
            service: policy.layer_on(memory.clone()).layer(Demo),
            memory,
            clock,
        }
    }

    /// Another policy from now on, with what was counted so far.
    pub fn reload(&mut self, policy: &str) {
        let policy = PolicyFile::parse("p.toml", policy).unwrap();
        self.service = policy.layer_on(self.memory.clone()).layer(Demo);
    }

    pub fn call(&mut self, request: http::request::Builder) -> Told {
        let mut request = request.body(()).unwrap();
        if request.extensions().get::<PeerAddr>().is_none() {
            let peer = "203.0.113.9:4711".parse().unwrap();
            request.extensions_mut().insert(PeerAddr(peer));
        }
        let mut context = Context::from_waker(Waker::noop());
        // Neither memory nor the demo ever waits.
        let answer = pin!(self.service.call(request)).as_mut().poll(&mut context);
        let Poll::Ready(Ok(response)) = answer else {
            panic!("an answer was to be there at once");
        };
        Told { response }
    }

    /// One call with a bearer token, and its status.
    pub fn get(&mut self, key: &str, path: &str) -> Told {
        let request = Request::get(path).header("authorization", format!("Bearer {key}"));
        self.call(request)
    }

    /// The time, in whole Unix seconds.
    pub fn unix(&self) -> u64 {
        self.clock.unix(self.clock.now()).as_secs()
    }

    pub fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }
}

impl Told {
    pub fn status(&self) -> u16 {
        self.response.status().as_u16()
    }

    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        let value = self.response.headers().get(name);
        value
            .unwrap_or_else(|| panic!("no {name}"))
            .to_str()
            .unwrap()
    }

    #[track_caller]
    pub fn number(&self, name: &str) -> u64 {
        self.header(name).parse().unwrap()
    }

    pub fn has(&self, name: &str) -> bool {
        self.response.headers().contains_key(name)
    }

    /// The body, which must be there at once; after this nothing is held any more.
    pub fn text(self) -> String {
        let mut context = Context::from_waker(Waker::noop());
        let mut body = pin!(self.response.into_body());
        let mut text = Vec::new();
        while let Poll::Ready(Some(frame)) = Pin::as_mut(&mut body).poll_frame(&mut context) {
            let frame = frame.unwrap_or_else(|_| panic!("a body that breaks off"));
            text.extend(frame.into_data().unwrap());
        }
        String::from_utf8(text).unwrap()
    }
}
