//! A regular expression that can't be compiled.

use crate::cx::Cx;
use crate::out::Out;
use crate::rule::Rule;
use crate::walk;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::{Severity, Span};
use grotto_engine::pattern::Pattern;
use grotto_spl::ast::{Arg, ExprKind, Search, Stage};
use grotto_spl::text;

pub(super) static LINT: Lint = Lint {
    slug: "search/bad-regex",
    summary: "A regular expression that can't be compiled",
    what: "Compiles the patterns of `rex`, `regex`, `match`, `replace` and of everything else that takes one.",
    why: "The search does not run.",
    bad: r#"search: '`some_source` | stats count by dest | regex dest="(a" | `a_rule_filter`'"#,
    good: r#"search: '`some_source` | stats count by dest | regex dest="(a)" | `a_rule_filter`'"#,
    severity: Severity::Error,
    since: Generation::One,
    check: Check::Rule(check),
};

/// Every pattern of the search that stands in `rex`, `regex`, `match` or `replace`; the engine names one of a stage.
fn check(rule: &Rule<'_>, cx: &Cx<'_>, out: &mut Out<'_>) {
    let Some(tree) = &rule.tree else { return };
    let mut said = Vec::new();
    for (pattern, span) in patterns(tree) {
        if let Err(reason) = Pattern::new(&pattern) {
            let problem = out.spl(rule, span, format!("this regular expression can't be used: {reason}"));
            problem.help =
                Some("a backslash of the regular expression is doubled inside an eval string".to_owned());
            said.extend(rule.place(span).map(|place| place.start));
        }
    }
    // What stands elsewhere only the engine finds.
    for problem in rule.problems(cx.context).iter().filter(|problem| problem.slug == "engine/bad-regex") {
        if let Some(label) = problem.labels.first().filter(|label| !said.contains(&label.span.start)) {
            let message = format!("{}: {}", problem.message, label.message);
            out.at(label.span, message).help.clone_from(&problem.help);
        }
    }
}

/// The patterns with their places in the expanded search.
fn patterns(tree: &Search) -> Vec<(String, Span)> {
    let mut out = Vec::new();
    for stage in walk::stages(tree) {
        out.extend(of_stage(stage));
    }
    walk::expressions(tree, |expr| {
        let ExprKind::Call { name, args } = &expr.kind else { return };
        let name = name.raw.to_ascii_lowercase();
        if let ("match" | "replace", Some(ExprKind::Text(word))) =
            (name.as_str(), args.get(1).map(|arg| &arg.kind))
        {
            out.push((text::eval(word), word.at.0));
        }
    });
    out.sort_by_key(|(_, span)| span.start);
    out
}

/// The pattern of `rex` or `regex`.
fn of_stage(stage: &Stage) -> Option<(String, Span)> {
    let is_mode = |arg: &Arg| matches!(arg, Arg::Option { name, .. } if name.is_keyword("mode"));
    let word = match stage.command()?.as_str() {
        "rex" if !stage.args.iter().any(is_mode) => stage.args.iter().filter_map(Arg::word).next_back()?,
        "regex" => stage.args.iter().find_map(|arg| match arg {
            Arg::Option { value, .. } => value.word(),
            _ => arg.word(),
        })?,
        _ => return None,
    };
    Some((text::argument(word), word.at.0))
}
