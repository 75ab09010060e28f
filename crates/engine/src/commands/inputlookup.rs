//! `inputlookup`: the rows of a lookup.

use super::{Begin, Build, Call, Example, Spec};
use crate::pipeline::{Command, FieldSet, Kind, concat};
use crate::plan::Head;
use crate::predicate::{Formula, Mask};
use grotto_diag::Diagnostic;
use grotto_events::Batch;
use grotto_spl::ast::{Arg, Word};
use grotto_spl::text;

pub(super) static INPUTLOOKUP: Spec = Spec {
    name: "inputlookup",
    aliases: &[],
    summary: "Begins a search with the rows of a lookup, or with append=t adds them to the rows that there are.",
    syntax: "inputlookup [append=<bool>] [strict=<bool>] [start=<count>] [max=<count>] <lookup or file> \
             [WHERE <search expression>]",
    kind: Kind::Generating,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/inputlookup",
    deviations: &["`strict` changes nothing: a table that can't be read always fails the search"],
    assumptions: &["inputlookup-max-before-where", "lookup-csv-blanks", "lookup-empty-cell"],
    examples: &[
        Example {
            spl: "| inputlookup example_tools",
            input: "[]",
            expected: r#"[{"tool": "PsExec*", "kind": "remote"}, {"tool": "nmap", "kind": "scan"}]"#,
        },
        Example {
            spl: "| inputlookup example_nets.csv WHERE zone=LAB OR owner=b*",
            input: "[]",
            expected: r#"[{"net": "10.1.0.0/16", "zone": "lab", "owner": "bob"}]"#,
        },
        Example {
            spl: "| fields code | inputlookup append=t start=1 max=1 example_codes",
            input: r#"[{"code": "Z"}]"#,
            expected: r#"[{"code": "Z"}, {"code": "B", "meaning": "beta"}]"#,
        },
    ],
    build: Build::Either { begin, build },
};

/// Splunk's `max` where none is given.
const MOST_ROWS: usize = 1_000_000_000;

fn begin(call: &Call<'_>) -> Result<Begin, Box<Diagnostic>> {
    let options = ["append", "strict", "start", "max"];
    begin_with(call, &options, text::argument)
}

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let options = ["append", "strict", "start", "max"];
    build_with(call, &options, text::argument)
}

/// A search that begins with the rows of the table that the command names. `name` tells which lookup a word means.
pub(super) fn begin_with(
    call: &Call<'_>,
    options: &[&str],
    name: impl Fn(&Word) -> String,
) -> Result<Begin, Box<Diagnostic>> {
    let (rows, _) = rows(call, options, name)?;
    // Rows of a head are put in the order of events; those of a table keep theirs.
    Ok(Begin { head: Head::Rows(Batch::new(0)), command: Some(Box::new(Table(rows))) })
}

/// The rows of the table after those that there are; that must be asked for with `append=t`.
pub(super) fn build_with(
    call: &Call<'_>,
    options: &[&str],
    name: impl Fn(&Word) -> String,
) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let (rows, append) = rows(call, options, name)?;
    if !append {
        return Err(Box::new(
            Diagnostic::error(
                "engine/not-first",
                format!("`{}` must be the first command of a search", call.name),
            )
            .at(call.name_span(), "not first here")
            .help("with append=t it adds its rows to those that there are"),
        ));
    }
    Ok(Box::new(Table(rows)))
}

/// The rows, and whether they are to be appended.
fn rows(
    call: &Call<'_>,
    options: &[&str],
    name: impl Fn(&Word) -> String,
) -> Result<(Batch, bool), Box<Diagnostic>> {
    let split = call.split(options)?;
    let append = split.options.flag("append", false)?;
    split.options.flag("strict", false)?;
    let (start, max) = (split.options.count("start", 0)?, split.options.count("max", MOST_ROWS)?);
    let (mut named, mut condition): (Option<&Word>, Option<Formula>) = (None, None);
    for arg in split.rest {
        match arg {
            Arg::Word(word) if named.is_none() => named = Some(word),
            Arg::Where(tree) if condition.is_none() => {
                condition = Some(Formula::compile(tree, call.context)?);
            }
            other => return Err(call.unexpected(other)),
        }
    }
    let Some(word) = named else { return Err(call.missing("a lookup or file")) };
    let lookup = call.context.lookups.open(&name(word)).map_err(|d| d.at(word.at.0, "this lookup"))?;
    let Some(table) = lookup.table() else {
        return Err(call.unsupported(word.at.0, "this lookup is calculated and has no rows"));
    };
    let rows = table.batch().slice(start, max);
    let rows = match condition.map(|formula| formula.mask(&rows)) {
        None | Some(Mask::All) => rows,
        Some(Mask::None) => rows.slice(0, 0),
        Some(Mask::Bits(bits)) => rows.filter(&bits),
    };
    Ok((rows, append))
}

/// Adds rows that are known.
struct Table(Batch);

impl Command for Table {
    fn kind(&self) -> Kind {
        Kind::DatasetProcessing
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        after.clone()
    }

    fn run(&self, rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        Ok(if rows.rows() == 0 { self.0.clone() } else { concat(&[rows, self.0.clone()]) })
    }
}

#[cfg(test)]
mod tests {
    use crate::pipeline::testing::{check, plan};

    #[test]
    fn start_and_max_count_rows_of_the_file() {
        check("| inputlookup example_codes start=1", "[]", r#"[{"code": "B", "meaning": "beta"}]"#);
        check("| inputlookup max=1 example_codes where code=B", "[]", "[]");
        check("| inputlookup start=9 example_codes", "[]", "[]");
    }

    #[test]
    fn other_searches_read_it() {
        check(
            "search [| inputlookup example_codes | fields code | rename code as kind]",
            r#"[{"kind": "b"}, {"kind": "c"}]"#,
            r#"[{"kind": "b"}]"#,
        );
    }

    #[test]
    fn mistakes_are_said() {
        for (spl, slug) in [
            ("| inputlookup", "spl/missing-argument"),
            ("| inputlookup nothing_here", "engine/lookup-unknown"),
            ("| inputlookup example_empty", "engine/lookup-no-content"),
            ("| inputlookup a b", "spl/unexpected-argument"),
            ("| inputlookup colour=red a", "engine/unsupported-option"),
            ("search * | inputlookup example_codes", "engine/not-first"),
        ] {
            assert_eq!(plan(spl).unwrap_err().slug, slug, "{spl}");
        }
    }
}
