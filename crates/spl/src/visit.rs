//! A walk over a syntax tree: every stage, aggregation, function call and comparison, subsearches included.

use crate::ast::{Aggregate, AggregateArg, Arg, Expr, ExprKind, MacroCall, Search, SearchExpr, SearchValue};
use crate::ast::{Stage, Word};

/// What a walk meets, in the order of the text. Every method does nothing unless it is written.
pub trait Visit {
    /// A stage, before what it holds.
    fn stage(&mut self, _stage: &Stage) {}
    /// A subsearch, before its stages.
    fn subsearch(&mut self, _search: &Search) {}
    /// An option of the stage that was met last: `name=value`.
    fn option(&mut self, _name: &Word, _value: &Arg) {}
    /// An aggregation, before its arguments.
    fn aggregate(&mut self, _aggregate: &Aggregate) {}
    /// A call of a function in an eval expression, before its arguments.
    fn call(&mut self, _name: &Word, _args: &[Expr]) {}
    /// A node of a search expression, before those below it.
    fn search_expression(&mut self, _expr: &SearchExpr) {}
    /// A node of an eval expression, before those below it.
    fn expression(&mut self, _expr: &Expr) {}
    /// A macro that was not expanded.
    fn macro_call(&mut self, _call: &MacroCall) {}
}

/// Walks a search.
pub fn search(search: &Search, visit: &mut dyn Visit) {
    for each in &search.stages {
        stage(each, visit);
    }
}

/// Walks a stage.
pub fn stage(stage: &Stage, visit: &mut dyn Visit) {
    visit.stage(stage);
    if let crate::ast::Head::Macro(call) = &stage.head {
        visit.macro_call(call);
    }
    args(&stage.args, visit);
}

fn args(list: &[Arg], visit: &mut dyn Visit) {
    for each in list {
        arg(each, visit);
    }
}

fn arg(arg: &Arg, visit: &mut dyn Visit) {
    match arg {
        Arg::Search(expr) | Arg::Where(expr) => search_expression(expr, visit),
        Arg::Expr(expr) | Arg::Assign { value: expr, .. } => expression(expr, visit),
        Arg::Aggregate(one) => aggregate(one, visit),
        Arg::By(list) | Arg::From(list) | Arg::List(list) | Arg::Call { args: list, .. } => args(list, visit),
        Arg::Option { name, value, .. } => {
            visit.option(name, value);
            self::arg(value, visit);
        }
        Arg::As { what, .. } => self::arg(what, visit),
        Arg::Subsearch(search) => subsearch(search, visit),
        Arg::Macro(call) => visit.macro_call(call),
        Arg::Word(_) | Arg::Over(_) => {}
    }
}

fn subsearch(inner: &Search, visit: &mut dyn Visit) {
    visit.subsearch(inner);
    search(inner, visit);
}

fn aggregate(one: &Aggregate, visit: &mut dyn Visit) {
    visit.aggregate(one);
    for arg in &one.args {
        match arg {
            AggregateArg::Eval(expr) => expression(expr, visit),
            AggregateArg::Aggregate(inner) => aggregate(inner, visit),
            AggregateArg::Macro(call) => visit.macro_call(call),
            AggregateArg::Field(_) => {}
        }
    }
}

fn search_expression(expr: &SearchExpr, visit: &mut dyn Visit) {
    visit.search_expression(expr);
    match expr {
        SearchExpr::And(terms, _) | SearchExpr::Or(terms, _) => {
            for term in terms {
                search_expression(term, visit);
            }
        }
        SearchExpr::Not(term, _) => search_expression(term, visit),
        SearchExpr::Compare { value, .. } | SearchExpr::Term(value) => search_value(value, visit),
        SearchExpr::In { values, .. } => {
            for value in values {
                search_value(value, visit);
            }
        }
    }
}

fn search_value(value: &SearchValue, visit: &mut dyn Visit) {
    match value {
        SearchValue::Macro(call) => visit.macro_call(call),
        SearchValue::Subsearch(search) => subsearch(search, visit),
        SearchValue::Word(_) | SearchValue::Case(..) | SearchValue::Term(..) => {}
    }
}

fn expression(expr: &Expr, visit: &mut dyn Visit) {
    visit.expression(expr);
    match &expr.kind {
        ExprKind::Sign { operand, .. } | ExprKind::Not(operand) => expression(operand, visit),
        ExprKind::Binary { left, right, .. } => {
            expression(left, visit);
            expression(right, visit);
        }
        ExprKind::Logic { terms, .. } => {
            for term in terms {
                expression(term, visit);
            }
        }
        ExprKind::Call { name, args } => {
            visit.call(name, args);
            for arg in args {
                expression(arg, visit);
            }
        }
        ExprKind::In { value, list } => {
            expression(value, visit);
            for item in list {
                expression(item, visit);
            }
        }
        ExprKind::Macro(call) => visit.macro_call(call),
        ExprKind::Subsearch(search) => subsearch(search, visit),
        ExprKind::Number(_) | ExprKind::Text(_) | ExprKind::Field(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was met, each as a word with a mark of what it is.
    #[derive(Default)]
    struct Met(Vec<String>);

    impl Visit for Met {
        fn stage(&mut self, stage: &Stage) {
            self.0.push(format!("|{}", stage.command().unwrap_or_default()));
        }
        fn subsearch(&mut self, _: &Search) {
            self.0.push("[".to_owned());
        }
        fn option(&mut self, name: &Word, _: &Arg) {
            self.0.push(format!("{}=", name.raw));
        }
        fn aggregate(&mut self, aggregate: &Aggregate) {
            self.0.push(format!("{}()", aggregate.function.raw));
        }
        fn call(&mut self, name: &Word, args: &[Expr]) {
            self.0.push(format!("{}({})", name.raw, args.len()));
        }
        fn search_expression(&mut self, expr: &SearchExpr) {
            if let SearchExpr::Compare { field, .. } | SearchExpr::In { field, .. } = expr {
                self.0.push(field.raw.clone());
            }
        }
        fn expression(&mut self, expr: &Expr) {
            if let ExprKind::Field(word) = &expr.kind {
                self.0.push(word.raw.clone());
            }
        }
        fn macro_call(&mut self, call: &MacroCall) {
            self.0.push(format!("`{}`", call.name));
        }
    }

    #[test]
    fn everything_is_met_once_in_order() {
        for (spl, met) in [
            ("a=1 NOT (b IN (2, 3) OR `m`)", "|search a b `m`"),
            ("x [search y=1 | fields z]", "|search [ |search y |fields"),
            ("* | eval p=if(q > 1, -lower(r), s IN (t)) + `m`", "|search |eval if(3) q lower(1) r s t `m`"),
            (
                "* | stats count(eval(like(a, \"b\"))) as n sparkline(sum(c), 1h) by d",
                "|search |stats count() like(2) a sparkline() sum()",
            ),
            (
                "| tstats summariesonly=t count from datamodel=M.N where N.a=1 by N.b _time span=1h",
                "|tstats summariesonly= count() datamodel= N.a span=",
            ),
            (
                "* | join type=left h [| `m(1)` | where isnull(k)] | `n`",
                "|search |join type= [ | `m` |where isnull(1) k | `n`",
            ),
        ] {
            let tree = crate::parse(spl).unwrap();
            let mut all = Met::default();
            search(&tree, &mut all);
            assert_eq!(all.0.join(" "), met, "{spl}");
        }
    }
}
