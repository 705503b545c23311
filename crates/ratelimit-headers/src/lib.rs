//! Reads and writes rate-limit response headers.

mod dialect;
mod names;
mod policy;
mod reading;
mod state;
mod text;
mod write;

pub use dialect::{Dialect, Dialects};
pub use policy::Policy;
pub use reading::{Reading, read};
pub use state::PolicyState;
pub use write::{Existing, Writer, write_retry_after};
