//! `map`: runs a search for each row.

use super::{Build, Call, Example, Spec};
use crate::Context;
use crate::pipeline::{Command, Env, FieldSet, Kind, Stop, concat};
use crate::plan::{Plan, alone};
use crate::value::cell_text;
use grotto_diag::{Diagnostic, Span};
use grotto_events::{Batch, Cell};
use grotto_spl::ast::Arg;
use grotto_spl::text::escaped;
use std::borrow::Cow;
use std::sync::Arc;

pub(super) static MAP: Spec = Spec {
    name: "map",
    aliases: &[],
    summary: "Runs a search for each row, with the row's values in place of $field$ and its number in place of \
              $_serial_id$, and gives the rows of all of them instead of those that there were. $$field$$ is left to a map \
              inside the search.",
    syntax: "map (search=\"<search>\" | [<search>]) [maxsearches=<count>]",
    kind: Kind::DatasetProcessing,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/map",
    deviations: &[
        "saved searches are not supported",
        "it can stand after append and inside appendpipe, which Splunk's documentation rules out and rules do",
    ],
    assumptions: &["map-skips-missing", "map-values-quoted"],
    examples: &[
        Example {
            spl: "event=change | map search=\"search event=logon id=$id$ | table id src\"",
            input: r#"[{"event": "change", "id": "0x1"}, {"event": "logon", "id": "0x1", "src": "10.0.0.5"},
                {"event": "logon", "id": "0x2", "src": "10.0.0.6"}]"#,
            expected: r#"[{"id": "0x1", "src": "10.0.0.5"}]"#,
        },
        Example {
            spl: "| table n | map maxsearches=2 [| makeresults | eval n=$n$*10, number=$_serial_id$ | table number n]",
            input: r#"[{"n": 1}, {"n": 2}]"#,
            expected: r#"[{"number": 1, "n": 10}, {"number": 2, "n": 20}]"#,
        },
    ],
    build: Build::Command(build),
};

/// Searches that are run unless `maxsearches` says otherwise.
const SEARCHES: usize = 10;
/// Searches that are run whatever it says.
const MOST_SEARCHES: usize = 10_000;

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let split = call.split(&["search", "maxsearches"])?;
    let (template, at) = match (split.options.text("search")?, split.rest.as_slice()) {
        (Some(text), []) => (text, split.options.get("search").map(Arg::span).unwrap_or_default()),
        (None, [Arg::Subsearch(search)]) => (grotto_spl::print::search(search), search.at.0),
        (None, [Arg::Word(word)]) => {
            return Err(call.unsupported(word.at.0, "saved searches are not supported"));
        }
        (None, []) => return Err(call.missing("search=\"…\"")),
        (_, [.., other]) => return Err(call.unexpected(other)),
    };
    let map = Map {
        template,
        most: split.options.count("maxsearches", SEARCHES)?.min(MOST_SEARCHES),
        context: call.context.clone(),
        at,
    };
    // What is wrong with it whatever the values are is said before anything runs.
    map.plan(&fill(&map.template, &mut |_| Some("0".into())).unwrap_or_default())?;
    Ok(Box::new(map))
}

struct Map {
    template: String,
    most: usize,
    context: Context,
    at: Span,
}

impl Command for Map {
    fn kind(&self) -> Kind {
        Kind::DatasetProcessing
    }

    fn needs(&self, _: &FieldSet) -> FieldSet {
        let mut needs = FieldSet::none();
        let _ = fill(&self.template, &mut |name| {
            needs.insert(name);
            Some(Cow::Borrowed(""))
        });
        needs
    }

    fn run(&self, _: Batch) -> Result<Batch, Box<Diagnostic>> {
        Err(Box::new(alone()))
    }

    fn run_in(&self, rows: Batch, env: &mut Env<'_>) -> Result<Batch, Stop> {
        let (mut searches, mut lacking) = (Vec::new(), 0);
        for row in 0..rows.rows().min(self.most) {
            match self.of_row(&rows, row) {
                Some(text) => searches.push(self.plan(&text)?),
                None => lacking += 1,
            }
        }
        let results = env.results(&searches)?;
        if lacking > 0 {
            let message =
                format!("map left out {lacking} of {} rows, which lack a field of its search", rows.rows());
            env.warn(Diagnostic::warning("engine/map-missing-field", message).at(self.at, "of this search"));
        }
        if rows.rows() > self.most {
            let message = format!("map ran {} searches for {} rows", self.most, rows.rows());
            let warning = Diagnostic::warning("engine/map-cut", message).at(self.at, "this search");
            env.warn(warning.help("set maxsearches higher"));
        }
        Ok(concat(&results))
    }

    fn asks_later(&self) -> bool {
        true
    }
}

