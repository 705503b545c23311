//! Reads and writes rate-limit response headers.

mod dialect;
mod few;
mod names;
mod policy;
mod read;
mod reading;
mod state;
mod text;
mod write;

pub use dialect::{Dialect, Dialects};
pub use policy::Policy;
pub use read::read;
pub use reading::Reading;
pub use state::PolicyState;
pub use write::{Existing, Writer, write_retry_after};
