//! The binary `ratelimit`: see [`ratelimit_cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    ratelimit_cli::run()
}
