//! Whom to trust.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use super::itself::OrItself;

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
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|_| TlsError::Refused)?;
    let config = match extra {
        None => config.with_root_certificates(roots),
        Some(path) => {
            let named = read(path)?;
            add(path, &named, &mut roots)?;
            let webpki = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider);
            let webpki = webpki.build().map_err(|_| TlsError::Refused)?;
            let verifier = Arc::new(OrItself::new(webpki, named));
            // Not less careful but for what it says.
            config
                .dangerous()
                .with_custom_certificate_verifier(verifier)
        }
    };
    let mut config = config.with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// The certificates of a file.
fn read(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let pem = std::fs::read(path).map_err(|error| TlsError::Unread(path.to_owned(), error))?;
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    let certificates = certificates.ok().filter(|found| !found.is_empty());
    certificates.ok_or_else(|| TlsError::NoCertificates(path.to_owned()))
}

fn add(
    path: &Path,
    certificates: &[CertificateDer<'static>],
    roots: &mut RootCertStore,
) -> Result<(), TlsError> {
    for certificate in certificates {
        let added = roots.add(certificate.clone());
        added.map_err(|_| TlsError::NoCertificates(path.to_owned()))?;
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
