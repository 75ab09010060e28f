//! `grotto fmt`: lays searches out, one stage a line, inside their YAML files.

use crate::args::Color;
use crate::{Ending, rewrite, setup};
use clap::Args;
use grotto_content::Content;
use grotto_diag::Severity;
use grotto_lint::format::{self, Outcome};
use std::io::Write;
use std::path::PathBuf;

/// Arguments of `grotto fmt`.
#[derive(Debug, Args)]
pub(crate) struct FmtArgs {
    /// Folders or files of rules; this folder if none is given.
    #[arg(value_name = "PATH")]
    pub(crate) rules: Vec<PathBuf>,
    /// Change nothing; name the files that would change, and end with status 1 when there is one.
    #[arg(long)]
    pub(crate) check: bool,
    /// Change nothing; print what would change.
    #[arg(long)]
    pub(crate) diff: bool,
    /// When to use colours. NO_COLOR is honoured.
    #[arg(long, value_enum, default_value_t = Color::Auto)]
    pub(crate) color: Color,
}

/// Runs the command.
pub(crate) fn run(args: &FmtArgs) -> std::io::Result<Ending> {
    let paths = if args.rules.is_empty() { vec![PathBuf::from(".")] } else { args.rules.clone() };
    let (content, said) = Content::load(&paths);
    for diagnostic in said.iter().filter(|d| d.severity == Severity::Error) {
        setup::report(diagnostic, args.color);
    }
    let faulty = said.iter().any(|d| d.severity == Severity::Error);
    let mut out = std::io::BufWriter::new(std::io::stdout());
    let (mut changed, mut left) = (0, 0);
    for detection in &content.detections {
        match format::detection(detection) {
            Outcome::Same => {}
            Outcome::Left(reason) => {
                setup::say(&reason.to_string());
                left += 1;
            }
            Outcome::Changed(text) => {
                changed += 1;
                let source = &detection.source;
                if args.diff {
                    out.write_all(diff(&source.name, &source.text, &text).as_bytes())?;
                } else if args.check {
                    writeln!(out, "{}", source.name)?;
                } else {
                    rewrite::write(source, &text)?;
                }
            }
        }
    }
    out.flush()?;
    let files = content.detections.len();
    let would = if args.check || args.diff { "would change" } else { "changed" };
    setup::say(&format!("{files} rules: {changed} {would}, {left} left alone"));
    Ok(match (args.check && changed > 0, faulty) {
        (_, true) => Ending::Wrong,
        (true, _) => Ending::Found,
        _ => Ending::Done,
    })
}

/// The lines that differ, as a unified diff. One range of a file changes at most.
fn diff(name: &str, old: &str, new: &str) -> String {
    let (before, after): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let same = before.iter().zip(&after).take_while(|(a, b)| a == b).count();
    let most = before.len().min(after.len()) - same;
    let tail = before.iter().rev().zip(after.iter().rev()).take(most).take_while(|(a, b)| a == b).count();
    let (gone, come) = (&before[same..before.len() - tail], &after[same..after.len() - tail]);
    let mut out =
        format!("--- {name}\n+++ {name}\n@@ -{},{} +{},{} @@\n", same + 1, gone.len(), same + 1, come.len());
    for (sign, lines) in [('-', gone), ('+', come)] {
        for line in lines {
            out.push(sign);
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diff_shows_the_range_that_changed() {
        assert_eq!(diff("f", "a\nb\nc\n", "a\nx\ny\nc\n"), "--- f\n+++ f\n@@ -2,1 +2,2 @@\n-b\n+x\n+y\n");
    }
}
