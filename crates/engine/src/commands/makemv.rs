//! `makemv`: splits text into a multivalue field.

use super::{Build, Call, Example, Spec};
use crate::Value;
use crate::pattern::Pattern;
use crate::pipeline::{Command, FieldSet, Kind, columns};
use grotto_diag::Diagnostic;
use grotto_events::Batch;
use grotto_spl::text;

pub(super) static MAKEMV: Spec = Spec {
    name: "makemv",
    aliases: &[],
    summary: "Splits the text of a field at a delimiter, a blank by default, or into the matches of the first group of \
              a regular expression.",
    syntax: "makemv [delim=<text> | tokenizer=<regular expression>] [allowempty=<bool>] [setsv=<bool>] <field>",
    kind: Kind::DistributableStreaming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/makemv",
    deviations: &["`setsv=true` is not supported: a field has either one value or several"],
    assumptions: &[],
    examples: &[
        Example {
            spl: "| makemv delim=\",\" users",
            input: r#"[{"users": "a,b,,c"}, {"users": "d"}]"#,
            expected: r#"[{"users": ["a", "b", "c"]}, {"users": "d"}]"#,
        },
        Example {
            spl: "| makemv tokenizer=\"(\\d+)\" n",
            input: r#"[{"n": "1;2 x 3"}]"#,
            expected: r#"[{"n": ["1", "2", "3"]}]"#,
        },
        Example {
            spl: "| makemv delim=\",\" allowempty=true users",
            input: r#"[{"users": "a,,b"}]"#,
            expected: r#"[{"users": ["a", "", "b"]}]"#,
        },
    ],
    build: Build::Command(build),
};

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let split = call.split(&["delim", "tokenizer", "allowempty", "setsv"])?;
    if split.options.flag("setsv", false)?
        && let Some(word) = split.options.word("setsv")?
    {
        return Err(call.unsupported(word.at.0, "a field can't have one value and several at a time"));
    }
    let field = call.one_field(&split.rest)?;
    let splitter = match split.options.word("tokenizer")? {
        Some(word) => Splitter::Pattern(Pattern::compile(&text::argument(word), word.at.0)?),
        None => Splitter::Text(split.options.text("delim")?.unwrap_or_else(|| " ".to_owned())),
    };
    Ok(Box::new(Makemv { field, splitter, allow_empty: split.options.flag("allowempty", false)? }))
}

enum Splitter {
    Text(String),
    Pattern(Pattern),
}

struct Makemv {
    field: String,
    splitter: Splitter,
    allow_empty: bool,
}

impl Command for Makemv {
    fn kind(&self) -> Kind {
        Kind::DistributableStreaming
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        after.clone()
    }

    fn run(&self, mut rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        let Some(column) = rows.column(&self.field) else { return Ok(rows) };
        let value = |row| {
            let parts = columns::texts(column.cell(row)).into_iter().flat_map(|text| self.split(&text));
            Value::list(parts.filter(|part| self.allow_empty || !part.is_empty()).collect())
        };
        let column = columns::column(&(0..rows.rows()).map(value).collect::<Vec<_>>());
        rows.set(self.field.as_str(), column);
        Ok(rows)
    }
}

impl Makemv {
    fn split(&self, text: &str) -> Vec<String> {
        match &self.splitter {
            Splitter::Text(delimiter) if delimiter.is_empty() => vec![text.to_owned()],
            Splitter::Text(delimiter) => text.split(delimiter.as_str()).map(str::to_owned).collect(),
            Splitter::Pattern(pattern) => {
                let found = pattern.find_all(text, usize::MAX);
                found
                    .iter()
                    .filter_map(|groups| groups.text(1, text).or(groups.text(0, text)))
                    .map(str::to_owned)
                    .collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::pipeline::testing::{check, plan};

    #[test]
    fn one_value_and_several_are_too_many() {
        check("| makemv setsv=f delim=\",\" a", r#"[{"a": "1,2"}]"#, r#"[{"a": ["1", "2"]}]"#);
        assert_eq!(plan("| makemv setsv=t a").expect_err("both").slug, "engine/unsupported-argument");
        assert_eq!(plan("| makemv setsv=x a").expect_err("neither").slug, "spl/bad-argument");
    }
}
