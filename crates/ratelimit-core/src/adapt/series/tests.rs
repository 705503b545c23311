use super::*;

fn of(entries: &[(u64, u64)]) -> Series {
    let mut series = Series::default();
    for (at, amount) in entries {
        series.add(*at, *amount, 0);
    }
    series
}

#[test]
fn the_total_at_an_instant_has_all_that_came_by_then() {
    let series = of(&[(10, 1), (20, 2), (30, 4)]);
    let totals = [9, 10, 19, 20, 30, 99].map(|at| series.at(at));
    assert_eq!(totals, [0, 1, 1, 3, 7, 7]);
    assert_eq!(series.total(), 7);
}

#[test]
fn what_comes_within_a_grain_counts_from_its_end() {
    let mut series = Series::default();
    for at in [100, 104, 109, 110] {
        series.add(at, 1, 10);
    }
    assert_eq!([100, 108, 109, 110].map(|at| series.at(at)), [0, 0, 3, 4]);
}

#[test]
fn what_comes_late_is_put_where_it_belongs() {
    let mut series = of(&[(10, 1), (30, 1)]);
    series.insert(20, 5, 0);
    series.insert(40, 7, 0);
    assert_eq!(
        [10, 19, 20, 30, 40].map(|at| series.at(at)),
        [1, 1, 6, 7, 14]
    );
}

#[test]
fn what_comes_late_and_close_to_another_counts_with_it() {
    let mut series = of(&[(10, 1), (30, 1)]);
    series.insert(25, 5, 10);
    assert_eq!([10, 29, 30].map(|at| series.at(at)), [1, 1, 7]);
}

#[test]
fn what_is_forgotten_has_always_been_there() {
    let mut series = of(&[(10, 1), (20, 2), (30, 4)]);
    series.forget_before(25);
    assert_eq!([0, 20, 30].map(|at| series.at(at)), [1, 3, 7]);
    series.forget_before(1_000);
    assert_eq!(series.total(), 7, "the last one is kept");
}

#[test]
fn it_is_bounded_and_forgets_the_oldest() {
    let count = 3 * MOST as u64;
    let mut series = Series::default();
    (1..=count).for_each(|at| series.add(at, 1, 0));
    assert_eq!(series.entries.len(), MOST);
    assert_eq!((series.total(), series.at(count - 5)), (count, count - 5));
    assert_eq!(series.at(0), count - MOST as u64);
}
