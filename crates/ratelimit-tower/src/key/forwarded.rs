//! The client's address behind proxies: one named source, believed only from trusted proxies.
//!
//! A proxy appends the address it was called from, so only the right end of the list is written by
//! somebody we know. We read from the right, skip the proxies we trust, and the first other address
//! is the client's. Everything to the left of it is the client's own word, and buys nothing.
//!
//! Danger: with no trusted proxy in front, or a proxy that does not overwrite the header, its value
//! is whatever the client likes. That is why both the source and the proxies must be named.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use http::header::{self, HeaderMap, HeaderName};
use ipnet::IpNet;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// How many entries from the right are looked at; a chain of more proxies is somebody's game.
const MAX_HOPS: usize = 32;

/// A source of the client's address, and the proxies that are believed.
#[derive(Clone, Debug)]
pub struct Forwarded {
    source: Source,
    trusted: Vec<IpNet>,
}

/// Which header says where a request came from.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// `X-Forwarded-For`, a list that each proxy appends to.
    XForwardedFor,
    /// `Forwarded` (RFC 7239), a list of parameters of which `for` is read.
    Forwarded,
    /// A header with a single address that the nearest proxy overwrites, such as `X-Real-IP` or
    /// `CF-Connecting-IP`.
    Single(HeaderName),
}

/// A text that names no network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustError(String);

impl Forwarded {
    /// Believes `source` from these proxies: addresses, or networks as in `10.0.0.0/8`.
    ///
    /// # Errors
    /// If a text is neither.
    pub fn new<'t>(
        source: Source,
        trusted: impl IntoIterator<Item = &'t str>,
    ) -> Result<Self, TrustError> {
        let network = |text: &str| {
            let address = || IpAddr::from_str(text).map(IpNet::from);
            IpNet::from_str(text)
                .or_else(|_| address())
                .map_err(|_| TrustError(text.to_owned()))
        };
        let trusted = trusted.into_iter().map(network).collect::<Result<_, _>>()?;
        Ok(Self { source, trusted })
    }

    /// Whether this is the address of a proxy that is believed.
    #[must_use]
    pub fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.trusted
            .iter()
            .any(|network| network.contains(&address))
    }

    /// The client's address, given that of the peer.
    pub(crate) fn client(&self, headers: &HeaderMap, peer: IpAddr) -> IpAddr {
        let peer = peer.to_canonical();
        if !self.trusts(peer) {
            return peer;
        }
        match &self.source {
            Source::Single(name) => single(headers, name).unwrap_or(peer),
            Source::XForwardedFor => {
                self.rightmost(list(headers, &X_FORWARDED_FOR, at_commas), peer, address)
            }
            Source::Forwarded => self.rightmost(
                list(headers, &header::FORWARDED, elements),
                peer,
                forwarded_for,
            ),
        }
    }

    /// The first address from the right that is not a trusted proxy's; where an entry cannot be
    /// read, the last proxy that vouched for something.
    fn rightmost<'h>(
        &self,
        entries: impl Iterator<Item = Option<&'h str>>,
        peer: IpAddr,
        read: fn(&str) -> Option<IpAddr>,
    ) -> IpAddr {
        let mut nearest = peer;
        for entry in entries.take(MAX_HOPS) {
            let Some(address) = entry.and_then(read) else {
                return nearest;
            };
            nearest = address;
            if !self.trusts(address) {
                return address;
            }
        }
        nearest
    }
}

impl fmt::Display for TrustError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} is neither an address nor a network such as 10.0.0.0/8",
            self.0
        )
    }
}

impl std::error::Error for TrustError {}

/// The entries of a list header from the right, over all of its lines; `None` is a line, or a part of
/// one, that cannot be read and hides what is to the left of it.
fn list<'h>(
    headers: &'h HeaderMap,
    name: &HeaderName,
    split: fn(&'h str) -> Option<Vec<&'h str>>,
) -> impl Iterator<Item = Option<&'h str>> {
    let lines: Vec<_> = headers.get_all(name).into_iter().collect();
    lines.into_iter().rev().flat_map(move |line| {
        let entries = line.to_str().ok().and_then(split);
        let entries = entries.map_or_else(
            || vec![None],
            |entries| entries.into_iter().rev().map(Some).collect(),
        );
        entries.into_iter()
    })
}

