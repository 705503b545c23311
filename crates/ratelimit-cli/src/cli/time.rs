//! Times as they are written on the command line.

use std::time::Duration;

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_and_its_unit() {
        assert_eq!(parse("30s"), Ok(Duration::from_secs(30)));
        assert_eq!(parse("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(parse("2m"), Ok(Duration::from_secs(120)));
        for wrong in ["", "30", "s", "-1s", "1.5s", "1h", "0s", "99999999999s"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
