//! `outputcsv`: writes the rows to a CSV file; they go on as they are.

use super::outputlookup::Write;
use super::{Build, Call, Example, Spec, inputcsv};
use crate::pipeline::{Command, Kind};
use grotto_diag::Diagnostic;
use grotto_spl::ast::Arg;

pub(super) static OUTPUTCSV: Spec = Spec {
    name: "outputcsv",
    aliases: &[],
    summary: "Writes the rows to a CSV file, where the user gave a folder for that; the rows go on as they are.",
    syntax: "outputcsv [append=<bool>] [create_empty=<bool>] [override_if_empty=<bool>] [singlefile=<bool>] <file>",
    kind: Kind::DatasetProcessing,
    url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/outputcsv",
    deviations: &[
        "`dispatch` and `usexml` are not supported, nor a call without a file",
        "nothing is written unless a folder was given for it, and then a file in that folder",
    ],
    assumptions: &[],
    examples: &[
        Example { spl: "| outputcsv found", input: r#"[{"a": "1"}]"#, expected: r#"[{"a": "1"}]"# },
        Example {
            spl: "| stats count | outputcsv append=true singlefile=true found.csv",
            input: r#"[{"a": "1"}]"#,
            expected: r#"[{"count": 1}]"#,
        },
    ],
    build: Build::Command(build),
};

fn build(call: &Call<'_>) -> Result<Box<dyn Command>, Box<Diagnostic>> {
    let split = call.split(&["append", "create_empty", "override_if_empty", "singlefile"])?;
    let options = &split.options;
    options.flag("singlefile", true)?;
    let table = match split.rest.as_slice() {
        [] => return Err(call.missing("a file")),
        [Arg::Word(word)] => inputcsv::file(word),
        [Arg::Word(_), other, ..] | [other, ..] => return Err(call.unexpected(other)),
    };
    Ok(Box::new(Write {
        file: call.context.lookups.file_to_write(&table),
        table,
        append: options.flag("append", false)?,
        key: None,
        // Without rows and `create_empty` there is no file; one that was there is removed, which is not done here.
        keep_if_empty: !(options.flag("override_if_empty", true)? && options.flag("create_empty", false)?),
        max: usize::MAX,
        lookups: call.context.lookups.clone(),
        at: call.name_span(),
    }))
}
