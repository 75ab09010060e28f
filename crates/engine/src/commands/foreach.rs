//! `foreach`: runs commands for each of some fields, or for each value of one.

mod items;
mod template;

use super::{Build, Call, Example, Spec};
use crate::Context;
use crate::memory::{Chunks, Rows};
use crate::pipeline::{Command, Env, FieldSet, Kind, Pattern, Stop, is_hidden, run_all_chunks};
use crate::plan::commands_of;
use grotto_diag::Diagnostic;
use grotto_events::Batch;
use grotto_spl::ast::{Arg, Search};
use items::{Items, Source};
use template::Names;

pub(super) static FOREACH: Spec = Spec {
    name: "foreach",
    aliases: &[],
    summary: "Runs commands for each field that fits, with its name in place of <<FIELD>> and what the wildcards stand for \
              in place of <<MATCHSTR>>, <<MATCHSEG1>> and so on; or an eval for each value of a multivalue field or \
              element of a JSON array, with the value in place of <<ITEM>> and its number, from 0, in place of <<ITER>>.",
    syntax: "foreach [mode=multifield|multivalue|json_array|auto_collections] <fields> [fieldstr=<text>] [matchstr=<text>] \
             [matchseg1=<text>] [matchseg2=<text>] [matchseg3=<text>] [itemstr=<text>] [iterstr=<text>] [<commands>]",
    kind: Kind::DatasetProcessing,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/foreach",
    deviations: &[],
    assumptions: &["foreach-named-fields"],
    examples: &[
        Example {
            spl: "| foreach * [eval <<FIELD>>=if(<<FIELD>>=\"null\", null(), <<FIELD>>)]",
            input: r#"[{"a": "null", "b": "x"}, {"a": "y", "b": "null"}]"#,
            expected: r#"[{"b": "x"}, {"a": "y"}]"#,
        },
        Example {
            spl: "| foreach stdev_* [eval high=if('<<MATCHSTR>>' > 'avg_<<MATCHSTR>>' + 3*'<<FIELD>>', \"<<MATCHSTR>> is high\", high)] | table high",
            input: r#"[{"net.io": 50, "avg_net.io": 10, "stdev_net.io": 2}, {"net.io": 12, "avg_net.io": 10, "stdev_net.io": 2}]"#,
            expected: r#"[{"high": "net.io is high"}, {}]"#,
        },
        Example {
            spl: "| eval sum=0 | foreach mode=multivalue n [eval sum=sum+<<ITEM>>] | table sum",
            input: r#"[{"n": ["1", "2", "3"]}, {"n": "7"}, {"m": 1}]"#,
            expected: r#"[{"sum": 6}, {"sum": 7}, {"sum": 0}]"#,
        },
    ],
    build: Build::Command(build),
};

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let strings = ["fieldstr", "matchstr", "matchseg1", "matchseg2", "matchseg3", "itemstr", "iterstr"];
    let mut known = vec!["mode"];
    known.extend(strings);
    let split = call.split(&known)?;
    let mut names = Names::default();
    for (option, name) in strings.into_iter().zip(names.all()) {
        if let Some(text) = split.options.text(option)? {
            *name = text;
        }
    }
    let (search, before) = call.one_search(&split.rest)?;
    let fields = call.patterns(&before)?;
    let mode = split.options.text("mode")?.unwrap_or_else(|| "multifield".to_owned());
    let source = match mode.to_ascii_lowercase().as_str() {
        "multifield" => {
            let mut each = Fields {
                chosen: fields,
                template: search.clone(),
                names,
                context: call.context.clone(),
                asks: false,
            };
            // What is wrong with it whatever the fields are is said before anything runs.
            let commands = commands_of(&each.filled("field", &["field"; 3]).stages, call.context)?;
            each.asks = commands.iter().any(|command| command.asks_later() || !command.searches().is_empty());
            return Ok(Box::new(each));
        }
        "multivalue" => Source::Values,
        "json_array" => Source::Json,
        "auto_collections" => Source::Either,
        _ => {
            let at = split.options.get("mode").map(Arg::span).unwrap_or_default();
            return Err(call.bad(at, "the mode is multifield, multivalue, json_array or auto_collections"));
        }
    };
    let [field] = fields.as_slice() else {
        return Err(call.bad(call.name_span(), "one field is enough in this mode"));
    };
    if !field.is_plain() {
        return Err(call.bad(call.name_span(), "this mode takes a field without wildcards"));
    }
    if let Some(stage) = search.stages.iter().find(|stage| stage.command().as_deref() != Some("eval")) {
        return Err(call.unsupported(stage.at.0, "only eval can be run for each value"));
    }
    let evals = commands_of(&names.of_items(search).stages, call.context)?;
    Ok(Box::new(Items { field: field.text().to_string(), source, evals }))
}

/// For each of some fields.
struct Fields {
    chosen: Vec<Pattern>,
    template: Search,
    names: Names,
    context: Context,
    /// Whether the commands need the results of other searches.
    asks: bool,
}

impl Fields {
    /// The commands for a field.
    fn filled(&self, field: &str, captures: &[&str]) -> Search {
        self.names.of_field(&self.template, field, captures)
    }

    /// The commands for all fields of some rows that are meant.
    fn commands(&self, rows: &Batch) -> Result<Vec<Box<dyn Command>>, Box<Diagnostic>> {
        let mut commands = Vec::new();
        for (field, captures) in self.of(rows) {
            let captures: Vec<&str> = captures.iter().map(String::as_str).collect();
            commands.extend(commands_of(&self.filled(&field, &captures).stages, &self.context)?);
        }
        Ok(commands)
    }

    /// The fields of some rows that are meant, in the order of the patterns and of the columns, with what the wildcards
    /// stand for.
    fn of(&self, rows: &Batch) -> Vec<(String, Vec<String>)> {
        let mut out: Vec<(String, Vec<String>)> = Vec::new();
        for pattern in &self.chosen {
            if pattern.is_plain() {
                out.push((pattern.text().to_string(), Vec::new()));
                continue;
            }
            for name in rows.names().filter(|name| !is_hidden(name)) {
                if let Some(captures) = pattern.captures(name)
                    && out.iter().all(|(known, _)| **known != **name)
                {
                    out.push((name.to_string(), captures.into_iter().map(str::to_owned).collect()));
                }
            }
        }
        out
    }
}

impl Command for Fields {
    fn kind(&self) -> Kind {
        Kind::DatasetProcessing
    }

    fn needs(&self, _: &FieldSet) -> FieldSet {
        // The commands can name any field.
        FieldSet::all()
    }

    fn run(&self, rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        self.run_in(rows, &mut Env::new(&crate::pipeline::Answers::default())).map_err(|stop| match stop {
            Stop::Failed(problem) => problem,
            Stop::Waits => Box::new(crate::plan::alone()),
        })
    }

    fn run_in(&self, mut rows: Batch, env: &mut Env<'_>) -> Result<Batch, Stop> {
        for command in self.commands(&rows)? {
            rows = command.run_in(rows, env)?;
        }
        Ok(rows)
    }

    fn run_chunks(&self, rows: &Chunks, env: &mut Env<'_>) -> Result<Option<Rows>, Stop> {
        // All chunks have the same columns.
        run_all_chunks(&self.commands(&rows.none()?)?, rows, env).map(Some)
    }

    fn asks_later(&self) -> bool {
        self.asks
    }
}
