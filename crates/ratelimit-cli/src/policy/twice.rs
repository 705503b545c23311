//! Where a name that stands twice stood first. The TOML reader says only where it stands again.

use super::error::line_and_column;

/// The line of the first, if it can be told by looking at the beginnings of lines.
pub(super) fn first_line(source: &str, again: usize) -> Option<usize> {
    let (line, _) = line_and_column(source, again);
    let lines: Vec<&str> = source.lines().collect();
    let name = beginning(lines.get(line - 1)?)?;
    let before = lines[..line - 1].iter().enumerate().rev();
    // A table is sought in the whole file, a field in its own table.
    let own = before.take_while(|(_, text)| is_table(name) || !is_table(text.trim_start()));
    let mut same = own.filter(|(_, text)| beginning(text) == Some(name));
    same.next().map(|(index, _)| index + 1)
}

/// The table's head or the field that a line begins with.
fn beginning(line: &str) -> Option<&str> {
    let line = line.trim();
    if is_table(line) {
        return line.find(']').map(|end| &line[..=end]);
    }
    line.split_once('=').map(|(name, _)| name.trim_end())
}

fn is_table(line: &str) -> bool {
    line.starts_with('[')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(source: &str, expected: Option<usize>) {
        let again = source.find('^').unwrap();
        let source = source.replace('^', "");
        assert_eq!(first_line(&source, again), expected);
    }

    #[test]
    fn the_first_of_two_is_found_in_its_own_table() {
        check("a = 1\nb = 2\n  ^a=1\n", Some(1));
        check("a = 1\n[t]\na = 1\n^a = 2\n", Some(3));
        check("a = 1\n[t]\n^a = 1\n", None);
        check("[t] # x\na = 1\n[u]\n[^t]\n", Some(1));
        check("x = { a = 1, ^a = 2 }", None);
    }
}
