//! What stands in front of the limits: the paths that tell callers what they have used, and the headers
//! that every response has.
//!
//! Danger: what is answered here costs nothing and is limited by nothing. So it is no more than a look at
//! the state and a page, for one path each, and whatever is not exactly that path goes on to the limits.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{Either, Full};
use ratelimit_tower::WholeBody;
use ratelimit_tower::limit::{ByUnit, RateLimitLayer, Usage, UsagePage};
use tower_service::Service;

use crate::policy::{PolicyFile, SkipPath};
use crate::proxy::{Own, Wording};

/// The body of an answer: that of the limited service, what the usage is, or words of the gateway's own.
pub(super) type FrontBody<B> = Either<B, Either<WholeBody, Full<Bytes>>>;

const ONLY_READ: Own = Own {
    status: StatusCode::METHOD_NOT_ALLOWED,
    code: "method_not_allowed",
    message: "This path can only be read, with GET or HEAD.",
};

/// A limited service with what stands in front of it.
#[derive(Clone)]
pub(super) struct Front<S> {
    limited: S,
    policy: Arc<Told>,
}

/// What of the policy file is answered here.
struct Told {
    usage: Option<(SkipPath, Usage)>,
    page: Option<(SkipPath, UsagePage)>,
    own: Vec<(HeaderName, HeaderValue)>,
    wording: Wording,
}

/// Who answers a request.
enum Answerer {
    Limited,
    Usage(Usage),
    Page(UsagePage),
    /// Nobody, with this method.
    Nobody,
}

impl<S> Front<S> {
    /// `limited` is what the layer of this policy was put around.
    pub(super) fn new(policy: &PolicyFile, layer: &RateLimitLayer, limited: S) -> Self {
        let route = policy.usage();
        let page = |path: &SkipPath, usage: &SkipPath| {
            let page = UsagePage::new(usage.text());
            let page = match policy.key_header() {
                Some((_, "Bearer ")) => page,
                Some((name, _)) => page.with_key_header(&name),
                None => page.without_key(),
            };
            (path.clone(), page)
        };
        let told = Told {
            usage: route.map(|route| (route.path.clone(), layer.usage(ByUnit))),
            page: route.and_then(|route| Some(page(route.page.as_ref()?, &route.path))),
            own: policy.own_headers().to_vec(),
            wording: policy.wording(),
        };
        Self {
            limited,
            policy: Arc::new(told),
        }
    }
}

impl Told {
    fn answerer<B>(&self, request: &Request<B>) -> Answerer {
        let path = request.uri().path();
        let answerer = match (&self.usage, &self.page) {
            (Some((own, usage)), _) if own.is(path) => Answerer::Usage(usage.clone()),
            (_, Some((own, page))) if own.is(path) => Answerer::Page(page.clone()),
            _ => return Answerer::Limited,
        };
        match *request.method() {
            Method::GET | Method::HEAD => answerer,
            _ => Answerer::Nobody,
        }
    }

    fn nobody(&self) -> Response<Full<Bytes>> {
        let mut response = ONLY_READ.whole(self.wording);
        let allowed = HeaderValue::from_static("GET, HEAD");
        response.headers_mut().insert(header::ALLOW, allowed);
        response
    }

    /// In the place of those that the response has of the same name.
    fn sign<B>(&self, mut response: Response<B>) -> Response<B> {
        for (name, value) in &self.own {
            response.headers_mut().insert(name.clone(), value.clone());
        }
        response
    }
}

impl<S, A, B> Service<Request<A>> for Front<S>
where
    S: Service<Request<A>, Response = Response<B>, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response<FrontBody<B>>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.limited.poll_ready(cx)
    }

    fn call(&mut self, request: Request<A>) -> Self::Future {
        let told = Arc::clone(&self.policy);
        let own = match told.answerer(&request) {
            Answerer::Limited => {
                let answer = self.limited.call(request);
                return Box::pin(async move { Ok(told.sign(answer.await?).map(Either::Left)) });
            }
            Answerer::Usage(mut usage) => {
                let answer = usage.call(request);
                return Box::pin(async move {
                    let answer = answer.await?.map(Either::Left);
                    Ok(told.sign(answer).map(Either::Right))
                });
            }
            Answerer::Page(mut page) => {
                let answer = page.call(request);
                return Box::pin(async move {
                    let answer = answer.await?.map(Either::Left);
                    Ok(told.sign(answer).map(Either::Right))
                });
            }
            Answerer::Nobody => told.nobody(),
        };
        let own = told.sign(own.map(Either::Right));
        Box::pin(async move { Ok(own.map(Either::Right)) })
    }
}
