//! Who is alone never asks for more than there is, and for nearly all that there is.

use proptest::prelude::*;
use ratelimit_core::adapt::Pace;

use crate::case::{Case, FORMS, Form, KINDS, Kind, any_case, forms, kinds};
use crate::world::run;
use crate::{MINUTE, SECOND, cases};

fn is_never_refused(case: &Case) -> Result<(), TestCaseError> {
    let outcome = run(case);
    prop_assert_eq!(outcome.refused, 0, "{:?}", outcome);
    Ok(())
}

/// All of it is used that a client at some distance can use.
fn uses_the_limit(case: &Case) -> Result<(), TestCaseError> {
    let outcome = run(case);
    prop_assert_eq!(outcome.refused, 0, "{:?} of {:?}", outcome, case);
    prop_assert!(outcome.use_of_limit >= 0.9, "{:?} of {:?}", outcome, case);
    Ok(())
}

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn whatever_the_latency_nothing_is_refused(case in any_case(MINUTE)) {
        is_never_refused(&case.without_faults())?;
    }

    /// The grain of what is stated is as long as the window.
    #[test]
    fn nothing_is_refused_in_windows_of_a_second(case in any_case(SECOND)) {
        // A delay in whole seconds does not tell one window of a second from the next; nor does a moment tell it of
        // two counters, whose reset is a window or two away.
        prop_assume!(case.kind != Kind::Counter);
        is_never_refused(&Case { form: Form::Moment, ..case.without_faults() })?;
    }

    #[test]
    fn nothing_is_refused_in_windows_of_a_second_whatever_happens(case in any_case(SECOND)) {
        prop_assume!(case.kind != Kind::Counter);
        is_never_refused(&Case { form: Form::Moment, ..case })?;
    }

    #[test]
    fn what_is_taken_back_costs_nothing(case in any_case(MINUTE), percent in 1..=30u32) {
        let case = Case { taken_back: percent, ..case.without_faults() };
        is_never_refused(&case)?;
    }

    #[test]
    fn answers_without_a_date_are_no_worse(case in any_case(MINUTE), percent in 1..=60u32) {
        let case = Case { undated: percent, ..case.without_faults() };
        is_never_refused(&case)?;
    }

    #[test]
    fn an_answer_that_states_nothing_was_counted_all_the_same(
        case in any_case(MINUTE), percent in 1..=40u32,
    ) {
        // Of a counter's delays in whole seconds too many are missing then to know its windows.
        let case = Case { form: Form::Moment, unstated: percent, ..case.without_faults() };
        is_never_refused(&case)?;
    }

    #[test]
    fn an_answer_that_never_comes_may_have_been_counted(
        case in any_case(MINUTE), percent in 2..=20u32,
    ) {
        let case = Case { lost: percent, ..case.without_faults() };
        is_never_refused(&case)?;
    }

    /// What a counter does of a few units a minute tells too little of what it is.
    #[test]
    fn a_counter_may_say_when_the_next_unit_comes(case in any_case(MINUTE)) {
        let (kind, form, limit) = (Kind::Counter, Form::NextUnit, case.limit.max(30));
        is_never_refused(&Case { kind, form, limit, ..case })?;
    }

    #[test]
    fn nothing_is_refused_whatever_happens(case in any_case(MINUTE)) {
        is_never_refused(&case)?;
    }
}

proptest! {
    #![proptest_config(cases(30))]

    #[test]
    fn the_limit_is_used(
        kind in kinds(), form in forms(), limit in 60..=600u32, seed in any::<u64>(),
    ) {
        uses_the_limit(&Case::plain(kind, form, limit, seed))?;
    }
}

#[test]
fn each_kind_is_used_at_each_pace() {
    for kind in KINDS {
        for form in FORMS {
            for pace in [Pace::Even, Pace::Eager] {
                uses_the_limit(&Case {
                    pace,
                    ..Case::plain(kind, form, 240, 3)
                })
                .unwrap();
            }
        }
    }
}
