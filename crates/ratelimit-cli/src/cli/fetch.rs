//! The command line of `ratelimit fetch`.

mod help;

use std::convert::Infallible;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::{Args, ValueEnum};
use ratelimit_core::Quota;

use super::time;
pub(super) use help::{DETAILS, EXAMPLES, USAGE};

/// Refusals of an item by a limit that do not count as tries; `--tries` says so.
pub(crate) const REFUSALS: u32 = 50;

#[derive(Debug, Args)]
pub(crate) struct Fetch {
    /// Where the items are read from; `-` is stdin
    ///
    /// It is read as there is room, not all at once.
    #[arg(long, short, value_name = "FILE", default_value = "-")]
    pub(crate) input: PathBuf,

    /// Where results are written, a line of JSON for each item; `-` is stdout
    ///
    /// What the file held before is lost, unless it is that of --resume.
    #[arg(long, short, value_name = "FILE", default_value = "-")]
    pub(crate) output: PathBuf,

    /// Go on where an earlier run ended that wrote these results; can be given again
    ///
    /// Skips the items that have a result with a status below 400, and fetches all others of --input: those that failed,
    /// were cancelled, or were never tried. It may be the file of --output: then results are appended, and a file that
    /// is not there yet is one without results. A last line that was torn off counts for nothing.
    #[arg(long, value_name = "FILE")]
    pub(crate) resume: Vec<PathBuf>,

    /// How many items may be under way
    ///
    /// Those that wait for their turn count too. Which is sent first among these, their priority says.
    #[arg(long, short, value_name = "M", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) concurrency: u16,

    /// Use what a limit lets through at once, or gradually
    ///
    /// Several that use one key come to share it at either pace, sooner with `even`.
    #[arg(long, value_name = "PACE", default_value = "eager")]
    pub(crate) pace: Pace,

    /// Never faster than this at any one host, as in 60/min or 5/10s, whatever the server allows
    ///
    /// A number, and a time that it is for: ms, s, m, h or d, or second, minute, hour or day (24 hours), with a number
    /// before it or without.
    #[arg(long, value_name = "QUOTA")]
    pub(crate) rate: Option<Quota>,

    /// A header of every request, as in 'Authorization: Bearer KEY'; can be given again
    ///
    /// @FILE reads such lines from a file, where `ps` does not show them. What an item says itself goes before.
    #[arg(long, short = 'H', value_name = "HEADER")]
    pub(crate) header: Vec<Secret>,

    /// How often an item is sent at most, if it fails in a way that may pass
    ///
    /// What a limit refuses with a time to come back (429) was not tried: up to 50 of those are waited for beside. What
    /// says in JSON that a quota is used up (QUOTA_EXCEEDED, insufficient_quota) is not sent again.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(crate) tries: u32,

    /// How long one try may take, from when it is sent to the end of its answer
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = time::parse)]
    pub(crate) timeout: Duration,

    /// The longest that an item waits for its turn, or for a server that asks it to [default: as long as it takes, up to
    /// an hour for a server that wants to be left alone]
    ///
    /// One that would have to wait for longer fails at once, and says when it could have gone.
    #[arg(long, value_name = "TIME", value_parser = time::parse)]
    pub(crate) max_wait: Option<Duration>,

    /// How many redirects of an item are followed; 0 takes them as they are
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(0..=50))]
    pub(crate) max_redirects: u32,

    /// The longest body of an answer, as in 500k or 64M; a longer one is an error
    #[arg(long, value_name = "BYTES", default_value = "64M", value_parser = bytes)]
    pub(crate) max_body: u64,

    /// Certificates in PEM that are trusted as well as the system's
    ///
    /// Those of authorities, and those of servers themselves, as `openssl req -x509` makes them.
    #[arg(long, value_name = "FILE")]
    pub(crate) cacert: Option<PathBuf>,

    /// Say nothing of how it goes, nor how it went
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

/// How a limit is used.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Pace {
    /// At once: done the soonest
    Eager,
    /// Gradually: what comes later, or is urgent, waits less
    Even,
}

/// A text that is not repeated. That is why it is read where nothing is printed of it, and not by clap,
/// which repeats what it cannot read.
#[derive(Clone)]
pub(crate) struct Secret(pub(crate) String);

impl FromStr for Secret {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// Reads `500`, `500k`, `64M` or `1G`.
fn bytes(text: &str) -> Result<u64, &'static str> {
    const USAGE: &str = "write a whole number of bytes, as in 500000, 500k, 64M or 1G";
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let number: u64 = text[..text.len() - unit.len()].parse().map_err(|_| USAGE)?;
    let one = match unit {
        "" => 1,
        "k" | "K" => 1 << 10,
        "m" | "M" => 1 << 20,
        "g" | "G" => 1 << 30,
        _ => return Err(USAGE),
    };
    number.checked_mul(one).ok_or(USAGE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        assert_eq!(bytes("500"), Ok(500));
        assert_eq!(bytes("2k"), Ok(2048));
        assert_eq!(bytes("64M"), Ok(64 << 20));
        for wrong in ["", "M", "1.5M", "-1", "1T", "99999999999G"] {
            assert!(bytes(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_rate_is_written_as_people_write_it() {
        use clap::Parser;

        #[derive(Debug, Parser)]
        struct Line {
            #[command(flatten)]
            args: Fetch,
        }

        let rate = |text: &str| {
            let line = Line::try_parse_from(["fetch", "--rate", text]);
            line.map(|line| line.args.rate)
                .map_err(|error| error.to_string())
        };
        assert_eq!(rate("60/min"), Ok(Some(Quota::per_minute(60))));
        assert_eq!(rate("10/s"), Ok(Some(Quota::per_second(10))));
        let said = rate("60/mni").unwrap_err();
        assert!(said.contains("expected a unit: ms, s, m, h or d"), "{said}");
    }

    #[test]
    fn a_header_is_not_repeated() {
        let secret: Secret = "Authorization: Bearer abc".parse().unwrap();
        assert_eq!(format!("{secret:?}"), "Secret");
    }
}
