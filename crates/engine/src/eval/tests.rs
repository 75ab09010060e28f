use super::*;
use grotto_events::Cell;
use proptest::prelude::*;

fn context() -> Context {
    Context { timezone: jiff::tz::TimeZone::UTC, now: 1_700_000_000_000_000_000, ..crate::Context::default() }
}

fn compile(text: &str) -> Expression {
    let expr = grotto_spl::parse_expression(text).unwrap_or_else(|e| panic!("{text}: {e}"));
    Expression::compile(&expr, &context()).unwrap_or_else(|e| panic!("{text}: {e}"))
}

/// `s` is text, `n` a number as text, `i` an integer, `t` a time, `m` multivalue; `missing` and `null` are no fields.
fn batch() -> Batch {
    let mut batch = Batch::new(2);
    batch.set("s", Column::text([Some("abc"), None]));
    batch.set("n", Column::text([Some("10"), Some("9")]));
    batch.set("i", Column::Int(vec![7, 8].into()));
    batch.set("t", Column::Time(vec![1_500_000_000, 3_000_000_000].into()));
    batch.set("m", Column::list([vec!["a", "b"], vec![]]));
    batch.set("odd name", Column::constant("x y", 2));
    batch
}

fn value(text: &str) -> Value {
    compile(text).value(&batch(), 0)
}

fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}

#[test]
fn operators() {
    for (expression, expected) in [
        ("1 + 2 * 3", Value::Int(7)),
        ("n + 5", Value::Int(15)),
        ("n + n", Value::Int(20)),
        ("s + n", text("abc10")),
        ("s + \"__\" + n", text("abc__10")),
        ("s . n", text("abc10")),
        ("1 . 2", text("12")),
        ("s - 1", Value::Null),
        ("7 / 2", Value::Float(3.5)),
        ("8 / 2", Value::Int(4)),
        ("1 / 0", Value::Null),
        ("0 / 0", Value::Null),
        ("7 % 4", Value::Int(3)),
        ("7 % 0", Value::Null),
        ("0.1 + 0.2", Value::Float(0.1 + 0.2)),
        ("-n", Value::Int(-10)),
        ("-s", Value::Null),
        ("9223372036854775807 + 1", Value::Float(9_223_372_036_854_775_808.0)),
        ("missing + 1", Value::Null),
        ("s . missing", Value::Null),
        ("m . s", Value::Null),
        ("m + 1", Value::Null),
        ("t + 1", Value::Time(2_500_000_000)),
        ("1 + t", Value::Time(2_500_000_000)),
        ("t - 0.25", Value::Time(1_250_000_000)),
        ("t - t", Value::Int(0)),
        ("t * 2", Value::Float(3.0)),
        ("'odd name' . \"!\"", text("x y!")),
    ] {
        assert_eq!(value(expression), expected, "{expression}");
    }
}

#[test]
fn comparisons() {
    for (expression, expected) in [
        ("n > 9", Some(true)),
        ("n > \"9\"", Some(true)),
        ("n = \"10.0\"", Some(true)),
        ("s = \"ABC\"", Some(false)),
        ("s == \"abc\"", Some(true)),
        ("s < \"abd\"", Some(true)),
        ("s > 5", Some(true)),
        ("s != \"x\"", Some(true)),
        ("missing = 1", None),
        ("missing != 1", None),
        ("null = 1", None),
        ("m = \"b\"", Some(true)),
        ("m != \"b\"", Some(true)),
        ("m = \"c\"", Some(false)),
        ("\"b\" = m", Some(true)),
        ("t > 1", Some(true)),
        ("t = 1.5", Some(true)),
        ("s IN (\"x\", \"abc\")", Some(true)),
        ("s IN (\"x\", missing)", Some(false)),
        ("missing IN (\"x\")", None),
        ("\"a\" IN (m)", Some(true)),
        ("NOT \"z\" IN (m)", Some(true)),
        ("s LIKE \"a%\"", Some(true)),
        ("m LIKE \"b\"", Some(true)),
        ("missing LIKE \"%\"", None),
        ("n = i", Some(false)),
        ("i = 7", Some(true)),
        ("1 = 1", Some(true)),
    ] {
        assert_eq!(value(expression), expected.map_or(Value::Null, Value::Bool), "{expression}");
    }
}

