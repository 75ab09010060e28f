//! AND and OR stand side by side without parentheses.

use crate::cx::Cx;
use crate::out::Out;
use crate::rule::Rule;
use crate::{Check, Lint};
use crate::{out, walk};
use grotto_content::Generation;
use grotto_diag::Severity;
use grotto_diag::Span;
use grotto_spl::ast::SearchExpr;

pub(super) static LINT: Lint = Lint {
    slug: "search/mixed-and-or",
    summary: "AND and OR stand side by side without parentheses",
    what: "Looks for an OR between different fields that stands beside a written AND without parentheses.",
    why: "In a search OR binds tighter than AND, in `where` and `eval` it is the other way round, as in most languages. Hardly a reader knows that by heart.",
    bad: "search: '`some_source` a=1 AND b=2 OR c=3 | stats count by dest | `a_rule_filter`'",
    good: "search: '`some_source` a=1 AND (b=2 OR c=3) | stats count by dest | `a_rule_filter`'",
    severity: Severity::Warning,
    since: Generation::One,
    check: Check::Rule(check),
};

fn check(rule: &Rule<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    let Some(tree) = &rule.tree else { return };
    let text = rule.text();
    walk::search_expressions(tree, |expr| {
        let SearchExpr::And(terms, _) = expr else { return };
        for (i, term) in terms.iter().enumerate() {
            let SearchExpr::Or(inner, at) = term else { continue };
            if in_parentheses(text, at.0) || one_field(inner) || !written_and(text, terms, i) {
                continue;
            }
            let message = "AND and OR stand side by side without parentheses: in a search OR binds tighter";
            let diagnostic = out.spl(rule, at.0, message);
            diagnostic.help = Some("put what belongs together in parentheses".to_owned());
            if let Some(place) = rule.place(at.0) {
                let source = &rule.detection.source;
                let was = at.0.of(text);
                diagnostic.fix = out::change(
                    source,
                    place,
                    was,
                    "add the parentheses that Splunk takes for granted",
                    format!("({was})"),
                );
            }
        }
    });
}

/// Whether parentheses stand right around a range.
fn in_parentheses(text: &str, span: Span) -> bool {
    let before = text.get(..span.start).unwrap_or_default().trim_end();
    let after = text.get(span.end..).unwrap_or_default().trim_start();
    before.ends_with('(') && after.starts_with(')')
}

/// Whether all terms compare the same field: nobody reads `a=1 AND b=2 OR b=3` wrongly.
fn one_field(terms: &[SearchExpr]) -> bool {
    let field = |term: &SearchExpr| match term {
        SearchExpr::Compare { field, .. } | SearchExpr::In { field, .. } => Some(field.raw.clone()),
        _ => None,
    };
    let first = terms.first().and_then(field);
    first.is_some() && terms.iter().all(|term| field(term) == first)
}

/// Whether `AND` is written between term `at` and a neighbour.
fn written_and(text: &str, terms: &[SearchExpr], at: usize) -> bool {
    let between = |a: Option<&SearchExpr>, b: Option<&SearchExpr>| {
        let (Some(a), Some(b)) = (a, b) else { return false };
        let gap = text.get(a.span().end..b.span().start).unwrap_or_default();
        gap.split(|c: char| !c.is_alphabetic()).any(|word| word == "AND")
    };
    let here = terms.get(at);
    between(at.checked_sub(1).and_then(|before| terms.get(before)), here) || between(here, terms.get(at + 1))
}
