//! Searches and the trees that they make, shown through the printer with every parenthesis that matters.

use super::*;
use crate::ast::{Arg, ExprKind};
use crate::print;

/// Prints with explicit grouping: `AND[a, OR[b, c]]`.
fn shape(e: &SearchExpr) -> String {
    let list = |terms: &[SearchExpr]| terms.iter().map(shape).collect::<Vec<_>>().join(", ");
    match e {
        SearchExpr::And(terms, _) => format!("AND[{}]", list(terms)),
        SearchExpr::Or(terms, _) => format!("OR[{}]", list(terms)),
        SearchExpr::Not(inner, _) => format!("NOT[{}]", shape(inner)),
        other => print::search_expression(other),
    }
}

#[test]
fn or_binds_tighter_than_and() {
    for (text, expected) in [
        ("a=1 b=2 OR c=3", "AND[a=1, OR[b=2, c=3]]"),
        ("a=1 AND b=2 OR c=3 d", "AND[a=1, OR[b=2, c=3], d]"),
        ("NOT a OR b c", "AND[OR[NOT[a], b], c]"),
        ("NOT (a b) c", "AND[NOT[AND[a, b]], c]"),
        ("a (b OR c)", "AND[a, OR[b, c]]"),
        ("a or b", "AND[a, or, b]"),
        ("ORANGE NOTHING ANDY", "AND[ORANGE, NOTHING, ANDY]"),
        ("a NOT(b)", "AND[a, NOT[b]]"),
        ("NOT NOT a", "NOT[NOT[a]]"),
    ] {
        assert_eq!(shape(&parse_search_expression(text).unwrap()), expected, "{text}");
    }
}

