//! The bar on a terminal; elsewhere lines, fewer and fewer of them.

use std::io::{IsTerminal, stderr};
use std::sync::Arc;
use std::time::Duration;

use console::Term;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::tally::Tally;
use crate::{complain, terminal};

/// How often the bar is drawn.
const REDRAW: Duration = Duration::from_millis(200);
/// When the first line is printed; each further one takes twice as long, up to the longest.
const FIRST_LINE: Duration = Duration::from_secs(2);
const LONGEST_SILENCE: Duration = Duration::from_secs(30);

/// How long the bar is.
const LENGTH: usize = 8;
const COLOURED: &str = "{bar:8.cyan/dim} {wide_msg}";
const PLAIN: &str = "{bar:8} {wide_msg}";

/// What is shown on stderr. Clones are the same.
#[derive(Clone)]
pub(in crate::fetch) enum Display {
    Bar(ProgressBar),
    Lines,
    Nothing,
}

impl Display {
    /// What fits stderr.
    pub(in crate::fetch) fn new(quiet: bool) -> Self {
        match stderr().is_terminal() && !terminal::is_dumb() {
            _ if quiet => Self::Nothing,
            false => Self::Lines,
            true => {
                let target = ProgressDrawTarget::stderr_with_hz(10);
                let bar = ProgressBar::with_draw_target(None, target);
                bar.set_style(style(false));
                Self::Bar(bar)
            }
        }
    }

    /// Shows how it stands, for ever.
    pub(in crate::fetch) async fn show(self, tally: Arc<Tally>) {
        match self {
            Self::Bar(bar) => draw(&bar, &tally).await,
            Self::Lines => print(&tally).await,
            Self::Nothing => std::future::pending().await,
        }
    }

    /// Does something that prints, without a bar in its way.
    pub(in crate::fetch) fn beside<T>(&self, print: impl FnOnce() -> T) -> T {
        match self {
            Self::Bar(bar) => bar.suspend(print),
            _ => print(),
        }
    }

    /// Prints a line to stderr.
    pub(in crate::fetch) fn say(&self, text: &str) {
        self.beside(|| complain(text));
    }

    /// Takes away what is only of use while it goes on.
    pub(in crate::fetch) fn end(&self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}

async fn draw(bar: &ProgressBar, tally: &Tally) {
    let mut is_known = false;
    loop {
        let view = tally.view();
        if let Some(total) = view.total {
            bar.set_length(total);
            if !is_known {
                bar.set_style(style(true));
                is_known = true;
            }
        }
        bar.set_position(view.done);
        // A terminal whose size is not known is said to have 80.
        let columns = usize::from(Term::stderr().size().1);
        bar.set_message(view.within(room(columns, is_known)));
        bar.tick();
        tokio::time::sleep(REDRAW).await;
    }
}

/// The columns that the bar leaves to the text. In the last one some terminals begin a new line.
fn room(columns: usize, has_bar: bool) -> usize {
    let bar = if has_bar { LENGTH + 1 } else { 0 };
    columns.saturating_sub(bar + 1)
}

async fn print(tally: &Tally) {
    let mut silence = FIRST_LINE;
    loop {
        tokio::time::sleep(silence).await;
        complain(&tally.view().line());
        silence = (silence * 2).min(LONGEST_SILENCE);
    }
}

fn style(total_is_known: bool) -> ProgressStyle {
    let template = match (total_is_known, terminal::may_colour()) {
        (true, true) => COLOURED,
        (true, false) => PLAIN,
        (false, _) => "{wide_msg}",
    };
    let style = ProgressStyle::with_template(template);
    let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
    style.progress_chars("=> ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use indicatif::InMemoryTerm;

    #[test]
    fn the_templates_are_right() {
        for template in [COLOURED, PLAIN] {
            assert!(template.contains(&format!("{{bar:{LENGTH}")));
            assert!(ProgressStyle::with_template(template).is_ok());
        }
        assert!(ProgressStyle::with_template("{wide_msg}").is_ok());
    }

    #[test]
    fn it_fits() {
        let (columns, console) = (80, InMemoryTerm::new(5, 80));
        let target = ProgressDrawTarget::term_like(Box::new(console.clone()));
        let bar = ProgressBar::with_draw_target(Some(500), target).with_style(style(true));
        bar.set_message("x".repeat(room(columns, true)));
        bar.tick();
        let drawn = console.contents();
        assert_eq!((drawn.lines().count(), drawn.len()), (1, 79), "{drawn}");
        assert!(drawn.ends_with(&"x".repeat(room(columns, true))), "{drawn}");
    }
}
