//! `ratelimit check`: whether a policy file can be enforced, and what it says.

use std::path::Path;
use std::process::ExitCode;

use crate::policy::PolicyFile;
use crate::{complain, print};

/// The exit status of a policy file that cannot be used.
pub(crate) const BAD_POLICY: u8 = 2;

/// Prints what the file says, or what is wrong with it.
pub(crate) fn check(path: &Path) -> ExitCode {
    match PolicyFile::load(path) {
        Ok(file) => {
            warn(path, &file);
            print(&format!("{}: ok\n{}", path.display(), file.summary()))
        }
        Err(error) => {
            complain(&error.to_string());
            ExitCode::from(BAD_POLICY)
        }
    }
}

/// Prints what is probably not meant.
pub(crate) fn warn(path: &Path, file: &PolicyFile) {
    for warning in file.warnings() {
        let (line, column) = (warning.line(), warning.column());
        let (path, message) = (path.display(), warning.message());
        let hint = warning.hint().map(|hint| format!("\n  hint: {hint}"));
        let hint = hint.unwrap_or_default();
        complain(&format!("{path}:{line}:{column}: warning: {message}{hint}"));
    }
}
