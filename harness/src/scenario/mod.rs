//! The scenarios and what is asked of each, as data: a file for each family.

mod alone;
mod list;
mod shared;

use crate::goal::Goal;
use crate::setup::Setup;

/// A setup under a name, with its goals.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// Its family: `C1` to `C17`.
    pub family: &'static str,
    /// What is special about it.
    pub name: String,
    /// What a run is made of.
    pub setup: Setup,
    /// What must hold.
    pub goals: Vec<Goal>,
    /// What would be better still.
    pub stretch: Vec<Goal>,
}

/// All of them, in order.
#[must_use]
pub fn all() -> Vec<Scenario> {
    [alone::all(), list::all(), shared::all()].concat()
}

/// What a family is about, in order.
pub const FAMILIES: [(&str, &str); 4] = [
    ("C1", alone::ABOUT),
    ("C2", list::ABOUT),
    ("C3", shared::ABOUT_FOUR),
    ("C4", shared::ABOUT_OTHERS),
];

impl Scenario {
    fn new(family: &'static str, name: impl Into<String>, setup: Setup) -> Self {
        Self {
            family,
            name: name.into(),
            setup,
            goals: Vec::new(),
            stretch: Vec::new(),
        }
    }

    fn goals(mut self, goals: impl IntoIterator<Item = Goal>) -> Self {
        self.goals.extend(goals);
        self
    }

    fn stretch(mut self, goals: impl IntoIterator<Item = Goal>) -> Self {
        self.stretch.extend(goals);
        self
    }
}
