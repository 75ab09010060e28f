//! The reference of all keys, in Markdown: `docs/configuration.md` is this text.

use super::keys::{KEYS, Key, Kind, OPEN};
use crate::args::Cli;
use clap::CommandFactory;
use std::fmt::Write;

const HEAD: &str = "\
# grotto.toml

What a project says once, instead of on every command line. grotto takes the nearest `grotto.toml` from the working
directory upward; `--config FILE` names another one and `--no-config` reads none. What is typed goes before what is written, and
relative paths lead from the folder of the file. A key that does not exist and a value that can't be are errors. `grotto config` shows
what counts here and where each value comes from; `grotto schema config` prints a JSON Schema for editors.

This page is made by `grotto config --markdown`.

```toml
";

/// The page.
pub(crate) fn page() -> String {
    let mut page = HEAD.to_owned() + &example() + "```\n";
    let mut section = None;
    for key in &KEYS {
        if section != Some(key.section) {
            section = Some(key.section);
            let title = match key.section {
                "" => "At the top".to_owned(),
                name => format!("[{name}]"),
            };
            let _ = write!(page, "\n## {title}\n");
        }
        page.push_str(&entry(key));
    }
    for open in &OPEN {
        let _ = write!(page, "\n## [{}]\n\n{}\n\nKeys: {}. ", open.name, open.doc, open.keys);
        let _ = match open.values {
            [] => writeln!(page, "Values: texts."),
            values => writeln!(page, "Values: `{}`.", values.join("`, `")),
        };
    }
    page
}

fn entry(key: &Key) -> String {
    let mut text = format!("\n### `{}`\n\n{}\n\n- Value: {}", key.path(), key.doc, key.kind.name());
    if let Kind::OneOf(words) = key.kind {
        let _ = write!(text, " of `{}`", words().join("`, `"));
    }
    if !key.default.is_empty() {
        let _ = write!(text, "\n- Without it: `{}`", key.default);
    }
    let arguments: Vec<String> = key
        .sets
        .iter()
        .map(|(command, argument)| match command {
            Some(command) => format!("`{}`", typed(command, argument)),
            None => format!("`--{}`", argument.replace('_', "-")),
        })
        .collect();
    let _ = writeln!(text, "\n- Default of: {}", arguments.join(", "));
    text
}

/// How an argument is typed: an option, or a value by its place.
fn typed(command: &str, argument: &str) -> String {
    let cli = Cli::command();
    let found = cli.find_subcommand(command).and_then(|c| c.get_arguments().find(|a| a.get_id() == argument));
    match found.filter(|a| a.is_positional()).and_then(|a| a.get_value_names()?.first()) {
        Some(name) => format!("grotto {command} {name}"),
        None => format!("grotto {command} --{}", argument.replace('_', "-")),
    }
}

/// A file that has every key.
pub(super) fn example() -> String {
    let mut file = String::new();
    let mut section = "";
    for key in &KEYS {
        if key.section != section {
            section = key.section;
            let _ = write!(file, "\n[{section}]\n");
        }
        let _ = writeln!(file, "{} = {}", key.name, key.example);
    }
    for open in &OPEN {
        let _ = write!(file, "\n[{}]\n{}\n", open.name, open.example);
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_in_docs_is_this_one() {
        let docs = include_str!("../../../../docs/configuration.md");
        assert_eq!(docs, page(), "write it anew: grotto config --markdown > docs/configuration.md");
    }
}
