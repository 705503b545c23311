//! Servers that show a certificate which is trusted itself.
//!
//! `openssl req -x509` makes a certificate of an authority (CA:TRUE). Used as that of a server, webpki refuses it whoever
//! trusts it, because an authority signs servers and is none. But who names that very certificate means that server.
//!
//! Danger: webpki stops at the first thing that it has against a certificate, so with that all that it would have looked at
//! later is overlooked: what the key may be used for (an extended key usage that is none for servers), who signed the
//! certificate, and name constraints. That is so only for a certificate that was named, byte for byte. Its dates were
//! looked at before that (a test says so), its name is here; and that the server has its key, the handshake shows as for
//! any other.

use std::fmt;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_name};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{DigitallySignedStruct, Error, SignatureScheme};

/// Trusts what webpki trusts, and these certificates as they are.
pub(super) struct OrItself {
    webpki: Arc<WebPkiServerVerifier>,
    named: Vec<CertificateDer<'static>>,
}

impl OrItself {
    pub(super) fn new(
        webpki: Arc<WebPkiServerVerifier>,
        named: Vec<CertificateDer<'static>>,
    ) -> Self {
        Self { webpki, named }
    }
}

/// Whether the first thing that is wrong with a server's certificate is that it is one of an authority.
pub(super) fn is_authority(error: &Error) -> bool {
    // It comes as an error of another library, which is no part of what rustls promises.
    matches!(error, Error::InvalidCertificate(_)) && error.to_string().contains("CaUsedAsEndEntity")
}

impl ServerCertVerifier for OrItself {
    fn verify_server_cert(
        &self,
        server: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verified = self
            .webpki
            .verify_server_cert(server, between, name, ocsp, now);
        match verified {
            Err(error) if is_authority(&error) && self.named.contains(server) => {
                verify_server_name(&ParsedCertificate::try_from(server)?, name)?;
                Ok(ServerCertVerified::assertion())
            }
            verified => verified,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        server: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.webpki.verify_tls12_signature(message, server, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        server: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.webpki.verify_tls13_signature(message, server, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.webpki.supported_verify_schemes()
    }
}

impl fmt::Debug for OrItself {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OrItself").finish_non_exhaustive()
    }
}
