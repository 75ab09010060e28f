//! `lookup`: adds the fields of a table to the rows whose values it holds.

use super::{Build, Call, Example, Spec};
use crate::lookup::{Join, Output};
use crate::pipeline::{Command, FieldSet, Kind};
use crate::predicate::{Formula, Predicate};
use grotto_diag::Diagnostic;
use grotto_events::Batch;
use grotto_spl::ast::{Arg, Word};
use grotto_spl::text;
use std::sync::Arc;

pub(super) static LOOKUP: Spec = Spec {
    name: "lookup",
    aliases: &[],
    summary: "Compares fields with columns of a lookup and adds the other columns of the rows that match; several \
              rows give multivalue fields.",
    syntax: "lookup [local=<bool>] [update=<bool>] <lookup or file> <column> [AS <field>], ... \
             [OUTPUT | OUTPUTNEW <column> [AS <field>], ...]",
    kind: Kind::DistributableStreaming,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/lookup",
    deviations: &[
        "`local` and `update` change nothing: tables are read once and everything runs in one place",
    ],
    assumptions: &[
        "lookup-csv-blanks",
        "lookup-empty-cell",
        "lookup-miss-keeps",
        "lookup-missing-key",
        "lookup-multivalue-key",
        "lookup-outputnew-by-field",
    ],
    examples: &[
        Example {
            spl: "| lookup example_tools tool AS process OUTPUT kind",
            input: r#"[{"process": "PSEXEC64.exe"}, {"process": "calc.exe"}, {"n": 1}]"#,
            expected: r#"[{"process": "PSEXEC64.exe", "kind": "remote"}, {"process": "calc.exe", "kind": "false"}, {"n": 1}]"#,
        },
        Example {
            spl: "| lookup example_nets.csv net AS ip",
            input: r#"[{"ip": "10.1.2.3", "zone": "old"}, {"ip": "8.8.8.8", "zone": "old"}]"#,
            expected: r#"[{"ip": "10.1.2.3", "zone": "old"}, {"ip": "8.8.8.8", "zone": "old"}]"#,
        },
        Example {
            spl: "| lookup example_nets net AS ip OUTPUTNEW zone, owner AS who",
            input: r#"[{"ip": "10.1.2.3", "zone": "old"}, {"ip": "10.9.9.9"}]"#,
            expected: r#"[{"ip": "10.1.2.3", "zone": "old", "who": ["ann", "bob"]}, {"ip": "10.9.9.9", "zone": "inside", "who": "ann"}]"#,
        },
        Example {
            spl: "| lookup example_shifts user OUTPUT shift",
            input: r#"[{"_time": 1500, "user": "ann"}, {"_time": 1200, "user": "ann"}, {"_time": 10, "user": "ann"}]"#,
            expected: r#"[{"_time": 1500, "user": "ann", "shift": "late"}, {"_time": 1200, "user": "ann", "shift": "early"}, {"_time": 10, "user": "ann"}]"#,
        },
    ],
    build: Build::Command(build),
};

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let split = call.split(&["local", "update", "event_time_field"])?;
    for option in ["local", "update"] {
        split.options.flag(option, false)?;
    }
    let mut rest = split.rest.into_iter();
    let name = match rest.next() {
        None => return Err(call.missing("a lookup")),
        Some(arg) => arg.word().ok_or_else(|| call.unexpected(arg))?,
    };
    let (mut keys, mut outputs, mut output) = (Vec::new(), Vec::new(), None);
    for arg in rest {
        if let Arg::Word(word) = arg
            && output.is_none()
        {
            output = match () {
                () if word.is_keyword("output") => Some(Output::Overwrite),
                () if word.is_keyword("outputnew") => Some(Output::KeepExisting),
                () => None,
            };
            if output.is_some() {
                continue;
            }
        }
        let pair = pair(call, arg)?;
        if output.is_some() { outputs.push(pair) } else { keys.push(pair) }
    }
    if keys.is_empty() {
        return Err(call.missing("a field to compare"));
    }
    if output.is_some() && outputs.is_empty() {
        return Err(call.missing("a field after OUTPUT"));
    }
    let names = |pairs: &[(&Word, &Word)]| {
        pairs.iter().map(|(column, field)| (text::field(column), text::field(field))).collect()
    };
    let lookup =
        call.context.lookups.open(&text::argument(name)).map_err(|d| d.at(name.at.0, "this lookup"))?;
    let output = output.unwrap_or(Output::Overwrite);
    let join =
        Join::new(lookup.clone(), names(&keys), names(&outputs), output, call.context).map_err(|d| {
            let missing = keys.iter().chain(&outputs).find(|(column, _)| !lookup.has(&text::field(column)));
            d.at(missing.map_or(name.at.0, |(column, _)| column.at.0), "not a field of the lookup")
        })?;
    Ok(Box::new(Lookup(join)))
}

