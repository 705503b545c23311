//! Policy files that are wrong, and what is said of them.

use ratelimit_cli::policy::PolicyFile;

pub const HEAD: &str = "version = 1\n[caller]\nanonymous = \"by-address:a\"\n";
pub const PLAN: &str = "[plans.a]\npolicies = [{ name = \"m\", quota = \"60/1m\" }]\n";

/// A file is wrong there, and its first message and hint begin like this.
#[track_caller]
pub fn wrong(text: &str, place: (usize, usize), message: &str, hint: &str) {
    let error = PolicyFile::parse("p.toml", text).unwrap_err();
    let problem = &error.problems()[0];
    assert_eq!((problem.line(), problem.column()), place, "{error}");
    assert!(problem.message().starts_with(message), "{error}");
    assert!(
        problem.hint().unwrap_or_default().starts_with(hint),
        "{error}"
    );
    let line = format!("p.toml:{}:{}: {message}", place.0, place.1);
    assert!(error.to_string().starts_with(&line), "{error}");
}

/// The policy between the braces, on line 5.
#[track_caller]
pub fn policy(text: &str, column: usize, message: &str, hint: &str) {
    wrong(
        &format!("{HEAD}[plans.a]\npolicies = [{{{text}}}]\n"),
        (5, column),
        message,
        hint,
    );
}

/// What follows two good plans `a` and `b` begins on line 6.
#[track_caller]
pub fn after(text: &str, place: (usize, usize), message: &str, hint: &str) {
    wrong(&format!("{HEAD}{PLAN}{text}"), place, message, hint);
}

/// A file is right, and its warnings are these: place, message and hint begin like this.
#[track_caller]
pub fn warned(text: &str, warnings: &[((usize, usize), &str, &str)]) {
    let file = PolicyFile::parse("p.toml", text).unwrap();
    let found = file.warnings();
    assert_eq!(found.len(), warnings.len(), "{found:?}");
    for (found, (place, message, hint)) in found.iter().zip(warnings) {
        assert_eq!((found.line(), found.column()), *place, "{found:?}");
        assert!(found.message().starts_with(message), "{found:?}");
        assert!(
            found.hint().unwrap_or_default().starts_with(hint),
            "{found:?}"
        );
    }
}
