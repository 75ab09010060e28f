//! `inputcsv`: the rows of a CSV file.

use super::{Begin, Build, Call, Example, Spec, inputlookup};
use crate::pipeline::{Command, Kind};
use grotto_diag::Diagnostic;
use grotto_spl::ast::Word;
use grotto_spl::text;

pub(super) static INPUTCSV: Spec = Spec {
    name: "inputcsv",
    aliases: &[],
    summary: "Begins a search with the rows of a CSV file, or with append=t adds them to the rows that there are.",
    syntax: "inputcsv [append=<bool>] [strict=<bool>] [start=<count>] [max=<count>] <file> [WHERE <search expression>]",
    kind: Kind::Generating,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/inputcsv",
    deviations: &[
        "`dispatch` and `events` are not supported",
        "files come from where lookups come from, not from a folder of the server",
        "`strict` changes nothing: a table that can't be read always fails the search",
    ],
    assumptions: &["inputlookup-max-before-where", "lookup-csv-blanks", "lookup-empty-cell"],
    examples: &[
        Example {
            spl: "| inputcsv example_codes",
            input: "[]",
            expected: r#"[{"code": "A", "meaning": "alpha"}, {"code": "B", "meaning": "beta"}]"#,
        },
        Example {
            spl: "| inputcsv start=1 example_codes.csv",
            input: "[]",
            expected: r#"[{"code": "B", "meaning": "beta"}]"#,
        },
    ],
    build: Build::Either { begin, build },
};

const OPTIONS: [&str; 4] = ["append", "strict", "start", "max"];

fn begin(call: &Call<'_>) -> Result<Begin, Box<Diagnostic>> {
    inputlookup::begin_with(call, &OPTIONS, file)
}

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    inputlookup::build_with(call, &OPTIONS, file)
}

/// A name without ending is that of a `.csv`.
pub(super) fn file(word: &Word) -> String {
    let name = text::argument(word);
    if name.to_ascii_lowercase().ends_with(".csv") { name } else { format!("{name}.csv") }
}
