//! The search calls a macro that nobody defines.

use crate::cx::Cx;
use crate::out::Out;
use crate::rule::Rule;
use crate::walk;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "search/unknown-macro",
    summary: "The search calls a macro that nobody defines",
    what: "Looks up every macro call, with its number of arguments, in the macros of the rules, of grotto's pack and of the add-ons.",
    why: "The search does not run. contentctl refuses the rule.",
    bad: "search: '`some_sorce` | stats count by dest | `a_rule_filter`'",
    good: "search: '`some_source` | stats count by dest | `a_rule_filter`'",
    severity: Severity::Error,
    since: Generation::One,
    check: Check::Rule(check),
};

fn check(rule: &Rule<'_>, cx: &Cx<'_>, out: &mut Out<'_>) {
    let Some(tree) = &rule.written else {
        // Where macros stand in unusual places only the expansion knows.
        if let Some(reason) = rule.compiled.reason.as_ref().filter(|r| REPLACES.contains(&r.slug)) {
            let span = reason.labels.first().map_or(rule.detection.search.span(), |label| label.span);
            out.at(span, reason.message.clone());
        }
        return;
    };
    walk::macro_calls(tree, |call| {
        let found = cx.macros.get(&call.name, call.args.len()).is_some();
        if found || OF_SPLUNK.contains(&call.name.as_str()) {
            return;
        }
        let definitions = cx.content.macros.iter().map(|each| (each.name.as_str(), each.arguments.len()));
        let same: Vec<String> =
            definitions.clone().filter(|(name, _)| *name == call.name).map(|(_, n)| n.to_string()).collect();
        if same.is_empty() {
            let said = out.written(rule, call.at.0, format!("no macro is called `{}`", call.name));
            super::suggest_name(said, &call.name, definitions.map(|(name, _)| name));
        } else {
            let takes = same.join(" or ");
            out.written(
                rule,
                call.at.0,
                format!("macro `{}` takes {takes} arguments, not {}", call.name, call.args.len()),
            );
        }
    });
}

/// What this lint says in other words.
pub(super) const REPLACES: [&str; 2] = ["spl/unknown-macro", "spl/macro-arguments"];
/// Macros that come with Splunk's own apps; contentctl knows them too.
pub(super) const OF_SPLUNK: [&str; 5] = [
    "drop_dm_object_name",
    "get_asset",
    "get_risk_severity",
    "cim_corporate_web_domain_search",
    "globedistance",
];
