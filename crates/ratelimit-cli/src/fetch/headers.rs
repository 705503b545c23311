//! The headers that all requests have.

use std::path::Path;

use http::HeaderMap;

use super::input::header;
use crate::cli::Secret;

/// Reads `Name: value`, or a file of such lines. What is wrong is said without what they hold.
pub(super) fn headers(options: &[Secret]) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::new();
    for Secret(text) in options {
        match text.strip_prefix('@') {
            Some(path) => file(Path::new(path), &mut headers)?,
            None => {
                let added = add(text, &mut headers);
                added.map_err(|problem| format!("--header: {problem}"))?;
            }
        }
    }
    Ok(headers)
}

fn file(path: &Path, headers: &mut HeaderMap) -> Result<(), String> {
    let shown = path.display();
    let text = std::fs::read_to_string(path);
    let text = text.map_err(|error| format!("--header @{shown}: cannot read the file: {error}"))?;
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if !line.is_empty() && !line.starts_with('#') {
            let added = add(line, headers);
            added.map_err(|problem| format!("--header @{shown}, line {number}: {problem}"))?;
        }
    }
    Ok(())
}

fn add(text: &str, headers: &mut HeaderMap) -> Result<(), String> {
    let Some((name, value)) = text.split_once(':') else {
        return Err("there is no colon; write it as in 'Authorization: Bearer KEY'".to_owned());
    };
    let (name, value) = header(name.trim(), value.trim()).map_err(|problem| problem.to_string())?;
    headers.append(name, value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<HeaderMap, String> {
        headers(&[Secret(text.to_owned())])
    }

    #[test]
    fn a_name_and_a_value_have_a_colon_between_them() {
        let headers = read("X-Key:  a: b ").unwrap();
        assert_eq!(headers["x-key"], "a: b");
    }

    #[test]
    fn what_is_wrong_is_said_without_the_value() {
        for text in [
            "Authorization hunter2",
            "a b: hunter2",
            "x: hunter2\nx",
            "content-length: hunter2",
        ] {
            let problem = read(text).unwrap_err();
            assert!(
                problem.starts_with("--header: ") && !problem.contains("hunter2"),
                "{problem}"
            );
        }
        assert!(read("@/no/such/file").unwrap_err().contains("cannot read"));
    }
}
