//! A field is read after it was dropped.

use crate::cx::Cx;
use crate::flow::name_of;
use crate::out::Out;
use crate::rule::Rule;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;
use grotto_spl::ast::Arg;

pub(super) static LINT: Lint = Lint {
    slug: "search/dropped-field",
    summary: "A field is read after it was dropped",
    what: "Follows the fields through `stats`, `table`, `fields`, `rename` and the other commands, and looks for conditions, calculations and aggregations on a field that is certainly gone.",
    why: "The field is missing in every row: the condition never holds, the value is null.",
    bad: r#"search: '`some_source` | stats count by dest | where user!="x" | `a_rule_filter`'"#,
    good: r#"search: '`some_source` | stats count by dest user | where user!="x" | `a_rule_filter`'"#,
    severity: Severity::Warning,
    since: Generation::One,
    check: Check::Rule(check),
};

fn check(rule: &Rule<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    let Some(tree) = &rule.tree else { return };
    let mut said = std::collections::HashSet::new();
    for (stage, fields) in tree.stages.iter().zip(&rule.flow().before) {
        let Some((names, decided)) = fields.only() else { continue };
        let mut made = std::collections::HashSet::new();
        for arg in &stage.args {
            for word in super::read_by(stage, arg) {
                let name = name_of(&word);
                if fields.may_have(&name)
                    || made.contains(&name)
                    || name.contains(['*', '<', '{', '$'])
                    || !said.insert(name.clone())
                {
                    continue;
                }
                let diagnostic = out.spl(rule, word.at.0, format!("no row has a field `{name}` any more"));
                super::suggest_field(diagnostic, &name, names);
                if let Some(place) = rule.place(decided) {
                    let message = "which fields there are is decided here".to_owned();
                    diagnostic.labels.push(grotto_diag::Label { span: place, message });
                }
            }
            if let Arg::Assign { target, .. } = arg {
                made.insert(name_of(target));
            }
        }
    }
}
