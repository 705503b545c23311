//! The line that a head begins with.

use http::StatusCode;

/// What a status line begins with.
pub(super) const HTTP: &[u8] = b"HTTP/";

/// How much of it is repeated, in characters.
const LONGEST: usize = 100;

/// `429 Too Many Requests` of `HTTP/1.1 429 Too Many Requests`, and of `HTTP/2 429`, which has no reason.
pub(super) fn status(line: &[u8]) -> Option<String> {
    let line = String::from_utf8_lossy(line);
    let (_, status) = line.split_once(' ')?;
    let (code, reason) = status.trim().split_at_checked(3)?;
    let code: StatusCode = code.parse().ok()?;
    let reason = match reason.strip_prefix(' ') {
        Some(reason) => reason,
        None if reason.is_empty() => code.canonical_reason().unwrap_or_default(),
        None => return None,
    };
    let status = format!("{} {}", code.as_str(), reason.escape_debug());
    Some(short(status.trim_end()))
}

fn short(status: &str) -> String {
    match status.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", &status[..end]),
        None => status.to_owned(),
    }
}

/// Whether the response proper is still to come (RFC 9110, section 15.2); `101` ends what is HTTP.
pub(super) fn is_interim(status: &str) -> bool {
    status.starts_with('1') && !status.starts_with("101")
}

/// Whether another head may follow without a body between: after an interim response, a proxy that connected, a
/// redirect that was followed, or a challenge that was met.
pub(super) fn announces_another(status: &str) -> bool {
    let is_connected = status
        .to_ascii_lowercase()
        .starts_with("200 connection established");
    is_interim(status) || status.starts_with('3') || is_connected || is_challenge(status)
}

fn is_challenge(status: &str) -> bool {
    status.starts_with("401") || status.starts_with("407")
}

/// Whether the status tells the client to come later.
pub(super) fn is_refusal(status: &str) -> bool {
    status.starts_with("429") || status.starts_with("503")
}

/// Whether the status asks for money, which no wait replaces (RFC 9110, section 15.5.3).
pub(super) fn is_unpaid(status: &str) -> bool {
    status.starts_with("402")
}

/// Whether it may: some servers refuse with 403 whoever has nothing left.
pub(super) fn may_be_refusal(status: &str) -> bool {
    is_refusal(status) || status.starts_with("403")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_line_is_not_repeated_for_ever() {
        let line = format!("HTTP/1.1 200 {}", "\u{e9}".repeat(1000));
        let status = status(line.as_bytes()).unwrap();
        assert_eq!(status.chars().count(), 103);
        assert!(status.ends_with("\u{e9}..."), "{status}");
    }
}
