use super::*;
use crate::{Batch, PartReport, ReadOptions, plan};

/// What is read of some bytes, and the values of `a`.
fn read(bytes: &[u8]) -> (PartReport, Vec<String>) {
    let mut out = Vec::new();
    let mut report = PartReport::default();
    for part in plan(&Input::memory("<m>", bytes)).unwrap() {
        report.merge(part.read(&ReadOptions::only(["a"]), &mut |batch: Batch| {
            for row in 0..batch.rows() {
                if let crate::Cell::Text(text) = batch.cell("a", row) {
                    out.push(text.to_owned());
                }
            }
        }));
    }
    (report, out)
}

#[test]
fn bad_rows_are_named_with_their_line_and_shown() {
    let mut text = b"a,timestamp\n".to_vec();
    for row in 0..12 {
        text.extend(format!("{row},1709251199\n").bytes());
    }
    text.extend(b"only\x1b\nx\xff,1709251199\n\"open,1709251199\ny,1709251199\n");
    let (report, found) = read(&text);
    assert_eq!(found.len(), 14, "{found:?}");
    assert_eq!((&*found[12], &*found[13]), ("x\u{fffd}", "y"));
    let said: Vec<String> = report.diagnostics.iter().map(|d| format!("{}: {}", d.slug, d.message)).collect();
    assert_eq!((report.events, report.failed, said.len()), (14, 2, 3), "{said:#?}");
    assert_eq!(said[0], "csv/bad-row: line 14 has 1 cells where the header has 2: only\\u{1b}");
    assert!(said[1].starts_with("csv/bad-row: a quote at line 16 is not closed"), "{}", said[1]);
    assert!(said[2].starts_with("csv/not-utf8: 1 rows"), "{}", said[2]);
}

#[test]
fn values_of_multivalue_fields_are_divided() {
    for (cell, expected) in
        [("$a$;$b$", &["a", "b"][..]), ("$$$5$;$x;y$", &["$5", "x;y"]), ("plain", &["plain"])]
    {
        let Json::Array(values) = multivalue(cell) else { panic!("no array") };
        let values: Vec<&str> = values.iter().filter_map(Json::scalar).collect();
        assert_eq!(values, expected, "{cell}");
    }
    assert_eq!((&*column(" TimeGenerated [UTC]"), &*column("a [b]")), ("TimeGenerated", "a [b]"));
}