#[test]
fn search_terms_of_every_kind() {
    for (text, expected) in [
        ("a = 1", "a=1"),
        ("a!=\"x y\"", "a!=\"x y\""),
        ("a <= 5 b>2", "AND[a<=5, b>2]"),
        ("a IN (1, \"b c\" *d*)", "a IN (1, \"b c\", *d*)"),
        ("a IN(`m`)", "a IN (`m`)"),
        ("a==b", "a=b"),
        ("\"f g\"=x", "\"f g\"=x"),
        (r#"p="*\\x.exe""#, r#"p="*\\x.exe""#),
        (r"p=*\\x.exe q", r"AND[p=*\\x.exe, q]"),
        ("\"a phrase\" word TERM(1.2.3.4) CASE(Foo)", "AND[\"a phrase\", word, TERM(1.2.3.4), CASE(Foo)]"),
        ("f=CASE(Foo)", "f=CASE(Foo)"),
        ("`m(a, \"b\")` x", "AND[`m(a, \"b\")`, x]"),
        ("url=http://a/?b=c&d", "url=http://a/?b=c&d"),
        ("a=1,b=2", "a=1,b=2"),
        ("p=*Get()* x", "AND[p=*Get()*, x]"),
        (r#"p=*\"a\":b* x"#, r#"AND[p=*\"a\":b*, x]"#),
        ("(p=x)(q=y)", "AND[p=x, q=y]"),
        ("t>=now(a, \"b\") x", "AND[t>=now(a, \"b\"), x]"),
        ("x=[search y | fields z]", "x=[search y | fields z]"),
        ("*", "*"),
    ] {
        assert_eq!(shape(&parse_search_expression(text).unwrap()), expected, "{text}");
    }
}

#[test]
fn eval_precedence() {
    for (text, expected) in [
        ("a+b*c-d", "a + b * c - d"),
        ("(a+b)*c", "(a + b) * c"),
        ("a - (b - c)", "a - (b - c)"),
        ("a.b.\"x\"", "a . b . \"x\""),
        ("NOT a=1 AND b=2 OR c XOR d", "NOT a = 1 AND b = 2 OR c XOR d"),
        ("a and (b or c)", "a AND (b OR c)"),
        ("if(isnull(x),\"a\",'b c')", "if(isnull(x), \"a\", 'b c')"),
        ("x IN (\"a\", b) ", "x IN (\"a\", b)"),
        ("NOT x in(y)", "NOT x IN (y)"),
        ("not(x)", "NOT x"),
        ("1.5e3 + -2", "1.5e3 + -2"),
        ("x LIKE \"a%\"", "x LIKE \"a%\""),
        ("in(f,1)", "in(f, 1)"),
        ("'<<FIELD>>' + <<FIELD>>_x", "'<<FIELD>>' + <<FIELD>>_x"),
        ("if(1e3>5,\"a\",1e2)", "if(1e3 > 5, \"a\", 1e2)"),
        ("1e3x+1", "1e3x + 1"),
        ("7zip=1", "7zip = 1"),
        ("true()", "true()"),
    ] {
        assert_eq!(print::expression(&parse_expression(text).unwrap()), expected, "{text}");
    }
    let logic = parse_expression("NOT a AND b").unwrap();
    assert!(matches!(logic.kind, ExprKind::Logic { .. }), "NOT binds tighter than AND");
}

#[test]
fn searches_print_back() {
    for (text, expected) in [
        ("index=x | stats count", "index=x | stats count"),
        ("search a | head 5", "search a | head 5"),
        ("| makeresults", "| makeresults"),
        (
            "| tstats `s` count min(_time) as t from datamodel=E.P where P.a=1 (b OR c) by P.x P.y, _time span=1h",
            "| tstats `s` count min(_time) as t from datamodel=E.P where P.a=1 (b OR c) by P.x P.y _time span=1h",
        ),
        (
            "x | stats values(eval(if(a=1,b,null()))) as v, dc(c) AS \"d e\" BY f",
            "x | stats values(eval(if(a = 1, b, null()))) as v dc(c) as \"d e\" by f",
        ),
        ("x | rename a AS b, \"c d\" as e", "x | rename a as b, \"c d\" as e"),
        ("x | convert timeformat=\"%Y\" ctime(a) AS b", "x | convert timeformat=\"%Y\" ctime(a) as b"),
        ("x | eval a.b_-c=1", "x | eval a.b_-c=1"),
        ("x | eval a=1, 'b c'=2,{d}=3", "x | eval a=1, 'b c'=2, {d}=3"),
        (
            "x | rex field=y \"(?<z>.*)\" | regex y!=\"a=b\"",
            "x | rex field=y \"(?<z>.*)\" | regex y!=\"a=b\"",
        ),
        ("x | join type=left a, b [search y | table a]", "x | join type=left a b [search y | table a]"),
        ("x | append [| inputlookup t where a=1]", "x | append [| inputlookup t where a=1]"),
        ("x | appendpipe [stats count]", "x | appendpipe [| stats count]"),
        ("x | foreach a* [eval <<FIELD>>=1]", "x | foreach a* [| eval <<FIELD>>=1]"),
        (
            "x | `m(firstTime)` | sort - count, +a | fields - b",
            "x | `m(firstTime)` | sort - count +a | fields - b",
        ),
        ("x | lookup l a AS b OUTPUT c as d, e", "x | lookup l a as b OUTPUT c as d e"),
        (
            "x | transaction a startswith=(EventCode=1 OR b) endswith=eval(c>3)",
            "x | transaction a startswith=(EventCode=1 OR b) endswith=eval(c > 3)",
        ),
        ("sourcetype::x* fe80::1 ::a b::", "sourcetype=x* fe80::1 ::a b::"),
        ("x | head (a>1)", "x | head (a > 1)"),
        ("x | head limit=5 (a>1 OR b) null=true", "x | head limit=5 (a > 1 OR b) null=true"),
        ("x | stats count by groupby", "x | stats count by groupby"),
        ("x | timechart span=1h limit=5 count by y", "x | timechart span=1h limit=5 count by y"),
        ("x | stats values(a) as b(c) count", "x | stats values(a) as b(c) count"),
        ("x | stats sparkline(count(a), 1h) as s", "x | stats sparkline(count(a), 1h) as s"),
        ("x ```note | with pipe``` | stats count", "x | stats count"),
        ("[search a]", "[search a]"),
    ] {
        let tree = parse(text).unwrap_or_else(|e| panic!("{text}: {e}"));
        let printed = print::search(&tree);
        assert_eq!(printed, expected, "{text}");
        assert_eq!(parse(&printed).unwrap(), tree, "{printed}");
    }
}

#[test]
fn errors_name_their_place() {
    for (text, slug, start) in [
        ("a=\"x", "spl/unclosed-quote", 2),
        ("a=(b", "spl/missing-value", 2),
        ("(a", "spl/unclosed", 2),
        ("a | ", "spl/empty-stage", 4),
        ("a || b", "spl/empty-stage", 3),
        ("a | stats count)", "spl/expected-aggregation", 15),
        ("a | eval b", "spl/expected-assignment", 10),
        ("a | eval b=", "spl/expected-expression", 11),
        ("a | where (b", "spl/unclosed", 12),
        ("a OR", "spl/expected-term", 4),
        ("a `b", "spl/unclosed-macro", 2),
        ("a ]", "spl/unexpected", 2),
        ("", "spl/empty-stage", 0),
        ("a | eval b=1 c=2", "spl/unexpected", 13),
    ] {
        let error = parse(text).expect_err(text);
        assert_eq!((error.slug, error.labels[0].span.start), (slug, start), "{text}: {error}");
    }
}

#[test]
fn nesting_is_limited() {
    for text in [
        "(".repeat(10_000),
        format!("x | where {}", "(".repeat(10_000)),
        format!("x | where {}", "-".repeat(10_000)),
        format!("x | where {}a", "not ".repeat(10_000)),
        "NOT ".repeat(10_000),
        "[search ".repeat(10_000),
        format!("x | where {}a", "a.".repeat(10_000)),
        format!("x | foo {}", "(".repeat(10_000)),
        format!("x | stats {}", "a(".repeat(10_000)),
    ] {
        assert!(parse(&text).is_err());
    }
    let many = vec!["a=1"; 20_000].join(" OR ");
    assert!(parse(&many).is_ok(), "long lists are no nesting");
}

#[test]
fn stages_know_their_span() {
    let text = "a=1 | stats count by x  | `m(y)` ";
    let tree = parse(text).unwrap();
    let spans: Vec<&str> = tree.stages.iter().map(|s| s.at.0.of(text)).collect();
    assert_eq!(spans, ["a=1", "stats count by x", "`m(y)`"]);
    let Arg::Aggregate(aggregate) = &tree.stages[1].args[0] else { panic!("an aggregation") };
    assert_eq!(aggregate.at.0.of(text), "count");
}
