//! The search does not call its filter macro.

use crate::cx::Cx;
use crate::out;
use crate::out::Out;
use crate::rule::Rule;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_content::RuleType;
use grotto_diag::Severity;
use grotto_diag::Span;

pub(super) static LINT: Lint = Lint {
    slug: "search/filter-macro",
    summary: "The search does not call its filter macro",
    what: "Looks in the search for `` `<file name>_filter` ``, the macro that users tune the rule with.",
    why: "Without it nobody can silence a false positive but by changing the rule, and the next update undoes that. contentctl refuses the rule.",
    bad: "search: '`some_source` | stats count by dest'",
    good: "search: '`some_source` | stats count by dest | `a_rule_filter`'",
    severity: Severity::Warning,
    since: Generation::One,
    check: Check::Rule(check),
};

fn check(rule: &Rule<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    let wanted = format!("`{}_filter`", rule.file.stem());
    let search = &rule.detection.search;
    if search.contains(&wanted)
        || matches!(rule.detection.rule_type, RuleType::Baseline | RuleType::Investigation)
    {
        return;
    }
    let end = search.trim_end().len();
    let before = search.trim_end().char_indices().next_back().map_or(0, |(at, _)| at);
    let last = search.map(Span::new(before, end));
    let exact = search.text_map().is_exact() && rule.tree.is_some();
    let said = out.written(rule, Span::new(before, end), format!("the search does not call {wanted}"));
    said.help = Some(format!("end it in `| {wanted}`"));
    if let (true, None) = (exact, search.contains("_filter`").then_some(())) {
        let source = &rule.detection.source;
        let was = last.of(&source.text).to_owned();
        said.fix = out::change(source, last, &was, "call the filter macro", format!("{was} | {wanted}"));
    }
}
