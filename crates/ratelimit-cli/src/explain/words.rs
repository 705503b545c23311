//! Times and numbers as people say them.

use std::time::Duration;

/// `30 s`, `1.5 s`, `20 ms`, `6 min`, `1 h 23 min 31 s`.
pub(crate) fn time(time: Duration) -> String {
    if time < Duration::from_secs(1) {
        return match time.as_millis() {
            0 => "0 s".to_owned(),
            millis => format!("{millis} ms"),
        };
    }
    let seconds = time.as_secs();
    let mut words = Vec::new();
    for (number, unit) in [
        (seconds / 86_400, "d"),
        (seconds / 3600 % 24, "h"),
        (seconds / 60 % 60, "min"),
    ] {
        if number > 0 {
            words.push(format!("{number} {unit}"));
        }
    }
    let fraction = format!(".{:03}", time.subsec_millis());
    let fraction = fraction.trim_end_matches('0').trim_end_matches('.');
    if !seconds.is_multiple_of(60) || !fraction.is_empty() {
        words.push(format!("{}{fraction} s", seconds % 60));
    }
    words.join(" ")
}

/// A time whose details nobody asks for: its two largest units.
pub(crate) fn about(long: Duration) -> String {
    let words = time(Duration::from_secs(long.as_secs()));
    let words: Vec<&str> = words.split(' ').take(4).collect();
    words.join(" ")
}

/// `1 request`, `60 requests`, or the number alone if nothing says what is counted.
pub(super) fn counted(number: u64, unit: Option<&str>) -> String {
    match unit {
        Some(unit) if number == 1 => format!("1 {}", one(unit)),
        Some(unit) => format!("{number} {}", unit.escape_debug()),
        None => number.to_string(),
    }
}

/// The singular of the words that are known to have one: `request`, `input-token`.
fn one(unit: &str) -> String {
    const SINGULARS: [&str; 4] = ["request", "token", "byte", "call"];
    let unit = unit.escape_debug().to_string();
    match unit.strip_suffix('s') {
        Some(one) if SINGULARS.contains(&last_word(one)) => one.to_owned(),
        _ => unit,
    }
}

fn last_word(words: &str) -> &str {
    words.rsplit(['-', ' ']).next().unwrap_or(words)
}

/// `a, b and c`
pub(super) fn and(words: &[&str]) -> String {
    match words {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => words.concat(),
    }
}

/// Bytes that are mostly text: as it, or else in hexadecimal; a short form of long ones.
pub(super) fn bytes(bytes: &[u8]) -> String {
    const LONGEST: usize = 24;
    let shown = &bytes[..bytes.len().min(LONGEST)];
    let more = if bytes.len() > LONGEST { "..." } else { "" };
    let is_text = |byte: &u8| byte.is_ascii_graphic() || *byte == b' ';
    if bytes.iter().all(is_text) {
        return format!("`{}{more}`", String::from_utf8_lossy(shown));
    }
    let digits: String = shown.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("0x{digits}{more}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_the_units_that_they_need() {
        for (millis, expected) in [
            (0, "0 s"),
            (20, "20 ms"),
            (1_000, "1 s"),
            (64_570, "1 min 4.57 s"),
            (360_000, "6 min"),
            (5_011_000, "1 h 23 min 31 s"),
            (86_400_001, "1 d 0.001 s"),
        ] {
            assert_eq!(time(Duration::from_millis(millis)), expected);
        }
    }

    #[test]
    fn long_times_have_two_units() {
        for (millis, expected) in [
            (1_999, "1 s"),
            (3_661_000, "1 h 1 min"),
            (86_401_000, "1 d 1 s"),
        ] {
            assert_eq!(about(Duration::from_millis(millis)), expected);
        }
    }

    #[test]
    fn bytes_are_text_or_digits() {
        assert_eq!(bytes(b"user 7"), "`user 7`");
        assert_eq!(bytes(&[0x6d, 0x1b]), "0x6d1b");
        assert_eq!(bytes(&[b'a'; 25]), format!("`{}...`", "a".repeat(24)));
        assert_eq!(bytes(b""), "``");
    }

    #[test]
    fn one_request_is_no_requests() {
        assert_eq!(counted(1, Some("requests")), "1 request");
        assert_eq!(counted(0, Some("requests")), "0 requests");
        assert_eq!(counted(1, Some("content-bytes")), "1 content-byte");
        assert_eq!(counted(1, Some("process")), "1 process");
        assert_eq!(counted(1, Some("s")), "1 s");
        assert_eq!(counted(2, None), "2");
        assert_eq!(counted(2, Some("\u{1b}[1m")), "2 \\u{1b}[1m");
    }
}
