use super::*;
use crate::{Context, Value};
use arrow_array::builder::StringViewBuilder;
use grotto_spl::ast::SearchExpr;
use proptest::prelude::*;
use std::collections::HashSet;

fn context() -> Context {
    // 2021-03-04 05:06:07 UTC.
    Context { timezone: jiff::tz::TimeZone::UTC, now: 1_614_834_367_000_000_000, ..crate::Context::default() }
}

fn parse(text: &str) -> SearchExpr {
    grotto_spl::parse_search_expression(text).unwrap_or_else(|e| panic!("{text}: {e}"))
}

fn formula(text: &str) -> Formula {
    Formula::compile(&parse(text), &context()).unwrap_or_else(|e| panic!("{text}: {e}"))
}

fn batch() -> Batch {
    let mut batch = Batch::new(4);
    batch.set("image", Column::text([Some(r"C:\Windows\PowerShell.exe"), Some("cmd.exe"), None, Some("")]));
    batch.set("EventCode", Column::constant("4104", 4));
    batch.set("count", Column::Int(vec![Some(1), Some(10), Some(9), None].into()));
    batch.set(
        "ip",
        Column::text([Some("10.1.2.3"), Some("192.168.0.1"), Some("fe80::1"), Some("10.0.0.0/8")]),
    );
    batch.set("tag", Column::list([vec!["process", "report"], vec!["registry"], vec![], vec!["process"]]));
    batch.set(
        "_time",
        Column::Time(
            [1_614_830_000, 1_614_834_367, 1_614_920_000, 0].map(|s: i64| s * 1_000_000_000).to_vec().into(),
        ),
    );
    batch.set("empty", Column::null(4));
    batch.set(
        "_raw",
        Column::text([Some("login failed for bob"), Some("login of Bob OK"), Some("x=failed-again"), None]),
    );
    batch
}

/// The rows that a search keeps, as digits.
fn kept(search: &str) -> String {
    let mask = formula(search).mask(&batch());
    (0..4).filter(|row| mask.contains(*row)).map(|row| row.to_string()).collect()
}

