//! A command that SPL does not have.

use crate::cx::Cx;
use crate::cx::{meant, spl_knows};
use crate::out::Out;
use crate::rule::Rule;
use crate::walk;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;
use grotto_diag::Span;
use grotto_engine::reference::Kind;

pub(super) static LINT: Lint = Lint {
    slug: "search/unknown-command",
    summary: "A command that SPL does not have",
    what: "Looks up every command, also those that grotto can't run, in the table that `grotto spl support` prints.",
    why: "The search does not run.",
    bad: "search: '`some_source` | stat count by dest | `a_rule_filter`'",
    good: "search: '`some_source` | stats count by dest | `a_rule_filter`'",
    severity: Severity::Error,
    since: Generation::One,
    check: Check::Rule(check),
};

fn check(rule: &Rule<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    let Some(tree) = &rule.tree else { return };
    for stage in walk::stages(tree) {
        let Some(command) = stage.command().filter(|c| !spl_knows(Kind::Command, c)) else { continue };
        let span = Span::new(stage.at.0.start, stage.at.0.start + command.len());
        let said = out.spl(rule, span, format!("SPL has no command `{command}`"));
        if let Some(near) = meant(Kind::Command, &command) {
            said.help = Some(format!("did you mean {near}?"));
        }
    }
}
