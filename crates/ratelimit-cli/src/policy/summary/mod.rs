//! What a policy file says, for people. Keys are counted, never shown.

mod callers;
mod limits;
mod responses;

use std::fmt;

use super::PolicyFile;

/// Prints what a file says.
#[derive(Debug)]
pub struct Summary<'f>(&'f PolicyFile);

impl PolicyFile {
    /// The file in a few lines.
    #[must_use]
    pub fn summary(&self) -> Summary<'_> {
        Summary(self)
    }
}

impl fmt::Display for Summary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.0;
        if let Some(name) = &file.name {
            writeln!(f, "name       {}", name.escape_debug())?;
        }
        self.callers(f)?;
        self.responses(f)?;
        self.plans(f)?;
        self.endpoints(f)?;
        self.meters(f)?;
        self.usage(f)?;
        self.skipped(f)?;
        if file.shadow {
            writeln!(
                f,
                "shadow     limits are counted and stated, and nobody is refused"
            )?;
        }
        Ok(())
    }
}

impl Summary<'_> {
    fn skipped(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let paths = self.0.skip.iter().map(|path| path.text().escape_debug());
        let paths: Vec<String> = paths.map(|path| path.to_string()).collect();
        if paths.is_empty() {
            return Ok(());
        }
        writeln!(
            f,
            "skipped    {} (unlimited, for everybody)",
            paths.join(", ")
        )
    }

    fn usage(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(usage) = &self.0.usage else {
            return Ok(());
        };
        let page = usage.page.as_ref();
        let page = page.map(|page| format!(", as a page at {}", page.text().escape_debug()));
        let path = usage.path.text().escape_debug();
        writeln!(f, "usage      told at {path}{}", page.unwrap_or_default())
    }
}

fn counted(count: usize, what: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{count} {what}{s}")
}
