use super::*;

/// Units of a plan, in their order.
fn units() -> [Unit; 4] {
    ["input", "output", "images", "audio"].map(Unit::new)
}

#[test]
fn a_unit_that_is_not_named_costs_what_each_does() {
    let [input, output, ..] = units();
    let spend = Spend::new(2).with_unit(input, 700).unwrap();
    let of = [input, output, Unit::REQUESTS].map(|unit| spend.of(unit));
    assert_eq!((of, spend.each()), ([700, 2, 2], 2));
}

#[test]
fn a_unit_named_again_costs_the_newer() {
    let [input, ..] = units();
    let spend = Spend::new(1).with_unit(input, 5).unwrap();
    assert_eq!(spend.with_unit(input, 0).unwrap().of(input), 0);
}

#[test]
fn three_units_may_have_a_cost_of_their_own() {
    let [input, output, images, audio] = units();
    let three = [input, output, images].into_iter();
    let spend = three.fold(Spend::new(1), |spend, unit| {
        spend.with_unit(unit, 9).unwrap()
    });
    assert_eq!(spend.with_unit(audio, 9), None);
    assert!(spend.with_unit(images, 8).is_some());
}

#[test]
fn a_cost_is_kept_with_the_first_three_of_its_units() {
    let named = units().map(|unit| (unit, 4));
    let spend = Spend::from(Cost::from(1).with_units(&named));
    assert_eq!(units().map(|unit| spend.of(unit)), [4, 4, 4, 1]);
}
