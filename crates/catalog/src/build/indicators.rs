//! What a search looks for: every comparison with something that stands in the rule.
//!
//! Comparisons come from `search`, `where`, the condition of `tstats` and of `head`, from `regex`, and from `match`, `like`,
//! `cidrmatch`, `in` and `searchmatch` wherever an expression calls them; lookups of fields are among them. Where events come
//! from is not: `index`, `source`, `sourcetype` and their kin.

use super::compare::{is_selector, like_value, search_value, value};
use super::computed::{Computed, lookup_words};
use crate::model::{Indicator, IndicatorKind, IndicatorValue};
use grotto_spl::ast::{
    AggregateArg, Arg, Binary, Compare, Expr, ExprKind, Search, SearchExpr, SearchValue, Stage, Word,
};
use grotto_spl::text;
use rustc_hash::FxHashSet;

/// How deep searches inside searches are followed.
const DEEPEST: usize = 8;

/// What a search looks for, in its order; the same thing once. `short` takes the data model node off a field's name.
pub(super) fn of(tree: &Search, short: &dyn Fn(&str) -> String) -> Vec<Indicator> {
    let mut extract = Extract {
        short,
        computed: Computed::default(),
        out: Vec::new(),
        seen: FxHashSet::default(),
        stage: 1,
        depth: 0,
    };
    extract.search(tree, None);
    extract.out
}

/// What makes two indicators the same: field, kind, negated, and of each value its kind, text and case.
type Seen = (String, IndicatorKind, bool, Vec<(IndicatorKind, String, bool)>);

struct Extract<'s> {
    short: &'s dyn Fn(&str) -> String,
    computed: Computed,
    out: Vec<Indicator>,
    seen: FxHashSet<Seen>,
    stage: usize,
    depth: usize,
}

/// What an eval expression compares: a field, and whether letter case counts.
type Looked = (String, bool);