/// The entries of an `X-Forwarded-For`, which knows no quotes.
fn at_commas(line: &str) -> Option<Vec<&str>> {
    Some(
        line.split(',')
            .map(|entry| entry.trim_matches([' ', '\t']))
            .collect(),
    )
}

/// The elements of a `Forwarded`.
fn elements(line: &str) -> Option<Vec<&str>> {
    split_outside_quotes(line, b',')
}

/// Splits where `separator` stands outside of quoted strings (RFC 9110, section 5.6.4). `None` if a
/// quote is not closed.
///
/// A proxy quotes what its client chose, a `Host` say, and separators are legal in it.
fn split_outside_quotes(text: &str, separator: u8) -> Option<Vec<&str>> {
    let (mut parts, mut start) = (Vec::new(), 0);
    let (mut quoted, mut escaped) = (false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if byte == separator && !quoted => {
                parts.push(text[start..at].trim_matches([' ', '\t']));
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(text[start..].trim_matches([' ', '\t']));
    (!quoted).then_some(parts)
}

fn single(headers: &HeaderMap, name: &HeaderName) -> Option<IpAddr> {
    let mut lines = headers.get_all(name).into_iter();
    let (line, None) = (lines.next()?, lines.next()) else {
        return None;
    };
    address(line.to_str().ok()?.trim_matches([' ', '\t']))
}

/// An address, with or without a port and brackets.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|t| t.strip_suffix(']'));
    IpAddr::from_str(bare.unwrap_or(text))
        .or_else(|_| SocketAddr::from_str(text).map(|socket| socket.ip()))
        .ok()
        .map(|address| address.to_canonical())
}

/// The `for` of one element, `for="[2001:db8::1]:4711";proto=https`. Two of them say nothing.
fn forwarded_for(element: &str) -> Option<IpAddr> {
    let pairs = split_outside_quotes(element, b';')?;
    let mut found = pairs
        .into_iter()
        .filter_map(|pair| pair.split_once('='))
        .filter(|(name, _)| name.eq_ignore_ascii_case("for"));
    let ((_, value), None) = (found.next()?, found.next()) else {
        return None;
    };
    address(value.trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROXY: &str = "10.0.0.1";

    #[track_caller]
    fn check(source: Source, peer: &str, lines: &[(&str, &str)], expected: &str) {
        let forwarded =
            Forwarded::new(source, ["10.0.0.0/8", "2001:db8:ffff::/48", "::1"]).unwrap();
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            headers.append(
                name,
                http::HeaderValue::from_bytes(value.as_bytes()).unwrap(),
            );
        }
        let client = forwarded.client(&headers, peer.parse().unwrap());
        assert_eq!(client, expected.parse::<IpAddr>().unwrap());
    }

    #[track_caller]
    fn xff(lines: &[&str], expected: &str) {
        let lines: Vec<_> = lines.iter().map(|l| ("x-forwarded-for", *l)).collect();
        check(Source::XForwardedFor, PROXY, &lines, expected);
    }

    #[test]
    fn the_rightmost_untrusted_address_is_the_client() {
        xff(&["203.0.113.9"], "203.0.113.9");
        xff(&["203.0.113.9, 10.2.3.4"], "203.0.113.9");
        xff(&["198.51.100.1,203.0.113.9\t,10.2.3.4"], "203.0.113.9");
        xff(&["203.0.113.9:4711"], "203.0.113.9");
        xff(&["[2001:db8::7]:443"], "2001:db8::7");
        xff(&["[2001:db8::7]"], "2001:db8::7");
        xff(&["::ffff:203.0.113.9"], "203.0.113.9");
        xff(&["::ffff:10.1.1.1"], "10.1.1.1");
    }

    #[test]
    fn several_lines_are_one_list() {
        xff(&["198.51.100.1", "203.0.113.9", "10.2.3.4"], "203.0.113.9");
    }

    #[test]
    fn a_spoofed_left_part_buys_nothing() {
        xff(&["1.1.1.1, 2.2.2.2, 203.0.113.9"], "203.0.113.9");
        xff(&["10.9.9.9, 203.0.113.9"], "203.0.113.9");
        xff(&["nonsense, 203.0.113.9"], "203.0.113.9");
        let flood = vec!["1.1.1.1"; 10_000].join(",") + ", 203.0.113.9";
        xff(&[&flood], "203.0.113.9");
    }

    #[test]
    fn what_cannot_be_read_ends_the_search_at_the_last_proxy() {
        xff(&["203.0.113.9, unknown"], PROXY);
        xff(&["203.0.113.9, \u{e9}, 10.2.3.4"], PROXY);
        xff(&["203.0.113.9, x, 10.2.3.4"], "10.2.3.4");
        xff(&[""], PROXY);
        xff(&[], PROXY);
    }

    #[test]
    fn a_stranger_is_not_believed() {
        let spoof = [("x-forwarded-for", "1.1.1.1")];
        check(Source::XForwardedFor, "203.0.113.9", &spoof, "203.0.113.9");
        let mapped = "::ffff:10.0.0.1";
        check(Source::XForwardedFor, mapped, &spoof, "1.1.1.1");
    }

    #[test]
    fn the_standard_header_is_read() {
        let read = |value: &str, expected: &str| {
            check(Source::Forwarded, PROXY, &[("forwarded", value)], expected);
        };
        read("for=203.0.113.9", "203.0.113.9");
        read("For=\"[2001:db8::7]:4711\";proto=https", "2001:db8::7");
        read(
            "for=1.1.1.1, proto=http;for=203.0.113.9, for=10.2.3.4",
            "203.0.113.9",
        );
        read("for=203.0.113.9, for=_hidden", PROXY);
        read("proto=https", PROXY);
        read("FOR = 203.0.113.9", PROXY);
        // Only the named source counts.
        check(
            Source::Forwarded,
            PROXY,
            &[("x-forwarded-for", "1.1.1.1")],
            PROXY,
        );
    }

    #[test]
    fn what_a_proxy_quotes_is_one_text() {
        let read = |value: &str, expected: &str| {
            check(Source::Forwarded, PROXY, &[("forwarded", value)], expected);
        };
        read("for=203.0.113.9;host=\"a,for=6.6.6.6\"", "203.0.113.9");
        read("host=\"a;for=6.6.6.7\";for=203.0.113.9", "203.0.113.9");
        read("for=203.0.113.9;host=\"a\\\",for=6.6.6.6\"", "203.0.113.9");
        // A quote that the client opened and nobody closed, or two answers: nobody is believed.
        read("for=6.6.6.6;host=\"a, for=203.0.113.9", PROXY);
        read("for=6.6.6.6;for=203.0.113.9", PROXY);
    }

    #[test]
    fn a_single_address_must_stand_alone() {
        let real = || Source::Single(HeaderName::from_static("x-real-ip"));
        check(
            real(),
            PROXY,
            &[("x-real-ip", "203.0.113.9")],
            "203.0.113.9",
        );
        check(
            real(),
            PROXY,
            &[("x-real-ip", "1.1.1.1"), ("x-real-ip", "2.2.2.2")],
            PROXY,
        );
        check(real(), PROXY, &[("x-real-ip", "1.1.1.1, 2.2.2.2")], PROXY);
    }

    #[test]
    fn a_text_that_is_no_network_is_refused() {
        let error = Forwarded::new(Source::XForwardedFor, ["10.0.0.0/33"]).unwrap_err();
        assert!(error.to_string().contains("10.0.0.0/33"));
    }
}
