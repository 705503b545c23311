use super::*;

fn flight(sent: u64) -> Flight {
    Flight {
        sent,
        spend: Spend::new(1),
    }
}

#[test]
fn answers_may_come_in_any_order_but_once() {
    let mut flights = Flights::default();
    let ids: Vec<_> = (0..5).map(|sent| flights.depart(flight(sent))).collect();
    for number in [3, 0, 4, 1, 2] {
        let arrived = flights.arrive(ids[number]).map(|flight| flight.sent);
        assert_eq!(arrived, Some(number as u64));
        assert!(flights.arrive(ids[number]).is_none());
    }
    assert_eq!(flights.len(), 0);
}

#[test]
fn those_under_way_are_in_the_order_of_their_departure() {
    let mut flights = Flights::default();
    let ids: Vec<_> = (0..6).map(|sent| flights.depart(flight(sent))).collect();
    for number in [0, 2, 5] {
        flights.arrive(ids[number]);
    }
    let sent: Vec<_> = flights.iter().map(|flight| flight.sent).collect();
    assert_eq!((sent, flights.len()), (vec![1, 3, 4], 3));
}

#[test]
fn no_number_is_given_twice() {
    let mut flights = Flights::default();
    let first = flights.depart(flight(1));
    flights.arrive(first);
    let second = flights.depart(flight(2));
    assert_ne!(first, second);
    assert!(flights.arrive(first).is_none());
    assert!(flights.arrive(SendId(u64::MAX - 1)).is_none());
    assert_eq!(flights.len(), 1);
}