impl Extract<'_> {
    fn search(&mut self, search: &Search, inside: Option<usize>) {
        for (i, stage) in search.stages.iter().enumerate() {
            self.stage = inside.unwrap_or(i + 1);
            self.one_stage(stage);
            self.computed.after(stage);
        }
    }

    /// A search inside a stage; its fields are its own.
    fn inner(&mut self, search: &Search) {
        if self.depth >= DEEPEST {
            return;
        }
        self.depth += 1;
        let (outer, stage) = (std::mem::take(&mut self.computed), self.stage);
        self.search(search, Some(stage));
        (self.computed, self.stage) = (outer, stage);
        self.depth -= 1;
    }

    fn one_stage(&mut self, stage: &Stage) {
        let command = stage.command().unwrap_or_default();
        match command.as_str() {
            "regex" => return self.regex(stage),
            "lookup" => self.lookup(stage),
            _ => {}
        }
        let filter = matches!(command.as_str(), "where" | "head");
        for arg in &stage.args {
            self.argument(arg, filter);
        }
    }

    fn argument(&mut self, arg: &Arg, filter: bool) {
        match arg {
            Arg::Search(expr) | Arg::Where(expr) => self.search_expression(expr, false),
            Arg::Expr(expr) => self.expression(expr, false, filter),
            Arg::Assign { value, .. } => self.expression(value, false, false),
            Arg::Aggregate(aggregate) => {
                for arg in &aggregate.args {
                    if let AggregateArg::Eval(expr) = arg {
                        self.expression(expr, false, false);
                    }
                }
            }
            Arg::Subsearch(search) => self.inner(search),
            Arg::Option { value, .. } => self.argument(value, filter),
            Arg::List(list) => list.iter().for_each(|arg| self.argument(arg, filter)),
            _ => {}
        }
    }

    fn add(&mut self, field: &str, kind: IndicatorKind, negated: bool, values: Vec<IndicatorValue>) {
        let field = (self.short)(field);
        if is_selector(&field) || (kind == IndicatorKind::In && values.is_empty()) {
            return;
        }
        let of_value = |v: &IndicatorValue| (v.kind, super::compare::folded(v), v.case);
        if self.seen.insert((field.clone(), kind, negated, values.iter().map(of_value).collect())) {
            let computed = self.computed.has(&field);
            self.out.push(Indicator { field, kind, negated, values, computed, stage: self.stage });
        }
    }

    /// A single value; of a `*` only that the field has a value.
    fn add_one(&mut self, field: &str, negated: bool, one: IndicatorValue) {
        let kind = one.kind;
        let values = if kind == IndicatorKind::Exists { Vec::new() } else { vec![one] };
        self.add(field, kind, negated, values);
    }

    fn search_expression(&mut self, expr: &SearchExpr, negated: bool) {
        match expr {
            SearchExpr::And(terms, _) | SearchExpr::Or(terms, _) => {
                for term in terms {
                    self.search_expression(term, negated);
                }
            }
            SearchExpr::Not(term, _) => self.search_expression(term, !negated),
            SearchExpr::Compare { field, op, value, .. } => {
                self.comparison(&text::field(field), *op, value, negated);
            }
            SearchExpr::In { field, values, .. } => {
                let values: Vec<_> =
                    values.iter().filter_map(literal).map(|(text, case)| search_value(&text, case)).collect();
                self.add(&text::field(field), IndicatorKind::In, negated, values);
            }
            SearchExpr::Term(SearchValue::Subsearch(search)) => self.inner(search),
            SearchExpr::Term(term) => {
                let Some((text, case)) = literal(term) else { return };
                let text = text.trim_matches('*');
                if !text.is_empty() {
                    let one = value(IndicatorKind::Contains, text, text, case);
                    self.add_one("_raw", negated, one);
                }
            }
        }
    }

    fn comparison(&mut self, field: &str, op: Compare, with: &SearchValue, negated: bool) {
        if let SearchValue::Subsearch(search) = with {
            return self.inner(search);
        }
        let Some((text, case)) = literal(with) else { return };
        match op {
            Compare::Equal => self.add_one(field, negated, search_value(&text, case)),
            Compare::NotEqual => self.add_one(field, !negated, search_value(&text, case)),
            other => self.add_one(field, negated, value(ordered(other), &text, &text, false)),
        }
    }

    /// An eval expression. Only those that rows must fulfil (`filter`) look for something by comparing.
    fn expression(&mut self, expr: &Expr, negated: bool, filter: bool) {
        match &expr.kind {
            ExprKind::Logic { terms, .. } => {
                for term in terms {
                    self.expression(term, negated, filter);
                }
            }
            ExprKind::Not(inner) => self.expression(inner, !negated, filter),
            ExprKind::Binary { op: Binary::Compare(op), left, right } => {
                if filter {
                    self.eval_comparison(*op, left, right, negated);
                }
                self.expression(left, negated, false);
                self.expression(right, negated, false);
            }
            ExprKind::Binary { op: Binary::Like, left, right } => self.like(left, right, negated),
            ExprKind::Binary { left, right, .. } => {
                self.expression(left, negated, false);
                self.expression(right, negated, false);
            }
            ExprKind::In { value, list } => self.among(value, list, negated),
            ExprKind::Call { name, args } => {
                self.call(&name.raw.to_ascii_lowercase(), args, negated, filter);
            }
            ExprKind::Sign { operand, .. } => self.expression(operand, negated, false),
            ExprKind::Subsearch(search) => self.inner(search),
            ExprKind::Number(_) | ExprKind::Text(_) | ExprKind::Field(_) | ExprKind::Macro(_) => {}
        }
    }

    fn eval_comparison(&mut self, op: Compare, left: &Expr, right: &Expr, negated: bool) {
        let (op, (field, case), text) = match (looked_at(left), constant(right)) {
            (Some(field), Some(text)) => (op, field, text),
            _ => match (looked_at(right), constant(left)) {
                (Some(field), Some(text)) => (turned(op), field, text),
                _ => return,
            },
        };
        let one = |kind| value(kind, &text, &text, case);
        match op {
            Compare::Equal => self.add_one(&field, negated, one(IndicatorKind::Equal)),
            Compare::NotEqual => self.add_one(&field, !negated, one(IndicatorKind::Equal)),
            other => self.add_one(&field, negated, value(ordered(other), &text, &text, false)),
        }
    }

    fn call(&mut self, name: &str, args: &[Expr], negated: bool, filter: bool) {
        match (name, args) {
            ("match", [field, pattern]) => {
                if let (Some((field, _)), Some(pattern)) = (looked_at(field), constant(pattern)) {
                    self.add_one(&field, negated, regex_value(&pattern));
                }
            }
            ("like", [field, pattern]) => self.like(field, pattern, negated),
            ("cidrmatch", [block, field]) => {
                if let (Some((field, _)), Some(block)) = (looked_at(field), constant(block)) {
                    let one = value(IndicatorKind::Cidr, &block, &block, false);
                    self.add_one(&field, negated, one);
                }
            }
            ("in", [field, list @ ..]) => self.among(field, list, negated),
            ("searchmatch", [search]) => {
                let parsed = constant(search).and_then(|s| grotto_spl::parse_search_expression(&s).ok());
                if let Some(parsed) = parsed {
                    self.search_expression(&parsed, negated);
                }
            }
            ("isnull" | "isnotnull", [field]) if filter => {
                if let Some((field, _)) = looked_at(field) {
                    self.add(&field, IndicatorKind::Exists, negated != (name == "isnull"), Vec::new());
                }
            }
            _ => args.iter().for_each(|arg| self.expression(arg, false, false)),
        }
    }

    fn like(&mut self, field: &Expr, pattern: &Expr, negated: bool) {
        if let (Some((field, case)), Some(pattern)) = (looked_at(field), constant(pattern)) {
            self.add_one(&field, negated, like_value(&pattern, case));
        }
    }

    fn among(&mut self, field: &Expr, list: &[Expr], negated: bool) {
        let Some((field, case)) = looked_at(field) else { return };
        let one = |text: String| value(IndicatorKind::Equal, &text, &text, case);
        let values: Vec<_> = list.iter().filter_map(constant).map(one).collect();
        self.add(&field, IndicatorKind::In, negated, values);
    }

    /// `regex field="…"`, `regex field!="…"`, `regex "…"`.
    fn regex(&mut self, stage: &Stage) {
        for arg in &stage.args {
            match arg {
                Arg::Option { name, negated, value } => {
                    if let Some(pattern) = value.word() {
                        self.add_one(&text::field(name), *negated, regex_value(&text::argument(pattern)));
                    }
                }
                Arg::Word(pattern) => self.add_one("_raw", false, regex_value(&text::argument(pattern))),
                _ => {}
            }
        }
    }

    /// `lookup table field AS other OUTPUT …`: the fields of events that are looked up.
    fn lookup(&mut self, stage: &Stage) {
        let (Some(table), input, _) = lookup_words(stage) else { return };
        let table = text::argument(table);
        for arg in input {
            let field = match arg {
                Arg::Word(word) => text::field(word),
                Arg::As { name, .. } => text::field(name),
                _ => continue,
            };
            self.add_one(&field, false, value(IndicatorKind::Lookup, &table, &table, true));
        }
    }
}

