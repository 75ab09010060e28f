//! A function that SPL does not have.

use crate::cx::Cx;
use crate::cx::{meant, spl_knows};
use crate::out::Out;
use crate::rule::Rule;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;
use grotto_diag::Span;
use grotto_engine::aggregations;
use grotto_engine::reference::Kind;
use grotto_spl::ast::{Aggregate, Expr, Word};
use grotto_spl::visit::Visit;

pub(super) static LINT: Lint = Lint {
    slug: "search/unknown-function",
    summary: "A function that SPL does not have",
    what: "Looks up every function of eval expressions and every aggregation of `stats` and its kin.",
    why: "The search does not run.",
    bad: "search: '`some_source` | stats count by dest | eval x=lenght(dest) | `a_rule_filter`'",
    good: "search: '`some_source` | stats count by dest | eval x=len(dest) | `a_rule_filter`'",
    severity: Severity::Error,
    since: Generation::One,
    check: Check::Rule(check),
};

fn check(rule: &Rule<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    let Some(tree) = &rule.tree else { return };
    let mut found = Calls::default();
    grotto_spl::visit::search(tree, &mut found);
    for (kind, name, span) in found.0 {
        let lower = name.to_ascii_lowercase();
        let known = match kind {
            Kind::Aggregation => lower == "eval" || aggregations::find(&lower).is_some(),
            _ => spl_knows(kind, &lower),
        };
        if known {
            continue;
        }
        let said = out.spl(rule, span, format!("SPL has no {} `{name}`", kind.name()));
        if let Some(near) = meant(kind, &name) {
            said.help = Some(format!("did you mean {near}?"));
        }
    }
}

#[derive(Default)]
struct Calls(Vec<(Kind, String, Span)>);

impl Visit for Calls {
    fn call(&mut self, name: &Word, _: &[Expr]) {
        self.0.push((Kind::Function, name.raw.clone(), name.at.0));
    }

    fn aggregate(&mut self, aggregate: &Aggregate) {
        self.0.push((Kind::Aggregation, aggregate.function.raw.clone(), aggregate.function.at.0));
    }
}
