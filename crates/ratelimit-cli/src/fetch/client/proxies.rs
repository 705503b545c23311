//! Which proxy a request goes through: who reads an error wants to know whom it is about.
//!
//! The same rules that reqwest goes by, on its own copy of the environment.
//!
//! Danger: the URL of a proxy holds a password. Only host and port are said.

use std::sync::Arc;

use http::Uri;
use hyper_util::client::proxy::matcher::Matcher;

/// The proxies of the environment.
#[derive(Clone)]
pub(super) struct Proxies(Arc<Matcher>);

impl Proxies {
    pub(super) fn of_system() -> Self {
        Self(Arc::new(Matcher::from_system()))
    }

    /// Host and port of the proxy on the way there, if there is one. That of SOCKS has no port if it was given none.
    pub(super) fn toward(&self, url: &Uri) -> Option<String> {
        let proxy = self.0.intercept(url)?;
        let host = proxy.uri().host()?;
        let usual = match proxy.uri().scheme_str() {
            Some("http") => Some(80),
            Some("https") => Some(443),
            _ => None,
        };
        Some(match proxy.uri().port_u16().or(usual) {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_named_by_host_and_port_alone() {
        let matcher = Matcher::builder()
            .http("http://me:hunter2@proxy.example:3128/x")
            .https("https://me:hunter2@[::1]")
            .no("near.example");
        let proxies = Proxies(Arc::new(matcher.build()));
        let toward = |url: &str| proxies.toward(&url.parse().unwrap());
        assert_eq!(
            toward("http://a.example/").as_deref(),
            Some("proxy.example:3128")
        );
        assert_eq!(toward("https://a.example/").as_deref(), Some("[::1]:443"));
        assert_eq!(toward("http://near.example/"), None);
    }

    #[test]
    fn only_a_port_that_is_known_is_said() {
        let said = |proxy: &str| {
            let proxies = Proxies(Arc::new(Matcher::builder().all(proxy).build()));
            proxies.toward(&"http://a.example/".parse().unwrap())
        };
        assert_eq!(said("socks5://p.example").as_deref(), Some("p.example"));
        let given = said("socks5h://p.example:1080");
        assert_eq!(given.as_deref(), Some("p.example:1080"));
        assert_eq!(said("p.example").as_deref(), Some("p.example:80"));
    }
}
