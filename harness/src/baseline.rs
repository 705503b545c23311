//! What other clients come to, in the scenarios where everybody can be compared.

use crate::client::Subject;
use crate::goal::Quantity;
use crate::scenario::{self, Scenario};
use crate::setup::Kind;
use crate::summary::Summary;

/// The columns of the table of clients.
pub const HEADER: [&str; 8] = [
    "client",
    "alone: fixed",
    "log",
    "counter",
    "bucket",
    "4 clients: fixed",
    "bucket",
    "500 items: fixed",
];

/// A row of cells.
pub type Row = [String; 8];

/// Who is compared: ours comes last.
#[must_use]
pub fn subjects() -> Vec<Subject> {
    let baselines = Subject::BASELINES.into_iter();
    baselines.chain([Subject::Ours]).collect()
}

/// The scenarios of the columns.
#[must_use]
pub fn scenarios() -> Vec<Scenario> {
    let of = |family: &'static str, kind: Kind| {
        scenario::all().into_iter().find(|scenario| {
            let setup = &scenario.setup;
            let is_usual = setup.limit == 240 || family == "C2";
            scenario.family == family && setup.kind == kind && is_usual
        })
    };
    let alone = Kind::FOUR.map(|kind| of("C1", kind));
    let shared = [Kind::Fixed, Kind::Bucket].map(|kind| of("C3", kind));
    let list = of("C2", Kind::Fixed);
    let all = alone.into_iter().chain(shared).chain([list]);
    all.flatten().collect()
}

/// The row of a client: one summary for each of the [scenarios].
#[must_use]
pub fn row(subject: Subject, summaries: &[Summary]) -> Row {
    std::array::from_fn(|column| match column.checked_sub(1) {
        None => subject.name().to_owned(),
        Some(at) => summaries.get(at).map(cell).unwrap_or_default(),
    })
}

/// Share of 429s and use, or how much longer it took.
fn cell(summary: &Summary) -> String {
    let refused = Quantity::Refused.of(summary).unwrap_or_default();
    let lost = match summary.lost {
        0 => String::new(),
        lost => format!(", {} lost", lost / u64::from(summary.runs.max(1))),
    };
    match summary.over {
        Some(over) => format!("{refused:.1} % / {:+.1} %{lost}", 100.0 * over),
        None => format!("{refused:.1} % / {:.1}", 100.0 * summary.used),
    }
}
