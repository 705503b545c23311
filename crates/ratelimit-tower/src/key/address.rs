//! Where a request came from: the connection's other end, and the client behind trusted proxies.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use ratelimit_core::{Key, KeyHasher};

use super::Forwarded;
use crate::head::Head;

/// Put this into a request's extensions to say what the other end of its connection is.
///
/// A hyper server inserts it for each connection. In axum, read what axum inserts instead:
/// `.with_peer(|head| Some(head.extension::<ConnectInfo<SocketAddr>>()?.0.ip()))`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PeerAddr(pub SocketAddr);

type FindPeer = Arc<dyn Fn(&Head<'_>) -> Option<IpAddr> + Send + Sync>;

/// How the address of the peer, and that of the client, are found.
#[derive(Clone, Default)]
pub struct Addresses {
    peer: Option<FindPeer>,
    forwarded: Option<Forwarded>,
}

impl Addresses {
    /// Finds the peer with this hook instead of in [`PeerAddr`].
    #[must_use]
    pub fn with_peer<F>(mut self, peer: F) -> Self
    where
        F: Fn(&Head<'_>) -> Option<IpAddr> + Send + Sync + 'static,
    {
        self.peer = Some(Arc::new(peer));
        self
    }

    /// Believes what trusted proxies say about the client.
    #[must_use]
    pub fn with_forwarded(mut self, forwarded: Forwarded) -> Self {
        self.forwarded = Some(forwarded);
        self
    }

    /// The key of the client's address. Most clients are peers, whose address need not be moved to get
    /// one: the moving costs more than the key.
    #[inline(always)]
    pub(crate) fn anonymous(&self, head: &Head<'_>, hasher: &KeyHasher) -> Option<Key> {
        if self.peer.is_some() || self.forwarded.is_some() {
            return Some(hasher.anonymous_at(self.client(head)?));
        }
        let PeerAddr(peer) = head.extension()?;
        Some(hasher.anonymous_at(peer.ip()))
    }

    pub(crate) fn peer(&self, head: &Head<'_>) -> Option<IpAddr> {
        match &self.peer {
            Some(peer) => peer(head),
            None => Some(head.extension::<PeerAddr>()?.0.ip()),
        }
    }

    #[inline(never)]
    pub(crate) fn client(&self, head: &Head<'_>) -> Option<IpAddr> {
        let peer = self.peer(head)?;
        match &self.forwarded {
            Some(forwarded) => Some(forwarded.client(head.headers(), peer)),
            None => Some(peer),
        }
    }
}

impl std::fmt::Debug for Addresses {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Addresses")
            .field("forwarded", &self.forwarded)
            .finish_non_exhaustive()
    }
}
