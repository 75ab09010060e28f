//! A value begins with a wildcard.

use crate::cx::Cx;
use crate::out::Out;
use crate::rule::Rule;
use crate::walk;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;
use grotto_spl::ast::{SearchExpr, SearchValue};

pub(super) static LINT: Lint = Lint {
    slug: "search/leading-wildcard",
    summary: "A value begins with a wildcard",
    what: "Looks for conditions such as `process=\"*mimikatz*\"` before the first pipe.",
    why: "Splunk can't use its index for them, and reads every event of the time range. Often there is no other way: then add a condition without.",
    bad: r#"search: '`some_source` Image="*\\a.exe" | stats count by dest | `a_rule_filter`'"#,
    good: r#"search: '`some_source` Image="C:\\a.exe" | stats count by dest | `a_rule_filter`'"#,
    severity: Severity::Info,
    since: Generation::One,
    check: Check::Rule(check),
};

fn check(rule: &Rule<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    let Some(stage) = rule.tree.as_ref().and_then(|tree| tree.stages.first()) else { return };
    let mut found = Vec::new();
    let head = grotto_spl::ast::Search { stages: vec![stage.clone()], at: stage.at };
    walk::search_expressions(&head, |expr| {
        let values: &[SearchValue] = match expr {
            SearchExpr::Compare { value, .. } | SearchExpr::Term(value) => std::slice::from_ref(value),
            SearchExpr::In { values, .. } => values,
            _ => &[],
        };
        for value in values {
            if let SearchValue::Word(word) = value
                && word.raw.len() > 1
                && word.raw.starts_with('*')
            {
                found.push(value.span());
            }
        }
    });
    if let Some(first) = found.iter().find(|span| rule.place(**span).is_some()) {
        let message = match found.len() {
            1 => "this value begins with a wildcard".to_owned(),
            n => format!("{n} values begin with a wildcard"),
        };
        out.spl(rule, *first, message);
    }
}
