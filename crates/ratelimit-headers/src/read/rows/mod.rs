//! The rows that are known without being told.
//!
//! Each says where its names come from: documentation, source or captured responses. A name that is not here says
//! nothing; that it contains "ratelimit" is no reason to guess (Amazon's `x-amzn-RateLimit-Limit` is a rate).

/// `x-ratelimit-requests-limit`, `-remaining`, `-reset`.
macro_rules! members {
    ($family:literal) => {
        &[
            (concat!($family, "-limit"), Says::Limit),
            (concat!($family, "-remaining"), Says::Remaining),
            (concat!($family, "-reset"), Says::Reset),
        ]
    };
}

mod generic;
mod inference;
mod platforms;

use super::row::Row;

/// The families that servers repeat one fact in, from the newest to the oldest; all other rows are additions.
pub(super) use generic::{DASHED, TRIO, X};

const TABLES: [&[Row]; 3] = [&generic::ROWS, &inference::ROWS, &platforms::ROWS];

pub(super) const COUNT: usize = count();

/// All rows, the generic ones first: that is their precedence.
pub(super) static ROWS: [Row; COUNT] = ALL;

/// The same, for what is computed from them at compile time.
pub(super) const ALL: [Row; COUNT] = rows();

const fn count() -> usize {
    let (mut table, mut count) = (0, 0);
    while table < TABLES.len() {
        count += TABLES[table].len();
        table += 1;
    }
    count
}

const fn rows() -> [Row; COUNT] {
    let mut rows = [generic::ROWS[0]; COUNT];
    let (mut table, mut at) = (0, 0);
    while table < TABLES.len() {
        let mut row = 0;
        while row < TABLES[table].len() {
            rows[at] = TABLES[table][row];
            (row, at) = (row + 1, at + 1);
        }
        table += 1;
    }
    rows
}

const SECOND: (&str, u64) = ("second", 1);
const MINUTE: (&str, u64) = ("minute", 60);
const HOUR: (&str, u64) = ("hour", 3_600);
const DAY: (&str, u64) = ("day", 86_400);
/// As long as Kong has it.
const MONTH: (&str, u64) = ("month", 2_592_000);
/// As long as Kong has it.
const YEAR: (&str, u64) = ("year", 31_536_000);