/// A regular expression as it is written: whether letter case counts is said inside it.
fn regex_value(pattern: &str) -> IndicatorValue {
    value(IndicatorKind::Regex, pattern, pattern, true)
}

/// What a value of a search means, and whether its letter case counts.
fn literal(value: &SearchValue) -> Option<(String, bool)> {
    match value {
        SearchValue::Word(word) | SearchValue::Term(word, _) => Some((text::search(word), false)),
        SearchValue::Case(word, _) => Some((text::search(word), true)),
        SearchValue::Macro(_) | SearchValue::Subsearch(_) => None,
    }
}

/// The field that an expression looks at, and whether letter case still counts.
fn looked_at(expr: &Expr) -> Option<Looked> {
    match &expr.kind {
        ExprKind::Field(word) if !is_keyword(word) => Some((text::field(word), true)),
        ExprKind::Call { name, args } => {
            let [inner] = args.as_slice() else { return None };
            let (field, case) = looked_at(inner)?;
            match name.raw.to_ascii_lowercase().as_str() {
                "lower" | "upper" => Some((field, false)),
                "tonumber" | "tostring" | "trim" => Some((field, case)),
                _ => None,
            }
        }
        _ => None,
    }
}

fn is_keyword(word: &Word) -> bool {
    word.is_keyword("true") || word.is_keyword("false") || word.is_keyword("null")
}

