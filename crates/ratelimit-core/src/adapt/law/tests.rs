use super::*;

const SECOND: u64 = 1_000_000_000;
const KINDS: [Kind; 4] = [Kind::Fixed, Kind::Log, Kind::Counter, Kind::Bucket];

/// Shares of one level after so many seconds, told what is left every half second.
fn after(seconds: u64, shares: &mut [Share], level: impl Fn(f64) -> f64) {
    let levels = Levels::of(Kind::Bucket, 240.0, 1.0);
    for step in 1..=2 * seconds {
        let all: f64 = shares.iter().map(|share| share.part).sum();
        let left = level(all);
        for share in &mut *shares {
            share.update(step * SECOND / 2, levels.error(left), 20.0);
        }
    }
}

#[test]
fn the_first_answer_only_sets_the_time() {
    let mut share = Share::new(0.5);
    share.update(SECOND, Levels::of(Kind::Log, 240.0, 1.0).error(0.0), 20.0);
    assert_eq!(share.part, 0.5);
}

#[test]
fn a_share_stays_between_a_hundredth_and_all() {
    let mut shares = [Share::new(0.5)];
    after(1_000, &mut shares, |_| 0.0);
    assert!((0.01..0.1).contains(&shares[0].part), "{shares:?}");
    after(1_000, &mut shares, |_| 240.0);
    assert_eq!(shares[0].part, 1.0);
}

#[test]
fn shares_of_one_level_become_equal_however_they_began() {
    let levels = Levels::of(Kind::Bucket, 240.0, 1.0);
    let mut shares = [1.0, 0.4, 0.1, 0.01].map(Share::new);
    // The more all take together, the less is left.
    after(600, &mut shares, |all| {
        levels.set_point - 10.0 * (all - 1.0)
    });
    let (least, most) = shares
        .iter()
        .fold((1.0_f64, 0.0_f64), |(least, most), share| {
            (least.min(share.part), most.max(share.part))
        });
    assert!(most / least < 1.05, "{shares:?}");
}

#[test]
fn less_is_kept_back_of_a_smaller_limit_and_never_less_than_a_request() {
    for kind in KINDS {
        let of = |limit| Levels::of(kind, limit, 1.0);
        for (small, large) in [(10.0, 60.0), (60.0, 600.0)] {
            let (small, large) = (of(small), of(large));
            assert!(small.margin <= large.margin && small.slope <= large.slope);
            assert!(small.set_point <= large.set_point, "{kind:?}");
        }
        assert!(of(10.0).set_point > 1.0, "{kind:?}");
        assert!(of(600.0).set_point < 120.0, "{kind:?}");
    }
}

#[test]
fn of_a_counter_only_the_margin_is_kept_at_the_end_of_a_window_and_most_in_its_middle() {
    let levels = Levels::of(Kind::Counter, 240.0, 1.0);
    let set_points: Vec<_> = (0..=5)
        .map(|tenths| levels.near_end(0.1 * f64::from(tenths)).set_point)
        .collect();
    assert_eq!(set_points[0], levels.margin);
    assert!(set_points.is_sorted() && set_points[3] > levels.set_point);
    assert_eq!(set_points[4], set_points[5]);
}

#[test]
fn levels_are_in_units_of_what_requests_cost() {
    for kind in KINDS {
        let (one, ten) = (
            Levels::of(kind, 240.0, 1.0),
            Levels::of(kind, 2_400.0, 10.0),
        );
        assert!((ten.set_point - 10.0 * one.set_point).abs() < 1e-9);
        assert!((ten.margin - 10.0 * one.margin).abs() < 1e-9);
    }
}

#[test]
fn the_error_grows_as_less_is_left_and_has_bounds() {
    let levels = Levels::of(Kind::Counter, 240.0, 1.0);
    let errors: Vec<_> = (0..240).map(|left| levels.error(f64::from(left))).collect();
    assert!(errors.is_sorted_by(|more, less| more >= less));
    assert_eq!((levels.error(-1e9), levels.error(1e9)), (1.5, -1.5));
}
