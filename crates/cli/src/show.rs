//! `grotto show`: the page of a rule.

mod text;

use crate::Ending;
use crate::args::{Common, Form, Format};
use crate::catalog::load::{self, Source};
use crate::output::Output;
use crate::setup;
use clap::Args;
use grotto_catalog::build::Names;
use grotto_detect::testing::Selection;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// How many names are given where one is not clear.
const NAMES: usize = 8;

/// Arguments of `grotto show`.
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// The rule: its name (or a part of it that no other has), its id, its file, or the end of its page's address.
    #[arg(value_name = "RULE")]
    pub(crate) rule: String,
    /// Folder of rules, with the name of its corpus: DIR or DIR=NAME; may be repeated. Without it grotto's own rules.
    #[arg(long, value_name = "DIR[=NAME]")]
    pub(crate) rules: Vec<String>,
    /// Copy of the public dataset, or of a part of it, to prove the rule with; may be repeated. Nothing is downloaded.
    #[arg(long, value_name = "DIR")]
    pub(crate) attack_data: Vec<PathBuf>,
    /// The form of the result: a page, or JSON.
    #[command(flatten)]
    pub(crate) form: Form,
    /// What rules are compiled with.
    #[command(flatten)]
    pub(crate) common: Common,
}

/// Runs the command.
pub(crate) fn run(args: &ShowArgs) -> std::io::Result<Ending> {
    let Some(source) = Source::open(&args.rules, &args.attack_data, &args.common) else {
        return Ok(Ending::Wrong);
    };
    let names = source.names();
    let meant = match choose(&names, &args.rule) {
        Ok(meant) => meant,
        Err(said) => {
            setup::say(&said);
            return Ok(Ending::Wrong);
        }
    };
    // Only the tests of this rule are run.
    let only = Selection::Only { rules: source.files(&meant.id), data: BTreeSet::new() };
    let made = source.catalog(&source.prove(&args.common, &only), &load::day(None));
    let Some(page) = made.catalog.rules.iter().find(|page| page.slug == meant.slug) else {
        return Err(std::io::Error::other(format!("{} has no page", meant.name)));
    };
    let mut output = Output::open(&args.form, args.common.color, false)?;
    match output.format() {
        Format::Table => {
            let color = output.has_color();
            text::write(output.writer(), page, color)?;
        }
        Format::Json | Format::Jsonl | Format::Csv => {
            serde_json::to_writer(&mut *output.writer(), page)?;
            writeln!(output.writer())?;
        }
    }
    output.writer().flush()?;
    Ok(Ending::Done)
}

/// The rule that is meant, or what to say when that is not clear.
fn choose<'n>(rules: &'n [Names], named: &str) -> Result<&'n Names, String> {
    let slug = named.trim_end_matches('/').rsplit('/').next().unwrap_or(named);
    let same = |rule: &&Names| {
        rule.id.eq_ignore_ascii_case(named)
            || rule.name.eq_ignore_ascii_case(named)
            || rule.slug == slug
            || rule.folder == slug
            || is_file(&rule.file, named)
    };
    if let Some(rule) = rules.iter().find(same) {
        return Ok(rule);
    }
    let part = named.to_lowercase();
    let like: Vec<&Names> = rules.iter().filter(|rule| rule.name.to_lowercase().contains(&part)).collect();
    match like.as_slice() {
        [one] => Ok(one),
        [] => {
            Err(format!("error: no rule is called {named}{}", listed("the nearest are", &near(rules, &part))))
        }
        several => {
            let names: Vec<&str> = several.iter().map(|rule| rule.name.as_str()).collect();
            Err(format!("error: {} rules are called like {named}{}", several.len(), listed("", &names)))
        }
    }
}

/// Whether the path that was typed ends as a rule's file does.
fn is_file(file: &str, named: &str) -> bool {
    let (file, named) = (file.rsplit('/'), named.trim_start_matches("./").rsplit(['/', '\\']));
    named.clone().next().is_some_and(|name| name.contains('.')) && file.zip(named).all(|(a, b)| a == b)
}

/// Names that have the most words of what was typed.
fn near<'n>(rules: &'n [Names], typed: &str) -> Vec<&'n str> {
    let words = |text: &str| -> BTreeSet<String> {
        let split = text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 2);
        split.map(str::to_lowercase).collect()
    };
    let typed = words(typed);
    let mut all: Vec<(usize, &str)> = rules
        .iter()
        .map(|rule| (words(&rule.name).intersection(&typed).count(), rule.name.as_str()))
        .filter(|(count, _)| *count > 0)
        .collect();
    all.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    all.into_iter().map(|(_, name)| name).collect()
}

fn listed(before: &str, names: &[&str]) -> String {
    if names.is_empty() {
        return "; give its name, id or file, and --rules DIR".to_owned();
    }
    let shown: Vec<&str> = names.iter().take(NAMES).copied().collect();
    let gap = if before.is_empty() { "" } else { "; " };
    format!("{gap}{before}:\n    {}", shown.join("\n    "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_by_their_ends() {
        let file = "detections/endpoint/a_b.yml";
        for (named, same) in [
            ("a_b.yml", true),
            ("./endpoint/a_b.yml", true),
            ("/x/detections/endpoint/a_b.yml", true),
            ("other/a_b.yml", false),
            ("b.yml", false),
            ("endpoint", false),
        ] {
            assert_eq!(is_file(file, named), same, "{named}");
        }
    }
}
