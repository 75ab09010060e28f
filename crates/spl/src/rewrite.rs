//! Changing a syntax tree in place.
//!
//! [`Rewrite`] walks a tree from the outside in. Its methods do nothing but walk on; whoever changes something
//! implements the one for that kind of node and calls [`walk`] for the nodes inside.

use crate::ast::{
    Aggregate, AggregateArg, Arg, Expr, ExprKind, Search, SearchExpr, SearchValue, Stage, Word,
};

/// What is done with the nodes of a tree.
pub trait Rewrite {
    /// A word, wherever it stands but for numbers.
    fn word(&mut self, _word: &mut Word) {}

    /// A subsearch, with the brackets around it.
    fn subsearch(&mut self, search: &mut Search) {
        walk::search(self, search);
    }

    /// An argument of a command.
    fn argument(&mut self, arg: &mut Arg) {
        walk::argument(self, arg);
    }

    /// A search expression or a part of one.
    fn condition(&mut self, condition: &mut SearchExpr) {
        walk::condition(self, condition);
    }

    /// The values of an `IN` of a search expression.
    fn values(&mut self, values: &mut Vec<SearchValue>) {
        for value in values {
            self.value(value);
        }
    }

    /// What a search expression compares with or looks for.
    fn value(&mut self, value: &mut SearchValue) {
        walk::value(self, value);
    }

    /// An eval expression or a part of one.
    fn expression(&mut self, expression: &mut Expr) {
        walk::expression(self, expression);
    }
}

/// The way through the nodes inside a node.
pub mod walk {
    use super::{
        Aggregate, AggregateArg, Arg, Expr, ExprKind, Rewrite, Search, SearchExpr, SearchValue, Stage,
    };

    /// All stages of a search.
    pub fn search<R: Rewrite + ?Sized>(to: &mut R, search: &mut Search) {
        for inner in &mut search.stages {
            stage(to, inner);
        }
    }

    /// All arguments of a stage.
    pub fn stage<R: Rewrite + ?Sized>(to: &mut R, stage: &mut Stage) {
        for arg in &mut stage.args {
            to.argument(arg);
        }
    }

    /// What is inside an argument.
    pub fn argument<R: Rewrite + ?Sized>(to: &mut R, arg: &mut Arg) {
        match arg {
            Arg::Search(condition) | Arg::Where(condition) => to.condition(condition),
            Arg::Expr(expression) => to.expression(expression),
            Arg::Assign { target, value } => {
                to.word(target);
                to.expression(value);
            }
            Arg::Aggregate(inner) => aggregate(to, inner),
            Arg::By(args) | Arg::From(args) | Arg::List(args) => {
                for arg in args {
                    to.argument(arg);
                }
            }
            Arg::Option { name, value, .. } => {
                to.word(name);
                to.argument(value);
            }
            Arg::As { what, name } => {
                to.argument(what);
                to.word(name);
            }
            Arg::Call { name, args } => {
                to.word(name);
                for arg in args {
                    to.argument(arg);
                }
            }
            Arg::Word(word) | Arg::Over(word) => to.word(word),
            Arg::Subsearch(search) => to.subsearch(search),
            Arg::Macro(_) => {}
        }
    }

    /// What is inside an aggregation.
    pub fn aggregate<R: Rewrite + ?Sized>(to: &mut R, inner: &mut Aggregate) {
        to.word(&mut inner.function);
        for arg in &mut inner.args {
            match arg {
                AggregateArg::Field(word) => to.word(word),
                AggregateArg::Eval(expression) => to.expression(expression),
                AggregateArg::Aggregate(nested) => aggregate(to, nested),
                AggregateArg::Macro(_) => {}
            }
        }
        if let Some(alias) = &mut inner.alias {
            to.word(alias);
        }
    }

    /// What is inside a search expression.
    pub fn condition<R: Rewrite + ?Sized>(to: &mut R, condition: &mut SearchExpr) {
        match condition {
            SearchExpr::And(parts, _) | SearchExpr::Or(parts, _) => {
                for part in parts {
                    to.condition(part);
                }
            }
            SearchExpr::Not(inner, _) => to.condition(inner),
            SearchExpr::Compare { field, value, .. } => {
                to.word(field);
                to.value(value);
            }
            SearchExpr::In { field, values, .. } => {
                to.word(field);
                to.values(values);
            }
            SearchExpr::Term(value) => to.value(value),
        }
    }

    /// What is inside a value of a search expression.
    pub fn value<R: Rewrite + ?Sized>(to: &mut R, value: &mut SearchValue) {
        match value {
            SearchValue::Word(word) | SearchValue::Case(word, _) | SearchValue::Term(word, _) => {
                to.word(word);
            }
            SearchValue::Subsearch(search) => to.subsearch(search),
            SearchValue::Macro(_) => {}
        }
    }

    /// What is inside an eval expression.
    pub fn expression<R: Rewrite + ?Sized>(to: &mut R, expression: &mut Expr) {
        match &mut expression.kind {
            ExprKind::Text(word) | ExprKind::Field(word) => to.word(word),
            ExprKind::Sign { operand, .. } | ExprKind::Not(operand) => to.expression(operand),
            ExprKind::Binary { left, right, .. } => {
                to.expression(left);
                to.expression(right);
            }
            ExprKind::Logic { terms, .. } => {
                for term in terms {
                    to.expression(term);
                }
            }
            ExprKind::Call { name, args } => {
                to.word(name);
                for arg in args {
                    to.expression(arg);
                }
            }
            ExprKind::In { value, list } => {
                to.expression(value);
                for item in list {
                    to.expression(item);
                }
            }
            ExprKind::Subsearch(search) => to.subsearch(search),
            ExprKind::Number(_) | ExprKind::Macro(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{parse, print};

    /// Writes every word in capitals.
    struct Loud;

    impl Rewrite for Loud {
        fn word(&mut self, word: &mut Word) {
            word.raw = word.raw.to_uppercase();
        }
    }

    #[test]
    fn every_word_is_met() {
        for (text, loud) in [
            ("a=b c IN (d, \"e\") NOT (f OR CASE(g))", "A=B C IN (D, \"E\") NOT (F OR CASE(G))"),
            (
                "x | eval a=if('b'>1, \"c\", -d) | where e IN (f) AND NOT g",
                "X | eval A=IF('B'>1, \"C\", -D) | where E IN (F) AND NOT G",
            ),
            (
                "x | stats values(a) as b count(eval(c=1)) by d span=1h",
                "X | stats VALUES(A) as B COUNT(eval(C=1)) by D SPAN=1H",
            ),
            ("x | convert ctime(a) as b | table c (d)", "X | convert CTIME(A) as B | table C (D)"),
            (
                "x [search a=b] | join type=left k [search c | where x=[search d]]",
                "X [search A=B] | join TYPE=LEFT K [search C | where X=[search D]]",
            ),
        ] {
            let mut tree = parse(text).unwrap();
            walk::search(&mut Loud, &mut tree);
            assert_eq!(tree, parse(loud).unwrap(), "{}", print::search(&tree));
        }
    }
}
