//! The scenarios and what is asked of each, as data: a file for each family.

mod alone;
mod change;
mod costs;
mod delay;
mod faults;
mod foreign;
mod list;
mod neighbour;
mod retries;
mod several;
mod shared;
mod silent;
mod urgent;

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
    /// Whether the short form leaves it out: much like another, or long.
    pub is_extra: bool,
}

/// What a family is about, and its scenarios.
pub struct Family {
    /// `C1` to `C17`.
    pub name: &'static str,
    /// In a few words.
    pub about: &'static str,
    all: fn() -> Vec<Scenario>,
}

/// All families, in order.
pub const FAMILIES: [Family; 17] = [
    family("C1", alone::ABOUT, alone::all),
    family("C2", list::ABOUT, list::all),
    family("C3", shared::ABOUT_FOUR, shared::fours),
    family("C4", shared::ABOUT_OTHERS, shared::others),
    family("C5", change::ABOUT, change::all),
    family("C6", faults::ABOUT, faults::all),
    family("C7", faults::ABOUT_DATE, faults::without_date),
    family("C8", delay::ABOUT, delay::all),
    family("C9", neighbour::ABOUT, neighbour::all),
    family("C10", several::ABOUT_CAP, several::caps),
    family("C11", several::ABOUT_DAY, several::days),
    family("C12", urgent::ABOUT, urgent::all),
    family("C13", retries::ABOUT, retries::all),
    family("C14", costs::ABOUT, costs::all),
    family("C15", delay::ABOUT_HEADERS, delay::late_headers),
    family("C16", foreign::ABOUT, foreign::all),
    family("C17", silent::ABOUT, silent::all),
];

/// All scenarios of all families, in order.
#[must_use]
pub fn all() -> Vec<Scenario> {
    FAMILIES.iter().flat_map(Family::scenarios).collect()
}

const fn family(name: &'static str, about: &'static str, all: fn() -> Vec<Scenario>) -> Family {
    Family { name, about, all }
}

impl Family {
    /// Its scenarios, in order.
    #[must_use]
    pub fn scenarios(&self) -> Vec<Scenario> {
        (self.all)()
    }
}

impl Scenario {
    fn new(family: &'static str, name: impl Into<String>, setup: Setup) -> Self {
        Self {
            family,
            name: name.into(),
            setup,
            goals: Vec::new(),
            stretch: Vec::new(),
            is_extra: false,
        }
    }

    fn extra_if(mut self, is_extra: bool) -> Self {
        self.is_extra = is_extra;
        self
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
