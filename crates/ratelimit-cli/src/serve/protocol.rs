//! How HTTP is spoken on a connection: how long a head may take, and how long it may be.

use std::time::Duration;

use hyper_util::rt::{TokioExecutor, TokioTimer};
use hyper_util::server::conn::auto::Builder;

/// How long a later head may take to arrive, and how long a connection is kept open between requests.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// How much of a head is read before it is refused with 431.
const MAX_HEAD: usize = 64 * 1024;
/// How often an HTTP/2 client has to prove that it is still there.
const PING_EVERY: Duration = Duration::from_secs(20);

/// Speaks HTTP/1.1 and HTTP/2, whichever the client begins with.
pub(super) fn http() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(MAX_HEAD);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING_EVERY)
        .keep_alive_timeout(PING_EVERY);
    builder
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::Demo;
    use hyper_util::rt::TokioIo;
    use hyper_util::service::TowerToHyperService;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
    use tokio::time::Instant;

    const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n";

    /// The client's end of a connection on which one request was answered.
    async fn asked_once() -> DuplexStream {
        let (mut client, server) = duplex(1 << 16);
        tokio::spawn(async move {
            let service = TowerToHyperService::new(Demo);
            let connection = http()
                .serve_connection(TokioIo::new(server), service)
                .into_owned();
            let _ = connection.await;
        });
        client.write_all(REQUEST).await.unwrap();
        assert_ne!(client.read(&mut [0; 1 << 12]).await.unwrap(), 0);
        client
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_is_not_kept_open_for_long_when_nothing_is_asked() {
        let mut client = asked_once().await;
        let began = Instant::now();
        client.read_to_end(&mut Vec::new()).await.unwrap();
        assert_eq!(began.elapsed().as_secs(), HEAD_TIMEOUT.as_secs());
    }

    #[tokio::test(start_paused = true)]
    async fn a_later_head_that_comes_byte_by_byte_is_cut_off_as_well() {
        let mut client = asked_once().await;
        let began = Instant::now();
        for byte in b"GET / HTTP/1.1\r\nx: ".iter().chain([b'x'; 100].iter()) {
            if client.write_all(&[*byte]).await.is_err() {
                break;
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        let waited = began.elapsed().as_secs();
        assert!((30..=32).contains(&waited), "{waited}");
    }
}
