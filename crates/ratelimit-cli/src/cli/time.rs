//! Times as they are written on the command line.

use std::time::Duration;

use jiff::Timestamp;

/// Reads `30s`, `500ms` or `2m`: a whole number and its unit, and more than nothing.
pub(super) fn parse(text: &str) -> Result<Duration, &'static str> {
    const USAGE: &str = "write a whole number and a unit, as in 30s, 500ms or 2m";
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let number: u32 = text[..text.len() - unit.len()].parse().map_err(|_| USAGE)?;
    let one = match unit {
        "ms" => Duration::from_millis(1),
        "s" => Duration::from_secs(1),
        "m" => Duration::from_secs(60),
        _ => return Err(USAGE),
    };
    if number == 0 {
        return Err("nothing could happen in no time");
    }
    Ok(one * number)
}

/// Reads a time as [`parse`] does, of one second or more.
pub(super) fn second_or_more(text: &str) -> Result<Duration, &'static str> {
    match parse(text)? {
        time if time < Duration::from_secs(1) => Err("one second is the least"),
        time => Ok(time),
    }
}

/// Reads a moment as RFC 3339 writes it, of a year that leaves room for times before and after it.
pub(super) fn moment(text: &str) -> Result<Timestamp, &'static str> {
    const USAGE: &str =
        "write a moment of the years 1970 to 9998 with its offset, as in 2026-03-02T12:00:00Z";
    let moment: Timestamp = text.parse().map_err(|_| USAGE)?;
    let year = moment.to_zoned(jiff::tz::TimeZone::UTC).year();
    if (1970..=9998).contains(&year) {
        Ok(moment)
    } else {
        Err(USAGE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_has_an_offset() {
        let noon = moment("2026-03-02T12:00:00Z").unwrap();
        assert_eq!(moment("2026-03-02T13:00:00+01:00"), Ok(noon));
        for wrong in ["", "now", "1772452800", "2026-03-02", "2026-03-02T12:00:00"] {
            assert!(moment(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_moment_is_of_a_year_that_can_be_counted_with() {
        assert!(moment("1970-01-01T00:00:00Z").is_ok());
        assert!(moment("9998-12-31T23:59:59Z").is_ok());
        for wrong in [
            "1969-12-31T23:59:59Z",
            "9999-01-01T00:00:00Z",
            "9999-12-31T23:59:59Z",
        ] {
            assert!(
                moment(wrong).is_err_and(|usage| usage.contains("1970 to 9998")),
                "{wrong}"
            );
        }
    }

    #[test]
    fn a_number_and_its_unit() {
        assert_eq!(parse("30s"), Ok(Duration::from_secs(30)));
        assert_eq!(parse("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(parse("2m"), Ok(Duration::from_secs(120)));
        for wrong in ["", "30", "s", "-1s", "1.5s", "1h", "0s", "99999999999s"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
        assert!(second_or_more("999ms").is_err());
        assert_eq!(second_or_more("1000ms"), Ok(Duration::from_secs(1)));
    }
}
