//! Walks over searches that several checks share.

use grotto_spl::ast::{Expr, ExprKind, MacroCall, Search, SearchExpr, Stage, Word};
use grotto_spl::visit::{self, Visit};

/// All stages of a search, those of searches inside it too.
pub(crate) fn stages(search: &Search) -> Vec<&Stage> {
    let mut out: Vec<&Stage> = Vec::new();
    each_stage(search, &mut out);
    out
}

fn each_stage<'s>(search: &'s Search, out: &mut Vec<&'s Stage>) {
    for stage in &search.stages {
        out.push(stage);
        for inner in inner(&stage.args) {
            each_stage(inner, out);
        }
    }
}

/// The searches in brackets among arguments.
pub(crate) fn inner(args: &[grotto_spl::ast::Arg]) -> Vec<&Search> {
    use grotto_spl::ast::Arg;
    let mut out = Vec::new();
    for arg in args {
        match arg {
            Arg::Subsearch(search) => out.push(search),
            Arg::Search(expr) | Arg::Where(expr) => in_search(expr, &mut out),
            Arg::Option { value, .. } => out.extend(inner(std::slice::from_ref(value))),
            _ => {}
        }
    }
    out
}

fn in_search<'s>(expr: &'s SearchExpr, out: &mut Vec<&'s Search>) {
    use grotto_spl::ast::SearchValue;
    match expr {
        SearchExpr::And(terms, _) | SearchExpr::Or(terms, _) => terms.iter().for_each(|t| in_search(t, out)),
        SearchExpr::Not(term, _) => in_search(term, out),
        SearchExpr::Compare { value: SearchValue::Subsearch(search), .. }
        | SearchExpr::Term(SearchValue::Subsearch(search)) => out.push(search),
        _ => {}
    }
}

struct Met<'f> {
    search: &'f mut dyn FnMut(&SearchExpr),
    eval: &'f mut dyn FnMut(&Expr),
    calls: &'f mut dyn FnMut(&MacroCall),
}

impl Visit for Met<'_> {
    fn search_expression(&mut self, expr: &SearchExpr) {
        (self.search)(expr);
    }
    fn expression(&mut self, expr: &Expr) {
        (self.eval)(expr);
    }
    fn macro_call(&mut self, call: &MacroCall) {
        (self.calls)(call);
    }
}

/// Every node of every search expression.
pub(crate) fn search_expressions(search: &Search, mut f: impl FnMut(&SearchExpr)) {
    visit::search(search, &mut Met { search: &mut f, eval: &mut |_| {}, calls: &mut |_| {} });
}

/// Every node of every eval expression.
pub(crate) fn expressions(search: &Search, mut f: impl FnMut(&Expr)) {
    visit::search(search, &mut Met { search: &mut |_| {}, eval: &mut f, calls: &mut |_| {} });
}

/// Every macro call.
pub(crate) fn macro_calls(search: &Search, mut f: impl FnMut(&MacroCall)) {
    visit::search(search, &mut Met { search: &mut |_| {}, eval: &mut |_| {}, calls: &mut f });
}

/// The fields that an expression can't do without: not those whose absence it asks for or makes up for.
pub(crate) fn needed(expr: &Expr, out: &mut Vec<Word>) {
    match &expr.kind {
        ExprKind::Field(word) => out.push(word.clone()),
        ExprKind::Sign { operand, .. } => needed(operand, out),
        ExprKind::Binary { left, right, .. } => {
            needed(left, out);
            needed(right, out);
        }
        ExprKind::Logic { terms, .. } => terms.iter().for_each(|term| needed(term, out)),
        ExprKind::In { value, .. } => needed(value, out),
        ExprKind::Call { name, args } => {
            let lenient =
                ["coalesce", "isnull", "isnotnull", "if", "case", "validate", "nullif", "mvappend", "null"];
            if !lenient.contains(&name.raw.to_ascii_lowercase().as_str()) {
                for arg in args {
                    needed(arg, out);
                }
            }
        }
        ExprKind::Not(_)
        | ExprKind::Number(_)
        | ExprKind::Text(_)
        | ExprKind::Macro(_)
        | ExprKind::Subsearch(_) => {}
    }
}
