//! `return`: passes values of the first rows up to the search around a subsearch.

use super::format::of_text;
use super::{Build, Call, Example, Spec};
use crate::pipeline::{Command, FieldSet, Kind, columns};
use grotto_diag::Diagnostic;
use grotto_events::Batch;
use grotto_spl::ast::Arg;
use grotto_spl::text::{self, escaped};

pub(super) static RETURN: Spec = Spec {
    name: "return",
    aliases: &[],
    summary: "Makes one row with a field called search of the first rows, one unless a count says otherwise: \
              field=\"value\", under another name with alias=field, or the bare value with $field.",
    syntax: "return [<count>] [<alias>=<field>]... [<field>]... [$<field>]...",
    kind: Kind::Transforming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/return",
    deviations: &[],
    assumptions: &["subsearch-values-escaped"],
    examples: &[
        Example {
            spl: "| return 2 user src=ip",
            input: r#"[{"user": "ann", "ip": "10.0.0.1"}, {"user": "bob"}, {"user": "eve"}]"#,
            expected: r#"[{"search": "(user=\"ann\" src=\"10.0.0.1\") OR (user=\"bob\")"}]"#,
        },
        Example {
            spl: "| return $user",
            input: r#"[{"user": "ann"}, {"user": "bob"}]"#,
            expected: r#"[{"search": "ann"}]"#,
        },
        Example {
            spl: "user=[search admin=1 | return $user] | table n",
            input: r#"[{"user": "ann", "n": 1}, {"user": "bob", "n": 2, "admin": 1}, {"user": "bob", "n": 3}]"#,
            expected: r#"[{"n": 2}, {"n": 3}]"#,
        },
    ],
    build: Build::Command(build),
};

/// What is written of a field.
enum Item {
    /// `name="value"`
    Named(String),
    /// `value`
    Bare,
}

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let (mut count, mut items) = (1, Vec::new());
    for (number, arg) in call.args.iter().enumerate() {
        match arg {
            Arg::Word(word) if number == 0 && word.raw.parse::<usize>().is_ok() => {
                count = word.raw.parse().unwrap_or(1);
            }
            Arg::Word(word) => {
                let name = text::field(word);
                items.push(match name.strip_prefix('$') {
                    Some(field) => (field.to_owned(), Item::Bare),
                    None => (name.clone(), Item::Named(name)),
                });
            }
            Arg::Option { name, value, negated: false } => {
                let field = value.word().ok_or_else(|| call.unexpected(value))?;
                items.push((text::field(field), Item::Named(text::field(name))));
            }
            other => return Err(call.unexpected(other)),
        }
    }
    if items.is_empty() {
        return Err(call.missing("a field"));
    }
    Ok(Box::new(Return { count, items }))
}

struct Return {
    count: usize,
    items: Vec<(String, Item)>,
}

impl Command for Return {
    fn kind(&self) -> Kind {
        Kind::Transforming
    }

    fn needs(&self, _: &FieldSet) -> FieldSet {
        FieldSet::of(self.items.iter().map(|(field, _)| field))
    }

    fn run(&self, rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        let rows: Vec<String> =
            (0..rows.rows().min(self.count)).filter_map(|row| self.row(&rows, row)).collect();
        Ok(match rows.as_slice() {
            [] => Batch::new(0),
            [one] => of_text(one),
            many => of_text(&format!("({})", many.join(") OR ("))),
        })
    }

    fn prunes(&self) -> bool {
        true
    }

    fn prune(&self, rows: &Batch) -> Batch {
        rows.slice(0, self.count)
    }
}

impl Return {
    /// What a row gives, if it has any of the fields.
    fn row(&self, rows: &Batch, row: usize) -> Option<String> {
        let parts: Vec<String> = self
            .items
            .iter()
            .filter_map(|(field, item)| {
                let value = columns::texts(rows.cell(field, row)).into_iter().next()?;
                Some(match item {
                    Item::Named(name) => format!("{name}=\"{}\"", escaped(&value)),
                    Item::Bare => bare(value),
                })
            })
            .collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    }
}

/// A value that stands alone; in quotes where it would be several words or none.
fn bare(value: String) -> String {
    let word =
        |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | ':' | '-' | '@' | '/' | '*' | '+' | '%');
    if !value.is_empty() && value.chars().all(word) { value } else { format!("\"{}\"", escaped(&value)) }
}
