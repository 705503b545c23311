//! Whom to trust.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

/// Why there can be no client.
#[derive(Debug)]
pub(in crate::fetch) enum TlsError {
    /// The file of certificates cannot be read.
    Unread(PathBuf, io::Error),
    /// It holds none, or what is no certificate.
    NoCertificates(PathBuf),
    /// What was made of it was refused.
    Refused,
}

/// The system's certificates, and those of this file. That a system has none is no reason to refuse plain
/// HTTP; of HTTPS nothing will be trusted then.
pub(super) fn config(extra: Option<&Path>) -> Result<ClientConfig, TlsError> {
    let mut roots = RootCertStore::empty();
    let system = rustls_native_certs::load_native_certs();
    roots.add_parsable_certificates(system.certs);
    if let Some(path) = extra {
        add(path, &mut roots)?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| TlsError::Refused)?;
    let mut config = config.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

fn add(path: &Path, roots: &mut RootCertStore) -> Result<(), TlsError> {
    let pem = std::fs::read(path).map_err(|error| TlsError::Unread(path.to_owned(), error))?;
    let none = || TlsError::NoCertificates(path.to_owned());
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    let certificates = certificates.map_err(|_| none())?;
    if certificates.is_empty() {
        return Err(none());
    }
    for certificate in certificates {
        roots.add(certificate).map_err(|_| none())?;
    }
    Ok(())
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unread(path, error) => {
                write!(
                    f,
                    "--cacert {}: cannot read the file: {error}",
                    path.display()
                )
            }
            Self::NoCertificates(path) => write!(
                f,
                "--cacert {}: there are no certificates in it\n  hint: they are in PEM, and begin with -----BEGIN CERTIFICATE-----",
                path.display()
            ),
            Self::Refused => f.write_str("the settings for TLS cannot be used"),
        }
    }
}
