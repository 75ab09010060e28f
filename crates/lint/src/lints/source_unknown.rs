//! A data source that no file describes.

use crate::cx::Cx;
use crate::out::Out;
use crate::rule::Rule;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "source/unknown",
    summary: "A data source that no file describes",
    what: "Compares `data_source` with the names of the data sources that were loaded.",
    why: "Nobody knows which logs the rule needs. contentctl refuses it.",
    bad: "data_source:
    - Some Sorce",
    good: "data_source:
    - Some Source",
    severity: Severity::Warning,
    since: Generation::Two,
    check: Check::Rule(check),
};

fn check(rule: &Rule<'_>, cx: &Cx<'_>, out: &mut Out<'_>) {
    if cx.data_sources.is_empty() {
        return;
    }
    for name in rule.detection.data_source.iter().filter(|name| !cx.data_sources.contains(name.as_str())) {
        let listed = rule.file.list("data_source");
        let path = listed
            .iter()
            .find(|(_, text)| text.contains(name.as_str()))
            .map_or("data_source", |(path, _)| path);
        let said = out.key(path, format!("no data source is called `{name}`"));
        super::suggest(said, name, cx.data_sources.iter().copied());
    }
    if rule.detection.data_source.is_empty() {
        out.key("data_source", "the detection names no data source");
    }
}
