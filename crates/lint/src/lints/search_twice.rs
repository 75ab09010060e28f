//! A value stands twice in a list.

use crate::cx::Cx;
use crate::out::Out;
use crate::rule::Rule;
use crate::{Check, Lint};
use crate::{out, walk};
use grotto_content::Generation;
use grotto_diag::Severity;
use grotto_diag::Span;
use grotto_spl::ast::{SearchExpr, SearchValue};

pub(super) static LINT: Lint = Lint {
    slug: "search/value-twice",
    summary: "A value stands twice in a list",
    what: "Looks for values that occur twice in `IN (…)`, whatever their letter case.",
    why: "It is without effect: perhaps another value was meant.",
    bad: r#"search: '`some_source` Image IN ("a.exe", "b.exe", "A.exe") | stats count by dest | `a_rule_filter`'"#,
    good: r#"search: '`some_source` Image IN ("a.exe", "b.exe") | stats count by dest | `a_rule_filter`'"#,
    severity: Severity::Warning,
    since: Generation::One,
    check: Check::Rule(check),
};

fn check(rule: &Rule<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    let Some(tree) = &rule.tree else { return };
    walk::search_expressions(tree, |expr| {
        let SearchExpr::In { values, .. } = expr else { return };
        let mut seen = std::collections::HashSet::new();
        let mut before: Option<Span> = None;
        for value in values {
            let SearchValue::Word(word) = value else { continue };
            let again = !seen.insert(grotto_spl::text::search(word).to_lowercase());
            if again {
                let diagnostic = out.spl(rule, value.span(), "this value stands in the list already");
                let removed = before.map(|before| Span::new(before.end, value.span().end));
                if let Some((removed, place)) = removed.and_then(|span| Some((span, rule.place(span)?))) {
                    let was = removed.of(rule.text());
                    diagnostic.fix =
                        out::change(&rule.detection.source, place, was, "remove the second one", "");
                }
            }
            before = Some(value.span());
        }
    });
}
