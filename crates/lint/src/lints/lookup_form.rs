//! A lookup says not what it is.

use crate::Subject;
use crate::cx::Cx;
use crate::file::File;
use crate::out::Out;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "lookup/form",
    summary: "A lookup says not what it is, or two things",
    what: "A lookup is a table in a file (`filename`) or a collection (`collection`), not both, and one of the newest schema says which by its `lookup_type`: csv, kvstore or mlmodel. A file ends in .csv or .mlmodel.",
    why: "Splunk reads the one and leaves the other aside. contentctl refuses the lookup.",
    bad: "# file: lookups/some_table.yml
name: some_table
filename: some_table.csv
collection: some_table
description: Users.",
    good: "# file: lookups/some_table.yml
name: some_table
filename: some_table.csv
description: Users.",
    severity: Severity::Warning,
    since: Generation::One,
    check: Check::File(check),
};

/// Kinds of lookups; <https://github.com/splunk/contentctl/blob/main/contentctl/objects/lookup.py>.
const TYPES: [&str; 3] = ["csv", "kvstore", "mlmodel"];

fn check(file: &File<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    if file.subject != Subject::Lookup {
        return;
    }
    let (table, collection) = (file.filled("filename"), file.filled("collection"));
    if table.is_some() && collection.is_some() {
        out.key("collection", "a lookup reads a file or a collection, and this one names both");
    }
    if let Some(table) = table
        && ![".csv", ".mlmodel"].iter().any(|ending| table.ends_with(ending))
    {
        out.key("filename", format!("`{table}` ends neither in .csv nor in .mlmodel"));
    }
    match file.filled("lookup_type") {
        Some(kind) if TYPES.contains(&kind) => {
            let other = if kind == "kvstore" { "filename" } else { "collection" };
            if file.filled(other).is_some() && (table.is_none() || collection.is_none()) {
                out.key("lookup_type", format!("a lookup of the type {kind} has no `{other}`"));
            }
        }
        Some(kind) => {
            let said = out.key("lookup_type", format!("`{kind}` is no type of lookup"));
            super::suggest(said, kind, TYPES.iter().copied());
        }
        None if file.generation == Generation::Three => {
            out.key("lookup_type", "the lookup has no lookup_type");
        }
        None => {}
    }
}