/// A column and a field, of one name unless said otherwise.
fn pair<'a>(call: &Call<'_>, arg: &'a Arg) -> Result<(&'a Word, &'a Word), Box<Diagnostic>> {
    match arg {
        Arg::Word(word) => Ok((word, word)),
        Arg::As { what, name } => Ok((what.word().ok_or_else(|| call.unexpected(arg))?, name)),
        _ => Err(call.unexpected(arg)),
    }
}

struct Lookup(Join);

impl Command for Lookup {
    fn kind(&self) -> Kind {
        Kind::DistributableStreaming
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        // Outputs stay needed: where nothing is found, the old values stay.
        let mut needs = after.clone();
        needs.extend(self.0.reads());
        needs
    }

    fn before(&self, after: &Arc<Predicate>) -> Formula {
        self.0.before(after)
    }

    fn leaves(&self, field: &str) -> bool {
        self.0.makes().all(|made| made != field)
    }

    fn run(&self, mut rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        let made: Vec<_> = self.0.columns(&rows).into_iter().map(|(name, c)| (name.to_owned(), c)).collect();
        for (name, column) in made {
            rows.set(name, column);
        }
        Ok(rows)
    }
}

#[cfg(test)]
mod tests {
    use crate::pipeline::testing::{check, plan};

    #[test]
    fn mistakes_are_said() {
        for (spl, slug, marked) in [
            ("| lookup", "spl/missing-argument", "lookup"),
            ("| lookup example_tools", "spl/missing-argument", "lookup"),
            ("| lookup example_tools tool OUTPUT", "spl/missing-argument", "lookup"),
            ("| lookup nothing_here a", "engine/lookup-unknown", "nothing_here"),
            ("| lookup example_empty a", "engine/lookup-no-content", "example_empty"),
            ("| lookup example_tools name", "engine/lookup-field", "name"),
            ("| lookup example_tools tool OUTPUT kind, colour AS c", "engine/lookup-field", "colour"),
            ("| lookup append=t example_tools tool", "engine/unsupported-option", "append"),
            ("| lookup update=maybe example_tools tool", "spl/bad-argument", "maybe"),
            ("| lookup example_tools tool [search x]", "spl/unexpected-argument", "[search x]"),
        ] {
            let error = plan(&format!("search * {spl}")).unwrap_err();
            let label = error.labels[0].span;
            assert_eq!(
                (error.slug, &format!("search * {spl}")[label.start..label.end]),
                (slug, marked),
                "{spl}"
            );
        }
    }

    #[test]
    fn no_output_clause_gives_all_other_columns() {
        check(
            "| lookup local=true example_nets net AS ip",
            r#"[{"ip": "10.1.2.3"}]"#,
            r#"[{"ip": "10.1.2.3", "zone": ["inside", "lab"], "owner": ["ann", "bob"]}]"#,
        );
    }

    #[test]
    fn multivalue_keys_and_outputs_onto_the_key() {
        check(
            "| lookup example_codes code OUTPUT meaning AS code",
            r#"[{"code": ["B", "A", "x"]}, {"code": "x"}, {"code": "a"}]"#,
            r#"[{"code": ["beta", "alpha"]}, {"code": "x"}, {"code": "a"}]"#,
        );
        check(
            "| lookup example_pairs a, b AS c OUTPUT n",
            r#"[{"a": ["1", "2"], "c": ["x", "y"]}, {"a": "2", "c": "y"}, {"a": "1"}]"#,
            r#"[{"a": ["1", "2"], "c": ["x", "y"], "n": ["1x", "1y", "2y"]}, {"a": "2", "c": "y", "n": "2y"}, {"a": "1"}]"#,
        );
    }

    #[test]
    fn defaults_fill_up_to_min_matches() {
        check(
            "| lookup example_tools tool AS t OUTPUT kind AS k",
            r#"[{"t": ["nmap", "zzz"]}, {"t": "", "k": "old"}]"#,
            r#"[{"t": ["nmap", "zzz"], "k": ["scan", "false"]}, {"t": "", "k": "false"}]"#,
        );
    }
}