#[test]
fn searches_keep_rows() {
    for (search, rows) in [
        (r"image=*\\powershell.exe", "0"),
        (r#"image="*\\powershell.exe""#, "0"),
        (r#"image="*\powershell.exe""#, "0"),
        ("image=CMD.EXE", "1"),
        ("image=CASE(CMD.EXE)", ""),
        ("image=CASE(cmd.*)", "1"),
        ("image=cmd", ""),
        ("image=*", "013"),
        ("image=\"\"", "3"),
        ("image!=cmd.exe", "03"),
        ("NOT image=cmd.exe", "023"),
        ("image!=*", ""),
        ("NOT image=*", "2"),
        ("missing=*", ""),
        ("NOT missing=x", "0123"),
        ("missing!=x", ""),
        ("empty=*", ""),
        ("EventCode=4104", "0123"),
        ("EventCode=\"4104.0\"", ""),
        ("EventCode IN (1, 410*)", "0123"),
        ("image IN (cmd.exe \"*power*\")", "01"),
        ("NOT image IN (cmd.exe, \"*power*\")", "23"),
        ("count>1", "12"),
        ("count>=9", "12"),
        ("count<\"10\"", "02"),
        ("count<=abc", "012"),
        ("count=1", "0"),
        ("count=1*", "01"),
        ("image<d", "013"),
        ("ip=10.0.0.0/8", "03"),
        ("ip!=10.0.0.0/8", "12"),
        ("ip=\"fe80::/10\"", "2"),
        ("ip<2", "013"),
        ("tag=process", "03"),
        ("tag=process tag=report", "0"),
        ("tag!=process", "01"),
        ("NOT tag=process", "12"),
        ("t*g=registry", "1"),
        ("*=failed*", ""),
        ("i*=cmd.exe", "1"),
        ("image=cmd.exe OR image=*power* EventCode=4104", "01"),
        ("EventCode=1 image=*", ""),
        ("failed", "02"),
        ("fail", ""),
        ("fail*", "02"),
        ("bob", "01"),
        ("CASE(bob)", "0"),
        ("\"login failed\"", "0"),
        ("TERM(failed)", "0"),
        ("TERM(x=failed-again)", "2"),
        ("NOT failed", "13"),
        ("*", "0123"),
        ("* failed", "02"),
        ("earliest=-2h", "012"),
        ("earliest=-2h latest=now", "0"),
        ("earliest=1614834367", "12"),
        ("latest=03/04/2021:00:00:00", "3"),
        ("_time>1614834367", "2"),
        ("starthoursago=1 splunk_server=x", "0123"),
    ] {
        assert_eq!(kept(search), rows, "{search}");
    }
}

#[test]
fn without_raw_text_only_the_star_keeps_rows() {
    let mut table = Batch::new(2);
    table.set("count", Column::Int(vec![1, 2].into()));
    assert_eq!(formula("search_term").mask(&table), Mask::None);
    assert_eq!(formula("*").mask(&table), Mask::All);
}

#[test]
fn same_columns_are_asked_once() {
    for (search, mask) in [
        ("EventCode=4104", Mask::All),
        ("EventCode!=4104", Mask::None),
        ("EventCode>5", Mask::All),
        ("EventCode=*", Mask::All),
        ("4104", Mask::None),
        ("empty!=x", Mask::None),
    ] {
        assert_eq!(formula(search).mask(&batch()), mask, "{search}");
    }
}

#[test]
fn equal_predicates_are_one() {
    let a = formula(
        r#"Image="*\\CMD.exe" OR Image="*\cmd.EXE" Image=CASE(*cmd.exe) image=*cmd.exe Image<a Image<A"#,
    );
    let different: HashSet<&Arc<Predicate>> = a.predicates().into_iter().collect();
    assert_eq!((a.predicates().len(), different.len()), (6, 5));
    assert_eq!(a.fields().into_iter().collect::<Vec<_>>(), ["Image", "image"]);
    let shown: Vec<String> = a.predicates().iter().take(3).map(ToString::to_string).collect();
    assert_eq!(shown[0], r#"Image = "*\\cmd.exe""#);
    assert_eq!(formula("failed").fields().into_iter().collect::<Vec<_>>(), ["_raw"]);
}

#[test]
fn only_what_matters_is_asked() {
    let mut asked = Vec::new();
    let mut ask = |formula: &Formula, answers: &[Mask]| {
        asked.clear();
        let mask = formula.mask_with(&mut |predicate| {
            asked.push(predicate.field().to_owned());
            answers[asked.len() - 1].clone()
        });
        (mask, asked.join(" "))
    };
    assert_eq!(ask(&formula("a=1 b=2 c=3"), &[Mask::All, Mask::None]), (Mask::None, "a b".into()));
    assert_eq!(ask(&formula("a=1 OR b=2 OR c=3"), &[Mask::None, Mask::All]), (Mask::All, "a b".into()));
    assert_eq!(ask(&formula("NOT a=1 b=2"), &[Mask::None, Mask::All]), (Mask::All, "a b".into()));
}

#[test]
fn some_known_predicates_may_decide() {
    let known = |search: &str| {
        formula(search).decided(&mut |predicate| match predicate.field() {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        })
    };
    for (search, decided) in [
        ("no=1 a=1", Some(false)),
        ("a=1 no=1", Some(false)),
        ("yes=1 a=1", None),
        ("yes=1 OR a=1", Some(true)),
        ("a=1 OR no=1", None),
        ("NOT no=1", Some(true)),
        ("NOT a=1", None),
        ("*", Some(true)),
        ("NOT *", Some(false)),
        ("yes=1 NOT (no=1 a=2)", Some(true)),
    ] {
        assert_eq!(known(search), decided, "{search}");
    }
}

#[test]
fn constants_vanish() {
    assert_eq!(formula("* a=1 *"), formula("a=1"));
    assert_eq!(formula("* OR a=1"), Formula::Always);
    assert_eq!(formula("NOT NOT a=1"), formula("a=1"));
    assert_eq!(formula("a!=* b=1"), Formula::Never);
    assert_eq!(formula("a=1 (b=2 c=3)"), formula("a=1 b=2 c=3"));
}

#[test]
fn what_can_not_be_compiled() {
    for (search, slug) in [
        ("earliest=yesterday", "engine/bad-time"),
        ("a=1 `m`", "engine/macro-left"),
        ("a=1 [search b]", "engine/subsearch-left"),
        ("a=`m`", "engine/macro-left"),
    ] {
        assert_eq!(Formula::compile(&parse(search), &context()).expect_err(search).slug, slug);
    }
}

#[test]
fn shared_predicates_are_the_same_object() {
    let mut table: std::collections::HashMap<Predicate, Arc<Predicate>> = std::collections::HashMap::new();
    let mut share =
        |p: &Arc<Predicate>| Arc::clone(table.entry(p.as_ref().clone()).or_insert_with(|| Arc::clone(p)));
    let (a, b) = (formula("x=1 y=2").map(&mut share), formula("y=2 OR z=3").map(&mut share));
    assert!(Arc::ptr_eq(a.predicates()[1], b.predicates()[0]));
    assert_eq!(a, formula("x=1 y=2"));
}

// ---- the naive reference ----

/// One row's values of a field, each as text; none when it is missing.
fn naive_values(batch: &Batch, field: &str, row: usize) -> Vec<String> {
    match Value::from(batch.cell(field, row)) {
        Value::Null => Vec::new(),
        Value::List(values) => values,
        other => vec![other.text()],
    }
}

fn naive_fits(pattern: &str, text: &str, case: bool) -> bool {
    if let Some(block) = Cidr::parse(pattern)
        && block.holds(text)
    {
        return true;
    }
    let regex = pattern.split('*').map(regex::escape).collect::<Vec<_>>().join(".*");
    let flags = if case { "s" } else { "si" };
    regex::Regex::new(&format!("^(?{flags}:{regex})$")).expect("a pattern").is_match(text)
}

fn naive_order(text: &str, value: &str) -> Ordering {
    match (crate::value::parse_number(text), crate::value::parse_number(value)) {
        (Some(a), Some(b)) => a.partial_cmp(&b).expect("numbers"),
        _ => text.cmp(value),
    }
}

fn naive_predicate(p: &Predicate, batch: &Batch, row: usize) -> bool {
    let values = naive_values(batch, p.field(), row);
    let v = p.value();
    match p.op() {
        Op::Exists => !values.is_empty(),
        Op::Equal => values.iter().any(|text| naive_fits(v, text, p.case())),
        Op::NotEqual => values.iter().any(|text| !naive_fits(v, text, p.case())),
        Op::Less => values.iter().any(|text| naive_order(text, v).is_lt()),
        Op::LessEqual => values.iter().any(|text| naive_order(text, v).is_le()),
        Op::Greater => values.iter().any(|text| naive_order(text, v).is_gt()),
        Op::GreaterEqual => values.iter().any(|text| naive_order(text, v).is_ge()),
        Op::From => {
            values.iter().any(|text| text.parse::<f64>().is_ok_and(|s| s >= v.parse::<f64>().unwrap() / 1e9))
        }
        Op::Before => {
            values.iter().any(|text| text.parse::<f64>().is_ok_and(|s| s < v.parse::<f64>().unwrap() / 1e9))
        }
        Op::Contains | Op::Term => values.iter().any(|text| naive_words(v, text, p.op() == Op::Term)),
    }
}

/// Words without wildcards: the term between major breakers, or any run of pieces.
fn naive_words(words: &str, text: &str, term: bool) -> bool {
    let (words, text) = (words.to_lowercase(), text.to_lowercase());
    let minor: &[char] = &['.', '='];
    let edge = |c: Option<char>| c.is_none_or(|c| c == ' ' || !term && minor.contains(&c));
    text.char_indices().filter(|(at, _)| text[*at..].starts_with(&words)).any(|(at, _)| {
        let end = at + words.len();
        edge(text[..at].chars().next_back()) && edge(text[end..].chars().next())
    })
}

fn naive(formula: &Formula, batch: &Batch, row: usize) -> bool {
    match formula {
        Formula::Always => true,
        Formula::Never => false,
        Formula::Leaf(p) => naive_predicate(p, batch, row),
        Formula::Not(inner) => !naive(inner, batch, row),
        Formula::And(parts) => parts.iter().all(|part| naive(part, batch, row)),
        Formula::Or(parts) => parts.iter().any(|part| naive(part, batch, row)),
    }
}

const ROWS: usize = 7;

fn word() -> impl Strategy<Value = String> {
    prop_oneof!["[aAbÉé]{0,4}", "-?[0-9]{1,2}(\\.[05])?", Just("10.0.0.1".to_owned())]
}

fn column() -> impl Strategy<Value = Column> {
    let text = proptest::collection::vec(proptest::option::of(word()), ROWS).prop_map(Column::text);
    let list =
        proptest::collection::vec(proptest::collection::vec(word(), 0..3), ROWS).prop_map(Column::list);
    let ints = proptest::collection::vec(proptest::option::of(-20i64..20), ROWS)
        .prop_map(|v| Column::Int(v.into_iter().collect()));
    let floats =
        proptest::collection::vec(proptest::option::of((-40i32..40).prop_map(|i| f64::from(i) / 2.0)), ROWS)
            .prop_map(|v| Column::Float(v.into_iter().collect()));
    let times =
        proptest::collection::vec(proptest::option::of((-20i64..20).prop_map(|i| i * 500_000_000)), ROWS)
            .prop_map(|v| Column::Time(v.into_iter().collect()));
    let same = word().prop_map(|text| Column::constant(&text, ROWS));
    let shared = proptest::collection::vec(proptest::option::of(0usize..2), ROWS).prop_map(|rows| {
        let mut builder = StringViewBuilder::new().with_deduplicate_strings();
        for row in rows {
            builder.append_option(row.map(|i| ["aB", "a longer text than a view holds"][i]));
        }
        Column::Text(builder.finish())
    });
    prop_oneof![text, list, ints, floats, times, same, Just(Column::null(ROWS)), shared]
}

fn predicate() -> impl Strategy<Value = Formula> {
    let field = prop_oneof![Just("a"), Just("b"), Just("c"), Just("missing")].prop_map(FieldName::from);
    let value = prop_oneof![word(), "[aAé*]{1,4}", Just("10.0.0.0/8".to_owned()), Just("1*".to_owned())];
    let op = prop_oneof![
        Just(Compare::Equal),
        Just(Compare::NotEqual),
        Just(Compare::Less),
        Just(Compare::LessEqual),
        Just(Compare::Greater),
        Just(Compare::GreaterEqual),
    ];
    prop_oneof![
        6 => (field.clone(), op, value.clone()).prop_map(|(f, op, v)| Predicate::compare(f, op, &v).into()),
        1 => (field.clone(), value).prop_map(|(f, v)| Predicate::equal(f, &v, true).into()),
        1 => field.prop_map(|f| Predicate::exists(f).into()),
        1 => ("[ab]{1,2}( [ab]{1,2})?(=a)?", any::<bool>()).prop_map(|(w, t)| Predicate::words(&w, false, t).into()),
        1 => (any::<bool>(), -20i64..20).prop_map(|(from, i)| Predicate::time(from, i * 500_000_000).into()),
    ]
}

/// Formulas of all kinds over the fields of [`batches`].
pub(super) fn formulas() -> impl Strategy<Value = Formula> {
    predicate().prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(Formula::negated),
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Formula::and),
            proptest::collection::vec(inner, 0..3).prop_map(Formula::or),
        ]
    })
}

