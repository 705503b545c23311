//! The list.

use super::{Cause, Known};
use crate::goal::Quantity;
use crate::setup::Kind;

/// All that is missed, by what it is missed by.
pub const CAUSES: &[Cause] = &[];
