//! `outputlookup`: writes the rows as a lookup table; they go on as they are.

use super::{Build, Call, Example, Spec};
use crate::lookup::{Lookups, Written};
use crate::pipeline::{Command, Env, FieldSet, Kind, Stop};
use grotto_diag::{Diagnostic, Span};
use grotto_events::Batch;
use grotto_spl::ast::Arg;
use grotto_spl::text;

pub(super) static OUTPUTLOOKUP: Spec = Spec {
    name: "outputlookup",
    aliases: &[],
    summary: "Writes the rows as a lookup table, where the user gave a folder for that; the rows go on as they are.",
    syntax: "outputlookup [append=<bool>] [create_empty=<bool>] [override_if_empty=<bool>] [max=<count>] \
             [key_field=<field>] [allow_updates=<bool>] [createinapp=<bool>] <lookup or file>",
    kind: Kind::DatasetProcessing,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/outputlookup",
    deviations: &[
        "nothing is written unless a folder was given for it, and then a CSV file in that folder, also for a \
         key-value collection; searches of the same run don't see it",
        "values of a multivalue field become lines of one value; `output_format` can't change that",
        "`createinapp`, `create_context` and `allow_updates` change nothing",
    ],
    assumptions: &[],
    examples: &[
        Example {
            spl: "| table a | outputlookup seen.csv",
            input: r#"[{"a": "1", "b": "x"}]"#,
            expected: r#"[{"a": "1"}]"#,
        },
        Example {
            spl: "| outputlookup append=t key_field=a max=1 seen | stats count",
            input: r#"[{"a": "1"}, {"a": "2"}]"#,
            expected: r#"[{"count": 2}]"#,
        },
    ],
    build: Build::Command(build),
};

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let split = call.split(&[
        "append",
        "create_empty",
        "override_if_empty",
        "max",
        "key_field",
        "allow_updates",
        "createinapp",
        "create_context",
        "output_format",
    ])?;
    let options = &split.options;
    for option in ["allow_updates", "createinapp"] {
        options.flag(option, false)?;
    }
    if let Some(word) = options.word("output_format")?
        && !text::argument(word).eq_ignore_ascii_case("splunk_sv_csv")
    {
        return Err(call.unsupported(word.at.0, "the only format of output is splunk_sv_csv"));
    }
    let name = match split.rest.as_slice() {
        [] => return Err(call.missing("a lookup or file")),
        [Arg::Word(word)] => text::argument(word),
        [Arg::Word(_), other, ..] | [other, ..] => return Err(call.unexpected(other)),
    };
    let key = options.word("key_field")?.map(text::field);
    Ok(Box::new(Write {
        file: call.context.lookups.file_to_write(&name),
        table: name,
        // A key says which rows are replaced: the others stay.
        append: options.flag("append", false)? || key.is_some(),
        key,
        keep_if_empty: !(options.flag("override_if_empty", true)? && options.flag("create_empty", true)?),
        max: options.count("max", usize::MAX)?,
        lookups: call.context.lookups.clone(),
        at: call.name_span(),
    }))
}

/// Writes rows to a file.
pub(super) struct Write {
    pub(super) file: String,
    pub(super) table: String,
    pub(super) append: bool,
    pub(super) key: Option<String>,
    pub(super) keep_if_empty: bool,
    pub(super) max: usize,
    pub(super) lookups: Lookups,
    pub(super) at: Span,
}

impl Command for Write {
    fn kind(&self) -> Kind {
        Kind::DatasetProcessing
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        // All that there is is written. When nobody takes it, only what comes after matters.
        if self.lookups.takes_writes() { FieldSet::all() } else { after.clone() }
    }

    fn run(&self, rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        self.lookups.write(Written {
            table: self.table.clone(),
            file: self.file.clone(),
            rows: rows.slice(0, self.max),
            append: self.append,
            key: self.key.clone(),
            keep_if_empty: self.keep_if_empty,
        });
        Ok(rows)
    }

    fn run_in(&self, rows: Batch, env: &mut Env<'_>) -> Result<Batch, Stop> {
        if !self.lookups.takes_writes() {
            let message =
                format!("{} was not written: no folder was given for what searches write", self.file);
            let warning = Diagnostic::warning("lookup/not-written", message).at(self.at, "not written");
            env.warn(warning.help("name a folder with --write-lookups"));
            return Ok(rows);
        }
        Ok(self.run(rows)?)
    }
}

#[cfg(test)]
mod tests {
    use crate::pipeline::testing::{answer_once, context, plan, warnings};
    use crate::plan::Plan;

    #[test]
    fn without_a_folder_nothing_is_written_and_that_is_said() {
        let said = warnings("| outputlookup ../x", r#"[{"a": "1"}]"#);
        assert_eq!(said.len(), 1);
        assert_eq!(said[0].0, "lookup/not-written");
        assert!(said[0].1.contains("_x.csv was not written"), "{}", said[0].1);
    }

    #[test]
    fn rows_are_handed_over() {
        let context = context();
        context.lookups.accept_writes();
        let tree = grotto_spl::parse("search * | outputlookup append=t max=1 example_tools").unwrap();
        let plan = Plan::compile(&tree, &context).unwrap();
        let answer = answer_once(plan, r#"[{"a": "1"}, {"a": "2"}]"#);
        assert_eq!((answer.rows.unwrap().rows(), answer.warnings.len()), (2, 0));
        let written = context.lookups.written();
        assert_eq!(written.len(), 1);
        assert_eq!(
            (written[0].file.as_str(), written[0].rows.rows(), written[0].append),
            ("example_tools.csv", 1, true)
        );
    }

    #[test]
    fn mistakes_are_said() {
        for (spl, slug) in [
            ("* | outputlookup", "spl/missing-argument"),
            ("* | outputlookup a b", "spl/unexpected-argument"),
            ("* | outputlookup output_format=splunk_mv_csv a", "engine/unsupported-argument"),
            ("* | outputlookup x=1 a", "engine/unsupported-option"),
        ] {
            assert_eq!(plan(spl).unwrap_err().slug, slug, "{spl}");
        }
    }
}
