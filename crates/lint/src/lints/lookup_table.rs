//! A table has rows that are longer or shorter than its header.

use crate::Subject;
use crate::cx::Cx;
use crate::file::File;
use crate::out::Out;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_content::LookupKind;
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "lookup/ragged-table",
    summary: "A table has rows that are longer or shorter than its header",
    what: "Reads the CSV file of a lookup and compares the number of cells of each row with the header.",
    why: "Values end up in the wrong field. contentctl refuses the table.",
    bad: "# file: lookups/users.yml
name: users
filename: users.csv
description: Users.
# file: lookups/users.csv
user,role
ann,admin,x",
    good: "# file: lookups/users.yml
name: users
filename: users.csv
description: Users.
# file: lookups/users.csv
user,role
ann,admin",
    severity: Severity::Warning,
    since: Generation::One,
    check: Check::File(check),
};

fn check(file: &File<'_>, cx: &Cx<'_>, out: &mut Out<'_>) {
    if file.subject != Subject::Lookup {
        return;
    }
    let Some(lookup) = cx.content.lookups.iter().find(|lookup| lookup.path == file.path) else { return };
    let text = match &lookup.kind {
        LookupKind::Csv(path) => match grotto_diag::input::text(path, LARGEST) {
            Ok(text) => text,
            Err(_) => return,
        },
        LookupKind::CsvText(text) => text.to_string(),
        _ => return,
    };
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let Ok(width) = reader.headers().map(csv::StringRecord::len) else { return };
    let mut record = csv::StringRecord::new();
    let (mut ragged, mut first) = (0, None);
    while matches!(reader.read_record(&mut record), Ok(true)) {
        if record.len() != width {
            ragged += 1;
            first.get_or_insert((record.position().map_or(0, csv::Position::line), record.len()));
        }
    }
    if let Some((line, cells)) = first {
        let message = format!(
            "line {line} of the table has {cells} cells, and its header {width}; {ragged} rows are such"
        );
        out.key("filename", message);
    }
}

/// Bytes of a table that is looked at.
const LARGEST: u64 = 64 << 20;