impl Map {
    /// The search for a row; `None` when the row lacks one of its fields.
    fn of_row(&self, rows: &Batch, row: usize) -> Option<String> {
        fill(&self.template, &mut |name| {
            if name == "_serial_id" {
                return Some(Cow::Owned((row + 1).to_string()));
            }
            match rows.cell(name, row) {
                Cell::Null => None,
                Cell::Text(text) => Some(Cow::Owned(text.to_owned())),
                other => Some(Cow::Owned(cell_text(other))),
            }
        })
    }

    fn plan(&self, text: &str) -> Result<Arc<Plan>, Box<Diagnostic>> {
        let plan = grotto_spl::parse(text)
            .and_then(|search| Plan::nested(&search, &self.context, usize::MAX, self.at));
        plan.map_err(|mut problem| {
            problem.labels.clear();
            problem.fix = None;
            Box::new(problem.at(self.at, "in this search"))
        })
    }
}

/// The template with values in place of `$field$`; `None` when one has none.
///
/// What a value holds can't change the search around it: inside quotes, quotes and backslashes are escaped; outside, the
/// word that the value is part of is put into quotes unless it is plain.
fn fill<'v>(template: &str, value: &mut dyn FnMut(&str) -> Option<Cow<'v, str>>) -> Option<String> {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    let mut quoted = false;
    while let Some(c) = rest.chars().next() {
        if let Some((kept, after)) = doubled(rest) {
            out.push_str(kept);
            rest = after;
        } else if quoted {
            if let Some((name, after)) = token(rest) {
                out.push_str(&escaped(&value(name)?));
                rest = after;
                continue;
            }
            let length =
                if c == '\\' { 1 + rest[1..].chars().next().map_or(0, char::len_utf8) } else { c.len_utf8() };
            out.push_str(&rest[..length]);
            rest = &rest[length..];
            quoted = c != '"';
        } else if word_char(c) {
            let (word, after) = word(rest, value)?;
            out.push_str(&word);
            rest = after;
        } else {
            out.push(c);
            rest = &rest[c.len_utf8()..];
            quoted = c == '"';
        }
    }
    Some(out)
}

/// A word outside of quotes with its values, and what comes after it.
fn word<'t, 'v>(
    text: &'t str,
    value: &mut dyn FnMut(&str) -> Option<Cow<'v, str>>,
) -> Option<(String, &'t str)> {
    let (mut word, mut rest, mut plain) = (String::new(), text, true);
    while let Some(c) = rest.chars().next().filter(|c| word_char(*c)) {
        if let Some((kept, after)) = doubled(rest) {
            word.push_str(kept);
            rest = after;
        } else if let Some((name, after)) = token(rest) {
            let value = value(name)?;
            plain &= !value.is_empty()
                && value.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | ':' | '-'));
            word.push_str(&escaped(&value));
            rest = after;
        } else {
            word.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    Some((if plain { word } else { format!("\"{word}\"") }, rest))
}

/// The `$field$` of a `$$field$$` that the text begins with, which is left for a search inside, and what comes after it.
fn doubled(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_prefix('$')?;
    let (_, after) = token(inner)?;
    Some((&inner[..inner.len() - after.len()], after.strip_prefix('$')?))
}

/// The name of the `$field$` that the text begins with, and what comes after it.
fn token(text: &str) -> Option<(&str, &str)> {
    let (name, after) = text.strip_prefix('$')?.split_once('$')?;
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | ':' | '-' | '{' | '}' | '@');
    (!name.is_empty() && name.chars().all(plain)).then_some((name, after))
}

fn word_char(c: char) -> bool {
    !c.is_whitespace()
        && !matches!(c, '"' | '(' | ')' | '[' | ']' | '|' | ',' | '=' | '<' | '>' | '!' | '`' | '+')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_filled_in() {
        let filled = |template: &str, value: &'static str| {
            fill(template, &mut |name| (name != "missing").then_some(Cow::Borrowed(value)))
        };
        for (template, value, text) in [
            ("search id=$id$ x", "0x1f", "search id=0x1f x"),
            ("search id=$id$", "a b", "search id=\"a b\""),
            ("search id=\"$id$\"", "a \"b\\", "search id=\"a \\\"b\\\\\""),
            ("search id=*$id$*", "C:\\x", "search id=\"*C:\\\\x*\""),
            ("search $id$ | table x", "x | delete", "search \"x | delete\" | table x"),
            ("search a=$id$", "1 ] | [", "search a=\"1 ] | [\""),
            ("search a=$id$", "", "search a=\"\""),
            ("eval a=$a$*2, b=\"\\\"$a$\"", "7", "eval a=7*2, b=\"\\\"7\""),
            ("search a=$$id$$ | x \"$$id$$\"", "7", "search a=$id$ | x \"$id$\""),
            ("where match(a, \"x$\") OR match(b, \"y$\")", "7", "where match(a, \"x$\") OR match(b, \"y$\")"),
        ] {
            assert_eq!(filled(template, value).unwrap(), text, "{template}");
        }
        assert_eq!(filled("search a=$missing$", ""), None);
    }
}
