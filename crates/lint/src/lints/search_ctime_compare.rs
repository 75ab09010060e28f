//! A time is compared after it became a text.

use crate::cx::Cx;
use crate::flow::name_of;
use crate::out::Out;
use crate::rule::Rule;
use crate::walk;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;
use grotto_spl::ast::{Arg, Binary, Compare, Expr, ExprKind, Search, Stage};
use std::collections::HashSet;

pub(super) static LINT: Lint = Lint {
    slug: "search/ctime-compare",
    summary: "A time is compared after it became a text",
    what: "Looks for `<`, `>` and arithmetic on a field that `convert ctime(…)`, or `strftime` with more than a number, has made a text.",
    why: "Texts compare letter by letter, and can't be subtracted: the condition holds for the wrong rows.",
    bad: r#"search: '`some_source` | stats count min(_time) as firstTime by dest | convert ctime(firstTime) | where firstTime > relative_time(now(), "-1d") | `a_rule_filter`'"#,
    good: r#"search: '`some_source` | stats count min(_time) as firstTime by dest | where firstTime > relative_time(now(), "-1d") | convert ctime(firstTime) | `a_rule_filter`'"#,
    severity: Severity::Warning,
    since: Generation::One,
    check: Check::Rule(check),
};

fn check(rule: &Rule<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    let Some(tree) = &rule.tree else { return };
    let mut texts = HashSet::new();
    for stage in &tree.stages {
        // A search in brackets has rows of its own.
        let own = |arg: &&Arg| matches!(arg, Arg::Expr(_) | Arg::Assign { .. });
        let args = stage.args.iter().filter(own).cloned().collect();
        let one = Search { stages: vec![Stage { args, ..stage.clone() }], at: stage.at };
        walk::expressions(&one, |expr| {
            let ExprKind::Binary { op, left, right } = &expr.kind else { return };
            let counts = match op {
                Binary::Compare(op) => !matches!(op, Compare::Equal | Compare::NotEqual),
                Binary::Add | Binary::Concat | Binary::Like => false,
                _ => true,
            };
            for (side, other) in [(left, right), (right, left)] {
                if let (true, ExprKind::Field(word)) = (counts, &side.kind)
                    && texts.contains(&name_of(word))
                    && !matches!(&other.kind, ExprKind::Field(word) if texts.contains(&name_of(word)) && matches!(op, Binary::Compare(_)))
                {
                    out.spl(rule, expr.at.0, format!("`{}` is a text by now, not a time", word.raw)).help =
                        Some("compare it before it is converted".to_owned());
                }
            }
        });
        converted(stage, &mut texts);
    }
}

/// The fields that a stage makes texts of, and those that it makes anew.
fn converted(stage: &Stage, texts: &mut HashSet<String>) {
    match stage.command().as_deref() {
        Some("convert") => {
            for arg in &stage.args {
                let (call, alias) = match arg {
                    Arg::As { what, name } => (&**what, Some(name)),
                    other => (other, None),
                };
                let Arg::Call { name, args } = call else { continue };
                if let (true, Some(field)) =
                    (name.raw.eq_ignore_ascii_case("ctime"), args.first().and_then(Arg::word))
                {
                    texts.insert(name_of(alias.unwrap_or(field)));
                }
            }
        }
        Some("eval") => {
            for arg in &stage.args {
                let Arg::Assign { target, value } = arg else { continue };
                let text = matches!(&value.kind, ExprKind::Call { name, args } if name.raw.eq_ignore_ascii_case("strftime") && !is_number(args));
                if text {
                    texts.insert(name_of(target));
                } else {
                    texts.remove(&name_of(target));
                }
            }
        }
        Some("search" | "where" | "table" | "fields" | "sort" | "dedup") => {}
        _ => texts.clear(),
    }
}

/// Whether a time is written as one number, such as the hour: that can be compared.
fn is_number(args: &[Expr]) -> bool {
    let Some(Expr { kind: ExprKind::Text(format), .. }) = args.get(1) else { return true };
    let mut rest = format.raw.as_str();
    while let Some(after) = rest.strip_prefix('%') {
        let Some(c) = after.chars().next().filter(|c| "CdefGgHIjklmNQsSuUVwWyYM".contains(*c)) else {
            return false;
        };
        rest = &after[c.len_utf8()..];
    }
    rest.is_empty()
}
