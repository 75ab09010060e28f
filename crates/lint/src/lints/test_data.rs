//! A test has no data, or its data no source.

use crate::cx::Cx;
use crate::file::File;
use crate::out::Out;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "test/data",
    summary: "A test has no data, or its data no source",
    what: "A test names at least one file, and for each its source and sourcetype.",
    why: "Without data nothing is tested, and without source and sourcetype the events are not those that the rule asks for.",
    bad: "tests:
    - name: It fires
      attack_data:
        - data: ../a.log
          source: some
      test_type: unit",
    good: "tests:
    - name: It fires
      attack_data:
        - data: ../a.log
          source: some
          sourcetype: thing
      test_type: unit",
    severity: Severity::Warning,
    since: Generation::One,
    check: Check::File(check),
};

fn check(file: &File<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    for test in file.members("tests") {
        let list = format!("{test}.attack_data");
        if file.document.len(&list) == 0 {
            out.key(&list, "this test has no data");
        }
        for data in file.members(&list) {
            for key in ["data", "source", "sourcetype"] {
                if file.filled(&format!("{data}.{key}")).is_none() {
                    out.key(&data, format!("this data has no `{key}`"));
                }
            }
        }
    }
}
