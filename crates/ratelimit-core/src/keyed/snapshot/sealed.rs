//! Bytes in frames, each with a seal: how a snapshot is written.
//!
//! `MAGIC VERSION (LENGTH BYTES SEAL)* 0 SEAL`, numbers little-endian. A seal is a hash of everything that
//! stands before it, so no frame can be changed, left out or moved. It is no signature: whoever can write
//! the file can seal it.

use std::hash::Hasher;
use std::io::{self, Write};

use siphasher::sip128::{Hasher128, SipHasher13};

use super::{FRAME, MAGIC, VERSION};

/// A hash of what was written or read so far, but for the seals.
#[derive(Default)]
pub(super) struct Seal(SipHasher13);

pub(super) struct Sealed<'w> {
    to: &'w mut dyn Write,
    seal: Seal,
}

impl Seal {
    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.0.write(bytes);
    }

    pub(super) fn bytes(&self) -> [u8; 16] {
        self.0.finish128().as_u128().to_le_bytes()
    }
}

impl<'w> Sealed<'w> {
    pub(super) fn begin(to: &'w mut dyn Write) -> io::Result<Self> {
        let seal = Seal::default();
        let mut this = Self { to, seal };
        this.write(&MAGIC)?;
        this.write(&VERSION.to_le_bytes())?;
        Ok(this)
    }

    /// Writes as many whole frames as there are, and leaves the rest of `bytes`.
    pub(super) fn write_whole_frames(&mut self, bytes: &mut Vec<u8>) -> io::Result<()> {
        let whole = bytes.len() - bytes.len() % FRAME;
        self.write_frames(&bytes[..whole])?;
        bytes.drain(..whole);
        Ok(())
    }

    /// Writes the last bytes, and the end.
    pub(super) fn end(mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_frames(bytes)?;
        self.write(&0u32.to_le_bytes())?;
        self.to.write_all(&self.seal.bytes())?;
        self.to.flush()
    }

    fn write_frames(&mut self, bytes: &[u8]) -> io::Result<()> {
        for frame in bytes.chunks(FRAME) {
            let length = u32::try_from(frame.len()).unwrap_or(u32::MAX);
            self.write(&length.to_le_bytes())?;
            self.write(frame)?;
            self.to.write_all(&self.seal.bytes())?;
        }
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.seal.add(bytes);
        self.to.write_all(bytes)
    }
}