#[test]
fn logic_has_three_values() {
    let operand = |b: Option<bool>| match b {
        Some(true) => "(1=1)",
        Some(false) => "(1=2)",
        None => "(missing=1)",
    };
    let values = [Some(true), Some(false), None];
    for a in values {
        assert_eq!(value(&format!("NOT {}", operand(a))), a.map_or(Value::Null, |a| Value::Bool(!a)));
        for b in values {
            let and = if a == Some(false) || b == Some(false) { Some(false) } else { a.and(b) };
            let or = if a == Some(true) || b == Some(true) { Some(true) } else { a.and(b) };
            let xor = a.zip(b).map(|(a, b)| a != b);
            for (op, expected) in [("AND", and), ("OR", or), ("XOR", xor)] {
                let expression = format!("{} {op} {}", operand(a), operand(b));
                assert_eq!(value(&expression), expected.map_or(Value::Null, Value::Bool), "{expression}");
            }
        }
    }
    assert_eq!(value("s AND true()"), Value::Null, "text is no condition");
}

#[test]
fn strings_have_escapes() {
    assert_eq!(value(r#""C:\\windows\temp""#), text("C:\\windows\temp"));
    assert_eq!(value(r#""a\"b\d""#), text("a\"b\\d"));
}

#[test]
fn columns_take_the_type_of_their_values() {
    let column = |text: &str| compile(text).column(&batch());
    assert!(matches!(column("n + 1"), Some(Column::Int(_))));
    assert!(matches!(column("n / 4"), Some(Column::Float(_))));
    assert!(matches!(column("t + 1"), Some(Column::Time(_))));
    assert!(matches!(column("mvappend(s, n)"), Some(Column::List(_))));
    assert!(matches!(column("if(n>9, 1, \"x\")"), Some(Column::Text(_))));
    assert!(matches!(column("if(n>9, t, 1)"), Some(Column::Text(_))));
    assert_eq!(column("missing"), None);
    assert_eq!(column("missing + 1"), None);
    assert_eq!(column("null()"), None);
    assert_eq!(column("t"), batch().column("t").cloned(), "a field alone is copied as it is");
    let lower = column("lower(s)").expect("a column");
    assert_eq!((lower.cell(0), lower.cell(1)), (Cell::Text("abc"), Cell::Null));
    let big = column("if(n>9, 9007199254740993, 0.5)").expect("a column");
    assert_eq!(big.cell(0), Cell::Text("9007199254740993"), "no digit is lost");
}

#[test]
fn constants_are_computed_once() {
    for (expression, expected) in [
        ("1 + 2", Value::Int(3)),
        ("lower(\"A\") . \"b\"", text("ab")),
        ("strftime(0, \"%Y\")", text("1970")),
        ("if(1=1, now(), 0)", Value::Time(1_700_000_000_000_000_000)),
        ("NOT match(\"a\", \"b\")", Value::Bool(true)),
        ("2 IN (1, 2) AND -1 < 0", Value::Bool(true)),
    ] {
        assert_eq!(compile(expression).constant(), Some(&expected), "{expression}");
    }
    assert_eq!(compile("random() + 1").constant(), None);
    assert_eq!(compile("n + 1").constant(), None);
    let upper = compile("upper('odd name')").column(&batch()).expect("a column");
    assert_eq!(upper.as_constant(), Some("X Y"), "same columns give a same column");
}

#[test]
fn chance_differs_between_rows() {
    let mut many = Batch::new(50);
    many.set("x", Column::constant("1", 50));
    let column = compile("random() + x").column(&many).expect("a column");
    let first = column.cell(0);
    assert!((1..50).any(|row| column.cell(row) != first));
}

#[test]
fn fields_are_listed_once() {
    let expression = compile("if(a=1, 'b c', a . lower(d)) + a");
    assert_eq!(expression.fields().map(|f| &**f).collect::<Vec<_>>(), ["a", "b c", "d"]);
}

#[test]
fn masks_are_true_only_where_true() {
    for (expression, bits) in [
        ("n > 9", [true, false]),
        ("s = \"abc\"", [true, false]),
        ("NOT s = \"zzz\"", [true, false]),
        ("isnull(s)", [false, true]),
        ("1 = 1", [true, true]),
        ("n", [false, false]),
        ("'odd name' = \"x y\"", [true, true]),
    ] {
        assert_eq!(compile(expression).mask(&batch()), BooleanArray::from(bits.to_vec()), "{expression}");
    }
    assert_eq!(compile("1=1").mask(&Batch::new(0)).len(), 0);
}

#[test]
fn booleans_are_not_for_fields() {
    for (expression, boolean) in [
        ("a > b", true),
        ("NOT a", true),
        ("match(a, \"x\")", true),
        ("true()", true),
        ("a IN (1)", true),
        ("if(a>b, 1, 2)", false),
        ("tostring(a>b)", false),
    ] {
        let expr = grotto_spl::parse_expression(expression).expect(expression);
        let result = Expression::compile_assignment(&expr, &context());
        assert_eq!(result.is_err(), boolean, "{expression}");
        if let Err(error) = result {
            assert_eq!(error.slug, "eval/boolean-result");
        }
    }
}

#[test]
fn what_must_be_gone_before_is_refused() {
    for (expression, slug) in
        [("1 + `m(2)`", "engine/macro-left"), ("[search a | return b]", "engine/subsearch-left")]
    {
        let expr = grotto_spl::parse_expression(expression).expect(expression);
        assert_eq!(Expression::compile(&expr, &context()).expect_err(expression).slug, slug);
    }
}

#[test]
fn rows_past_the_end_are_null() {
    assert_eq!(compile("n + 1").value(&batch(), 99), Value::Null);
    assert_eq!(compile("coalesce(n, \"none\")").value(&batch(), 99), text("none"));
}

#[test]
fn texts_that_double_stay_bounded() {
    let mut row = Batch::new(1);
    row.set("a", Column::text([Some("x".repeat(1 << 16))]));
    for expression in ["a.a", "a+a", "replace(a, \"^.*$\", \"\\\\0\\\\0\")", "mvjoin(mvappend(a, a), \"\")"] {
        let expression = compile(expression);
        let mut grown = row.clone();
        for _ in 0..40 {
            match expression.column(&grown) {
                Some(column) => grown.set("a", column),
                None => grown.remove("a").is_some(),
            };
        }
        assert!(grown.cell("a", 0) == Cell::Null, "it became null once it was too long");
    }
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        any::<f64>().prop_map(Value::Float),
        any::<i64>().prop_map(Value::Time),
        "[0-9a-z.+-]{0,6}".prop_map(Value::Text),
        proptest::collection::vec("[0-9a]{0,3}", 2..4).prop_map(Value::List),
    ]
}

const PIECES: &[&str] = &[
    "s",
    "n",
    "m",
    "t",
    "missing",
    "1",
    "-2.5",
    "\"a\\tb\"",
    "'odd name'",
    " + ",
    " - ",
    " * ",
    " / ",
    " % ",
    " . ",
    " = ",
    " != ",
    " < ",
    " >= ",
    " AND ",
    " OR ",
    " XOR ",
    "NOT ",
    " IN (1, m)",
    " LIKE ",
    "(",
    ")",
    "lower(",
    "if(",
    ", ",
];

const ARGUMENTS: &[&str] = &[
    "s",
    "n",
    "i",
    "m",
    "t",
    "missing",
    "0",
    "-1",
    "2",
    "1e300",
    "-9223372036854775808",
    "9223372036854775807",
    "\"\"",
    "\"é\"",
    "\"%Y-%m-%d %H:%M:%S.%N %z\"",
    "\"-1d@w9\"",
    "\"@w3\"",
    "\"(a|b)*\"",
    "\"hex\"",
    "\"duration\"",
    "\"1.5\"",
    "n>9",
    "null()",
    "s.n",
];

/// Expressions that choose by conditions, of which some are the same in all rows.
fn choices() -> impl Strategy<Value = String> {
    let leaf = proptest::sample::select(vec![
        "same", "gone", "empty", "varies", "few", "several", "n", "\"x\"", "null()",
    ]);
    leaf.prop_map(str::to_owned).prop_recursive(4, 24, 4, |inner| {
        let condition = proptest::sample::select(vec![
            "same=\"a\"",
            "same=\"b\"",
            "isnull(gone)",
            "isnotnull(empty)",
            "gone=1",
            "varies=\"v3\"",
            "few=\"f1\" OR same=\"b\"",
            "same=\"a\" AND n>5",
            "isnull(full) OR full=\"\"",
            "isnotnull(full) AND full!=\"\"",
            "isnotnull(varies) AND varies!=\"\"",
            "few=\"\" OR isnull(few)",
            "blank!=\"\"",
            "isnull(several) OR several=\"\"",
            "full=\"\" OR varies=\"v1\"",
        ]);
        prop_oneof![
            (condition.clone(), inner.clone(), inner.clone())
                .prop_map(|(c, a, b)| format!("if({c},{a},{b})")),
            (condition.clone(), inner.clone(), condition, inner.clone())
                .prop_map(|(c, a, d, b)| format!("case({c},{a},{d},{b})")),
            inner.clone().prop_map(|a| format!("lower({a})")),
            (inner.clone(), inner).prop_map(|(a, b)| format!("coalesce({a},{b})")),
        ]
    })
}

proptest! {
    #[test]
    fn what_all_rows_have_in_common_changes_no_value(text in choices(), rows in 1_usize..40) {
        let mut batch = Batch::new(rows);
        batch.set("same", Column::constant("a", rows));
        batch.set("empty", Column::null(rows));
        batch.set("full", Column::text((0..rows).map(|row| Some(format!("{row}")))));
        batch.set("blank", Column::text((0..rows).map(|row| Some(if row % 4 == 1 { "" } else { "b" }))));
        batch.set("varies", Column::text((0..rows).map(|row| (row % 7 != 0).then(|| format!("v{row}")))));
        batch.set("few", Column::text((0..rows).map(|row| (row % 5 != 0).then(|| format!("f{}", row % 3)))));
        batch.set("several", Column::list((0..rows).map(|row| vec!["s"; row % 3])));
        batch.set("n", Column::Int((0..rows as i64).collect::<Vec<_>>().into()));
        let compiled = |text: &str| {
            Expression::compile(&grotto_spl::parse_expression(text).unwrap(), &context()).unwrap()
        };
        let (expression, condition) = (compiled(&text), compiled(&format!("{text}=\"x\"")));
        let chosen = compiled(&format!("if({text}=\"x\",same=\"a\",few=\"f1\")"));
        let column = expression.column(&batch);
        let (mask, chosen_mask) = (condition.mask(&batch), chosen.mask(&batch));
        for row in 0..rows {
            let cell = column.as_ref().map_or(Value::Null, |column| Value::from(column.cell(row)));
            prop_assert_eq!(cell.text(), expression.value(&batch, row).text(), "{} in {}", text, row);
            prop_assert_eq!(mask.value(row), condition.value(&batch, row) == Value::Bool(true), "{} in {}", text, row);
            prop_assert_eq!(chosen_mask.value(row), chosen.value(&batch, row) == Value::Bool(true), "{} in {}", text, row);
        }
    }

    #[test]
    fn operators_never_panic_and_orders_agree(a in scalar(), b in scalar()) {
        use grotto_spl::ast::{Binary, Compare};
        for op in [Binary::Add, Binary::Subtract, Binary::Multiply, Binary::Divide, Binary::Modulo] {
            let value = operators::arithmetic(op, &(&a).into(), &(&b).into());
            prop_assert!(!matches!(value, Value::Float(f) if !f.is_finite()));
        }
        let less = operators::compare(Compare::Less, &(&a).into(), &(&b).into());
        prop_assert_eq!(&less, &operators::compare(Compare::Greater, &(&b).into(), &(&a).into()));
        if let (Value::Bool(less), false) = (&less, matches!(a, Value::List(_)) || matches!(b, Value::List(_))) {
            let not_less = operators::compare(Compare::GreaterEqual, &(&a).into(), &(&b).into());
            prop_assert_eq!(not_less, Value::Bool(!less));
        }
    }

    #[test]
    fn no_expression_panics(
        pieces in proptest::collection::vec(proptest::sample::select(PIECES), 1..10),
        call in proptest::sample::select(crate::functions::FUNCTIONS),
        args in proptest::collection::vec(proptest::sample::select(ARGUMENTS), 0..4),
    ) {
        for text in [pieces.concat(), format!("{}({})", call.name, args.join(","))] {
            let Ok(expr) = grotto_spl::parse_expression(&text) else { continue };
            let Ok(expression) = Expression::compile(&expr, &context()) else { continue };
            let batch = batch();
            let column = expression.column(&batch);
            for row in 0..2 {
                let value = expression.value(&batch, row);
                if call.name != "random" {
                    let cell = column.as_ref().map_or(Value::Null, |column| Value::from(column.cell(row)));
                    prop_assert_eq!(cell.text(), value.text(), "{}", text);
                }
            }
        }
    }

    #[test]
    fn a_column_holds_the_values(n in proptest::collection::vec(scalar(), 1..6)) {
        let column = column::collect(&n.iter().map(Datum::from).collect::<Vec<_>>());
        for (row, value) in n.iter().enumerate() {
            let cell = column.as_ref().map_or(Value::Null, |column| Value::from(column.cell(row)));
            prop_assert_eq!(cell.text(), value.text());
        }
    }
}

#[test]
fn expressions_without_fields_give_text() {
    let text = |expression| super::text(expression, &Context::default()).map_err(|error| error.slug);
    assert_eq!(text("\"n<\".(2*3)"), Ok("n<6".to_owned()));
    assert_eq!(text("field"), Err("eval/no-text"));
    assert_eq!(text("1=1"), Err("eval/no-text"));
    assert_eq!(text("nosuch(1)"), Err("eval/unknown-function"));
}