/// Batches with columns of all kinds.
pub(super) fn batches() -> impl Strategy<Value = Batch> {
    let time =
        proptest::collection::vec(proptest::option::of((-20i64..20).prop_map(|i| i * 500_000_000)), ROWS);
    let raw = proptest::collection::vec(proptest::option::of("[abA .=]{0,10}"), ROWS);
    (column(), column(), column(), time, raw).prop_map(|(a, b, c, time, raw)| {
        let mut batch = Batch::new(ROWS);
        batch.set("a", a);
        batch.set("b", b);
        batch.set("c", c);
        batch.set("_time", Column::Time(time.into_iter().collect()));
        batch.set("_raw", Column::text(raw));
        batch
    })
}

proptest! {
    #[test]
    fn masks_agree_with_rows_one_by_one(formula in formulas(), batch in batches()) {
        let mask = formula.mask(&batch);
        for row in 0..ROWS {
            prop_assert_eq!(mask.contains(row), naive(&formula, &batch, row), "row {} of {:?}", row, formula);
        }
        let mut whole = |p: &Predicate| match p.mask(&batch) {
            Mask::All => Some(true),
            Mask::None => Some(false),
            Mask::Bits(_) => None,
        };
        match formula.decided(&mut whole) {
            Some(true) => prop_assert_eq!(mask, Mask::All),
            Some(false) => prop_assert_eq!(mask, Mask::None),
            None => {}
        }
    }
}
