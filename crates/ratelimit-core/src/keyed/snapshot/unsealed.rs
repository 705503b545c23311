//! The bytes of frames whose seals are whole: how a snapshot is read.
//!
//! Nobody sees a byte before its seal was looked at. So what is read wrong after that was written wrong,
//! or sealed by somebody else.

use std::io::Read;

use super::sealed::Seal;
use super::{FRAME, MAGIC, SnapshotError, VERSION};

pub(super) struct Unsealed<'r> {
    from: &'r mut dyn Read,
    seal: Seal,
    frame: Vec<u8>,
    /// How much of the frame was taken.
    taken: usize,
    has_ended: bool,
}

impl<'r> Unsealed<'r> {
    pub(super) fn begin(from: &'r mut dyn Read) -> Result<Self, SnapshotError> {
        let mut this = Self {
            from,
            seal: Seal::default(),
            frame: Vec::new(),
            taken: 0,
            has_ended: false,
        };
        this.fill(MAGIC.len())?;
        if !MAGIC.starts_with(&this.frame) {
            return Err(SnapshotError::NotASnapshot);
        }
        this.is_filled(MAGIC.len())?;
        this.frame.clear();
        this.seal.add(&MAGIC);
        match u32::from_le_bytes(this.number()?) {
            VERSION => Ok(this),
            0 => Err(SnapshotError::Corrupt),
            version => Err(SnapshotError::NewerVersion(version)),
        }
    }

    /// The next `N` bytes.
    pub(super) fn take<const N: usize>(&mut self) -> Result<[u8; N], SnapshotError> {
        let mut bytes = [0; N];
        for byte in &mut bytes {
            *byte = self.byte()?;
        }
        Ok(bytes)
    }

    pub(super) fn byte(&mut self) -> Result<u8, SnapshotError> {
        while self.taken == self.frame.len() {
            self.next_frame()?;
        }
        let byte = self.frame[self.taken];
        self.taken += 1;
        Ok(byte)
    }

    /// That there is nothing more, neither in the snapshot nor after it.
    pub(super) fn end(mut self) -> Result<(), SnapshotError> {
        if !self.has_ended && self.taken == self.frame.len() {
            self.next_frame()?;
        }
        if !self.has_ended || self.taken < self.frame.len() {
            return Err(SnapshotError::Corrupt);
        }
        self.fill(1)?;
        match self.frame.len() {
            0 => Ok(()),
            _ => Err(SnapshotError::Corrupt),
        }
    }

    fn next_frame(&mut self) -> Result<(), SnapshotError> {
        if self.has_ended {
            return Err(SnapshotError::Corrupt);
        }
        let length = u32::from_le_bytes(self.number()?);
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if length > FRAME {
            return Err(SnapshotError::Corrupt);
        }
        self.fill(length)?;
        self.is_filled(length)?;
        self.seal.add(&self.frame);
        self.taken = 0;
        self.has_ended = length == 0;
        if self.raw::<16>()? != self.seal.bytes() {
            return Err(SnapshotError::Corrupt);
        }
        Ok(())
    }

    /// Reads up to `length` bytes into the frame: no room is made for what does not come.
    fn fill(&mut self, length: usize) -> Result<(), SnapshotError> {
        self.frame.clear();
        self.taken = 0;
        let limit = u64::try_from(length).unwrap_or(u64::MAX);
        (&mut *self.from).take(limit).read_to_end(&mut self.frame)?;
        Ok(())
    }

    fn is_filled(&self, length: usize) -> Result<(), SnapshotError> {
        match self.frame.len() == length {
            true => Ok(()),
            false => Err(SnapshotError::CutOff),
        }
    }

    /// Bytes that stand outside of frames and are sealed.
    fn number(&mut self) -> Result<[u8; 4], SnapshotError> {
        let bytes = self.raw()?;
        self.seal.add(&bytes);
        Ok(bytes)
    }

    fn raw<const N: usize>(&mut self) -> Result<[u8; N], SnapshotError> {
        let mut bytes = [0; N];
        match self.from.read_exact(&mut bytes) {
            Ok(()) => Ok(bytes),
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                Err(SnapshotError::CutOff)
            }
            Err(error) => Err(error.into()),
        }
    }
}
