//! A test is not of a kind that is known.

use crate::cx::Cx;
use crate::file::File;
use crate::out::Out;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "test/form",
    summary: "A test is not of a kind that is known",
    what: "A test has a name, and in the newest schema a `test_type` of unit or experimental; an experimental one says why in its description. `expected_results` is a whole number.",
    why: "The validator refuses the rule.",
    bad: "tests:
    - name: It fires
      attack_data:
        - data: ../a.log
          source: some
          sourcetype: thing
      test_type: integration",
    good: "tests:
    - name: It fires
      attack_data:
        - data: ../a.log
          source: some
          sourcetype: thing
      test_type: unit",
    severity: Severity::Warning,
    since: Generation::Three,
    check: Check::File(check),
};

fn check(file: &File<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    for test in file.members("tests") {
        let value = |key: &str| file.filled(&format!("{test}.{key}"));
        if value("name").is_none() {
            out.key(&test, "this test has no name");
        }
        if file.generation != Generation::Three {
            continue;
        }
        match value("test_type") {
            Some("unit") => {}
            Some("experimental") => {
                if value("description").is_none() {
                    out.key(&test, "an experimental test says in its description why it is one");
                }
            }
            Some(other) => {
                out.key(
                    &format!("{test}.test_type"),
                    format!("`{other}` is no kind of test: unit and experimental are"),
                );
            }
            None => {
                out.key(&test, "this test has no test_type");
            }
        }
        if value("expected_results").is_some_and(|text| text.parse::<u32>().is_err()) {
            out.key(&format!("{test}.expected_results"), "this is no number of results");
        }
    }
}
