//! HTTPS, against a server that nobody but us trusts.

#![allow(clippy::unwrap_used)] // A call that fails is a test that fails.

mod common;

use common::fetch::{Fetched, fetch};
use common::policy_file;
use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;
use tokio_rustls::rustls::{ServerConfig, crypto::ring};

/// An HTTPS server for `localhost`, and the file of its certificate.
fn server() -> (SocketAddr, PathBuf) {
    server_with(&CertificateParams::new(["localhost".to_owned()]).unwrap())
}

fn server_with(params: &CertificateParams) -> (SocketAddr, PathBuf) {
    let signing_key = KeyPair::generate().unwrap();
    let cert = params.self_signed(&signing_key).unwrap();
    let file = policy_file(&cert.pem());
    let key = PrivatePkcs8KeyDer::from(signing_key.serialize_der());
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key.into())
        .unwrap();
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(serve(TlsAcceptor::from(Arc::new(config)), &sender));
    });
    (receiver.recv().unwrap(), file)
}

async fn serve(acceptor: TlsAcceptor, address: &mpsc::Sender<SocketAddr>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    address.send(listener.local_addr().unwrap()).unwrap();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let acceptor = acceptor.clone();
        tokio::spawn(async move {
            // Who does not trust us hangs up.
            let Ok(mut stream) = acceptor.accept(stream).await else {
                return;
            };
            let mut head = [0; 4096];
            let _ = stream.read(&mut head).await;
            let answer = b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 4\r\n\r\nsafe";
            let _ = stream.write_all(answer).await;
            let _ = stream.shutdown().await;
        });
    }
}

#[test]
fn who_is_trusted_is_spoken_to() {
    let (address, file) = server();
    let url = format!("https://localhost:{}/x\n", address.port());
    let fetched = fetch(&["--cacert", file.to_str().unwrap()], &url);
    assert_eq!(fetched.code, Some(0), "{:?}", fetched.results);
    assert_eq!(fetched.line(1)["body"], "safe");
}

#[test]
fn who_is_not_trusted_is_not_and_nobody_else_is_lost() {
    let (address, file) = server();
    let (port, file) = (address.port(), file.to_str().unwrap());
    let fetched = fetch(&[], &format!("https://localhost:{port}/?key=hunter2\n"));
    assert_eq!(fetched.code, Some(1));
    let error = fetched.error(1);
    assert!(
        error.starts_with("the server is not trusted: ") && error.contains("--cacert"),
        "{error}"
    );
    assert!(!error.contains("hunter2") && !fetched.stderr.contains("hunter2"));
    // Time does not cure it.
    assert_eq!(fetched.line(1)["tries"], 1);

    // It is another name.
    let input = format!("https://127.0.0.1:{port}/\nhttps://localhost:{port}/\n");
    let fetched = fetch(&["--cacert", file], &input);
    assert!(
        fetched.error(1).contains("not trusted"),
        "{}",
        fetched.error(1)
    );
    assert_eq!(fetched.line(2)["status"], 200);
}

/// As `openssl req -x509` makes it.
fn own_authority() -> CertificateParams {
    let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}

/// What comes of it to trust the first and to call the second at this name.
fn trusting(trusted: &Path, address: SocketAddr, name: &str) -> Fetched {
    let url = format!("https://{name}:{}/x\n", address.port());
    fetch(&["--cacert", trusted.to_str().unwrap()], &url)
}

#[test]
fn an_authority_that_is_named_itself_may_be_a_server() {
    let (address, file) = server_with(&own_authority());
    let fetched = trusting(&file, address, "localhost");
    assert_eq!(fetched.code, Some(0), "{:?}", fetched.results);
    assert_eq!(fetched.line(1)["body"], "safe");
    // But not one of another name,
    let fetched = trusting(&file, address, "127.0.0.1");
    assert!(
        fetched.error(1).contains("not valid for name"),
        "{}",
        fetched.error(1)
    );
    // nor when its time is over.
    let mut params = own_authority();
    params.not_after = rcgen::date_time_ymd(2020, 1, 1);
    let (address, file) = server_with(&params);
    let fetched = trusting(&file, address, "localhost");
    assert!(fetched.error(1).contains("expired"), "{}", fetched.error(1));
}

#[test]
fn an_authority_that_is_not_named_is_no_server_and_the_remedy_is_said() {
    let ((address, _), (_, other)) = (server_with(&own_authority()), server_with(&own_authority()));
    let fetched = trusting(&other, address, "localhost");
    let error = fetched.error(1);
    for part in [
        "CA:TRUE",
        "--cacert FILE names this very certificate",
        "basicConstraints=critical,CA:FALSE",
    ] {
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn who_speaks_no_tls_is_told_apart() {
    let plain = common::Gateway::start();
    let fetched = fetch(&[], &format!("https://{}/\n", plain.address));
    assert!(
        fetched.error(1).starts_with("TLS failed: ") && fetched.error(1).contains("http://"),
        "{}",
        fetched.error(1)
    );
    assert_eq!(fetched.line(1)["tries"], 1);
}