/// The text that an expression always is.
fn constant(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Text(word) => Some(text::eval(word)),
        ExprKind::Number(number) => Some(number.clone()),
        ExprKind::Sign { negative, operand } => {
            let number = constant(operand)?;
            Some(if *negative { format!("-{number}") } else { number })
        }
        _ => None,
    }
}

fn ordered(op: Compare) -> IndicatorKind {
    match op {
        Compare::Less => IndicatorKind::Less,
        Compare::LessEqual => IndicatorKind::LessEqual,
        Compare::Greater => IndicatorKind::Greater,
        Compare::GreaterEqual => IndicatorKind::GreaterEqual,
        Compare::Equal | Compare::NotEqual => IndicatorKind::Equal,
    }
}

/// The operator with its sides exchanged.
fn turned(op: Compare) -> Compare {
    match op {
        Compare::Less => Compare::Greater,
        Compare::LessEqual => Compare::GreaterEqual,
        Compare::Greater => Compare::Less,
        Compare::GreaterEqual => Compare::LessEqual,
        same => same,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each as `field [not] kind value,value`, with `~` before a value whose letter case counts, and `@stage`.
    fn found(spl: &str) -> String {
        let tree = grotto_spl::parse(spl).unwrap();
        let short = |field: &str| field.strip_prefix("P.").unwrap_or(field).to_owned();
        let each = of(&tree, &short).into_iter().map(|i| {
            let values: Vec<_> =
                i.values.iter().map(|v| format!("{}{}", if v.case { "~" } else { "" }, v.value)).collect();
            let not = if i.negated { "not " } else { "" };
            let own = if i.computed { " own" } else { "" };
            format!("{} {not}{} {}{own} @{}", i.field, i.kind.name(), values.join(","), i.stage)
        });
        each.collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn every_way_to_look_for_something() {
        for (spl, expected) in [
            ("index=x sourcetype=y a=*b* NOT c=d*", "a contains b @1; c not starts with d @1"),
            ("a!=x NOT (b!=y OR c>3)", "a not eq x @1; b eq y @1; c not > 3 @1"),
            ("a IN (x, *y) a=*", "a in x,y @1; a exists  @1"),
            ("evil.exe \"two words\" *", "_raw contains evil.exe @1; _raw contains two words @1"),
            ("a=CASE(Ab) ip=10.0.0.0/8", "a eq ~Ab @1; ip cidr 10.0.0.0/8 @1"),
            ("* | where a=\"X\" AND 3<b AND lower(c)=\"y\"", "a eq ~X @2; b > 3 @2; c eq y @2"),
            (
                "* | where match(a, \"x+\") OR NOT like(b, \"%y\") | where c LIKE \"z%\"",
                "a regex ~x+ @2; b not ends with ~y @2; c starts with ~z @3",
            ),
            (
                "* | where cidrmatch(\"10.0.0.0/8\", ip) AND in(a, \"x\", \"y\") AND b IN (\"z\")",
                "ip cidr 10.0.0.0/8 @2; a in ~x,~y @2; b in ~z @2",
            ),
            ("* | where isnull(a) AND isnotnull(b)", "a not exists  @2; b exists  @2"),
            ("* | eval x=if(searchmatch(\"a=b*\"),1,0), y=if(c=\"d\",1,0)", "a starts with b @2"),
            ("* | stats count(eval(match(a,\"x\"))) as n | where n>2", "a regex ~x @2; n > 2 own @3"),
            ("* | regex a!=\"x\\d\" | regex \"y\"", "a not regex ~x\\d @2; _raw regex ~y @3"),
            ("* | lookup t k as a, b OUTPUT v", "a lookup ~t @2; b lookup ~t @2"),
            (
                "a=1 [search b=2 | where c=\"3\"] | join d [search e=4]",
                "a eq 1 @1; b eq 2 @1; c eq 3 @1; e eq 4 @2",
            ),
            ("| tstats count from datamodel=M.P where P.a=x by P.b", "a eq x @1"),
            ("a=x a=X | search a=x", "a eq x @1"),
        ] {
            assert_eq!(found(spl), expected, "{spl}");
        }
    }
}
