//! A calendar as text: `day in UTC`, `month in Europe/Berlin`, `month from 15 in Asia/Tokyo`.

use std::str::FromStr;

use super::{Calendar, CalendarError};

impl FromStr for Calendar {
    type Err = CalendarError;

    /// Reads what `Display` prints.
    fn from_str(text: &str) -> Result<Self, CalendarError> {
        let not_a_calendar = || CalendarError::Text(text.to_owned());
        if let Some(zone) = text.strip_prefix("day in ") {
            return Self::daily(zone);
        }
        if let Some(zone) = text.strip_prefix("month in ") {
            return Self::monthly(zone);
        }
        let rest = text
            .strip_prefix("month from ")
            .ok_or_else(not_a_calendar)?;
        let (day, zone) = rest.split_once(" in ").ok_or_else(not_a_calendar)?;
        let day = day.parse().map_err(|_| not_a_calendar())?;
        Self::monthly(zone)?.anchored_on(day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_and_printed_the_same() {
        for text in [
            "day in UTC",
            "month in Europe/Berlin",
            "month from 31 in Asia/Tokyo",
        ] {
            assert_eq!(text.parse::<Calendar>().unwrap().to_string(), text);
        }
        let first: Calendar = "month from 1 in UTC".parse().unwrap();
        assert_eq!(first, Calendar::monthly("UTC").unwrap());
        let lower = Calendar::monthly("europe/berlin").unwrap();
        assert_eq!(lower.zone(), "Europe/Berlin");
    }

    #[test]
    fn what_is_not_a_calendar_is_refused_with_a_clear_word() {
        let refuses = |text: &str| text.parse::<Calendar>().unwrap_err();
        let unknown = |zone: &str| CalendarError::UnknownZone(zone.to_owned());
        assert_eq!(refuses("day in Mars/Base"), unknown("Mars/Base"));
        assert_eq!(refuses("day in Etc/Unknown"), unknown("Etc/Unknown"));
        assert_eq!(refuses("day in "), unknown(""));
        assert_eq!(refuses("month from 0 in UTC"), CalendarError::Anchor(0));
        assert_eq!(refuses("month from 32 in UTC"), CalendarError::Anchor(32));
        for text in ["", "week in UTC", "month from x in UTC", "month from 5"] {
            assert_eq!(refuses(text), CalendarError::Text(text.to_owned()));
        }
        let daily = Calendar::daily("UTC").unwrap();
        assert_eq!(daily.anchored_on(2), Err(CalendarError::NotMonths));
    }
}
