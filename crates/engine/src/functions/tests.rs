use super::*;
use crate::eval::Expression;
use crate::{Context, Value};
use grotto_diag::Diagnostic;
use grotto_events::{Batch, Column};
use serde_json::Value as Json;

/// 2023-11-14 22:13:20.25 UTC.
fn context() -> Context {
    Context { timezone: jiff::tz::TimeZone::UTC, now: 1_700_000_000_250_000_000, ..crate::Context::default() }
}

fn evaluate(expression: &str, row: &Json) -> Result<Value, Box<Diagnostic>> {
    let mut batch = Batch::new(1);
    for (name, value) in row.as_object().expect("an object") {
        let column = match value {
            Json::String(text) => Column::text([Some(text)]),
            Json::Array(values) => {
                Column::list([values.iter().map(|v| v.as_str().expect("text")).collect::<Vec<_>>()])
            }
            other => panic!("{other} in a row"),
        };
        assert!(batch.set(name.as_str(), column));
    }
    let expr = grotto_spl::parse_expression(expression)?;
    Ok(Expression::compile(&expr, &context())?.value(&batch, 0))
}

fn as_json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(b) => Json::Bool(*b),
        Value::Int(_) | Value::Float(_) | Value::Time(_) => {
            serde_json::from_str(&value.text()).expect("a number")
        }
        Value::Text(text) => Json::String(text.clone()),
        Value::List(values) => values.iter().cloned().map(Json::String).collect(),
    }
}

#[test]
fn every_example_gives_what_it_says() {
    for function in FUNCTIONS {
        assert!(function.examples.len() >= 2, "{} has too few examples", function.name);
        for example in function.examples {
            let row = serde_json::from_str(example.row).expect(example.row);
            let expected: Json = serde_json::from_str(example.expected).expect(example.expected);
            let value =
                evaluate(example.expression, &row).unwrap_or_else(|e| panic!("{}: {e}", example.expression));
            assert_eq!(as_json(&value), expected, "{} with {}", example.expression, example.row);
        }
    }
}

#[test]
fn an_example_shows_its_function() {
    for function in FUNCTIONS {
        let named = |text: &str| {
            std::iter::once(&function.name)
                .chain(function.aliases)
                .any(|name| text.contains(&format!("{name}(")))
        };
        assert!(function.examples.iter().any(|example| named(example.expression)), "{}", function.name);
        assert!(named(function.syntax), "{}", function.syntax);
    }
}

#[test]
fn the_registry_is_sound() {
    let mut names: Vec<&str> =
        FUNCTIONS.iter().flat_map(|f| f.aliases.iter().chain([&f.name])).copied().collect();
    names.extend(UNSUPPORTED.map(|(name, _)| name));
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count, "a name is used twice");
    for function in FUNCTIONS {
        assert!(function.name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'));
        assert!(function.summary.ends_with('.') || function.summary.ends_with("\"duration\")."));
        assert!(function.takes(function.arguments.least), "{}", function.name);
        for name in function.assumptions {
            assert!(crate::assumptions::find(name).is_some(), "{name} of {} has no entry", function.name);
        }
    }
}

#[test]
fn unknown_functions_are_named() {
    let error = |text: &str| evaluate(text, &serde_json::json!({})).expect_err(text);
    let found = error("1 + lenn(x)");
    assert_eq!((found.slug, found.labels[0].span.of("1 + lenn(x)")), ("eval/unknown-function", "lenn"));
    assert_eq!(found.fix.expect("a fix").replacement, "len");
    assert_eq!(error("zzzzzz(x)").help, None);
    let left_out = error("sigfig(x)");
    assert_eq!(left_out.slug, "eval/unsupported-function");
    assert!(left_out.message.contains(reason("sigfig").expect("a reason")), "{}", left_out.message);
}

#[test]
fn names_are_in_any_letter_case() {
    assert_eq!(evaluate("LEN(\"abc\")", &serde_json::json!({})).expect("a value"), Value::Int(3));
}

#[test]
fn arguments_are_counted() {
    for (text, words) in [
        ("len()", "1 argument"),
        ("if(true(), 1)", "3 arguments"),
        ("case(true())", "pairs"),
        ("case(true(), 1, false())", "pairs"),
        ("substr(x)", "2 to 3"),
        ("coalesce()", "at least 1"),
        ("now(1)", "no arguments"),
        ("json_object(1)", "pairs"),
        ("json_set(x, 1)", "1 argument and then pairs"),
        ("json_set(x, 1, 2, 3)", "1 argument and then pairs"),
    ] {
        let error = evaluate(text, &serde_json::json!({})).expect_err(text);
        assert_eq!(error.slug, "eval/arguments", "{text}");
        assert!(error.message.contains(words), "{text}: {}", error.message);
    }
}

#[test]
fn constant_patterns_are_checked_where_they_stand() {
    for (text, slug, place) in [
        ("match(x, \"(\")", "engine/bad-regex", "\"(\""),
        ("replace(x, \"[\", y)", "engine/bad-regex", "\"[\""),
        ("cidrmatch(\"10.0.0.0\", x)", "eval/bad-cidr", "\"10.0.0.0\""),
    ] {
        let error = evaluate(text, &serde_json::json!({})).expect_err(text);
        assert_eq!((error.slug, error.labels[0].span.of(text)), (slug, place));
    }
    let row = serde_json::json!({"x": "a", "p": "("});
    assert_eq!(evaluate("match(x, p)", &row).expect("a value"), Value::Null);
}

#[test]
fn null_goes_through_text_functions() {
    for text in
        ["lower(x)", "substr(x, 1)", "strftime(x, \"%F\")", "round(x)", "split(x, \",\")", "mvjoin(x, y)"]
    {
        assert_eq!(evaluate(text, &serde_json::json!({})).expect(text), Value::Null, "{text}");
    }
}

#[test]
fn searches_and_filters_are_checked() {
    for (text, slug) in [
        ("searchmatch(x)", "eval/bad-search"),
        ("searchmatch(\"a | stats count\")", "eval/bad-search"),
        ("searchmatch(\"(a\")", "eval/bad-search"),
        ("searchmatch(\"a*b=1\")", "eval/bad-search"),
        ("searchmatch(\"[search x]\")", "eval/bad-search"),
        ("mvfilter(a=b)", "eval/several-fields"),
        ("printf(\"%n\", 1)", "eval/bad-format"),
    ] {
        let error = evaluate(text, &serde_json::json!({})).expect_err(text);
        assert_eq!(error.slug, slug, "{text}");
        assert!(!error.labels[0].span.of(text).is_empty(), "{text} has a place");
    }
    for (text, expected) in [
        ("searchmatch(\"\")", Value::Bool(true)),
        ("searchmatch(\"x=\\\"A b\\\"\")", Value::Bool(true)),
        ("NOT searchmatch(\"y=*\")", Value::Bool(true)),
        ("mvmap(m, if(searchmatch(\"m=B\"), \"found\", null()))", Value::Text("found".into())),
        ("mvfilter(searchmatch(\"m>=b\"))", Value::Text("b".into())),
    ] {
        let row = serde_json::json!({"x": "a b", "m": ["a", "b"]});
        assert_eq!(evaluate(text, &row).expect(text), expected, "{text}");
    }
}

#[test]
fn documents_stay_bounded() {
    let mut row = serde_json::json!({"x": "[]"});
    for _ in 0..200 {
        let Value::Text(text) = evaluate("json_array(x)", &row).expect("a value") else { panic!("no text") };
        row["x"] = Json::String(text);
    }
    let text = row["x"].as_str().expect("text");
    assert!(text.contains("[\"[["), "what is too deep to be read is a string: {}", &text[..200]);
    row["x"] = Json::String("x".repeat(5 << 20));
    let twice = "json_object(\"a\", x, \"b\", x)";
    assert_eq!(evaluate(twice, &row).expect("a value"), Value::Null, "longer than any text may be");
    let deep = format!("json_set(\"{{}}\", \"{}\", 1)", vec!["a"; 101].join("."));
    assert_eq!(
        evaluate(&deep, &row).expect("a value"),
        Value::Text("{}".into()),
        "too many steps are passed over"
    );
}

/// The functions that Splunk 10 documents, chapter by chapter:
/// <https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/evaluation-functions/evaluation-functions>.
const DOCUMENTED: [(Category, &str); 12] = [
    (Category::Bitwise, "bit_and bit_or bit_not bit_xor bit_shift_left bit_shift_right"),
    (
        Category::Conditional,
        "case cidrmatch coalesce false if in like lookup match null nullif searchmatch true validate",
    ),
    (Category::Conversion, "ipmask printf toarray tobool todouble toint tomv tonumber toobject tostring"),
    (Category::Cryptographic, "md5 sha1 sha256 sha512"),
    (Category::DateAndTime, "now relative_time strftime strptime time"),
    (
        Category::Informational,
        "isarray isbool isdouble isint ismv isnotnull isnull isnum isobject isstr typeof",
    ),
    (
        Category::Json,
        "json json_append json_array json_array_to_mv json_delete json_entries json_extend json_extract \
         json_extract_exact json_has_key_exact json_keys json_object json_set json_set_exact json_valid",
    ),
    (Category::Mathematical, "abs ceiling exact exp floor ln log pi pow round sigfig sqrt sum"),
    (
        Category::Multivalue,
        "commands mvappend mvcount mvdedup mvfilter mvfind mvindex mvjoin mvmap mvrange mvreverse mvsort mvzip \
         mv_to_json_array split",
    ),
    (Category::Statistical, "avg max min random"),
    (Category::Text, "len lower ltrim replace rtrim spath substr trim upper urldecode"),
    (Category::Trigonometric, "acos acosh asin asinh atan atan2 atanh cos cosh hypot sin sinh tan tanh"),
];

#[test]
fn every_documented_function_is_built_or_left_out_with_a_reason() {
    let mut names = std::collections::BTreeSet::new();
    for (category, list) in DOCUMENTED {
        for name in list.split_whitespace() {
            let built = FUNCTIONS.iter().find(|function| function.name == name);
            assert!(built.is_some() != reason(name).is_some(), "{name}");
            assert!(
                built.is_none_or(|function| function.category == category),
                "{name} is in another chapter"
            );
            names.insert(name);
        }
    }
    let others: Vec<&str> = FUNCTIONS.iter().map(|f| f.name).filter(|name| !names.contains(name)).collect();
    assert!(others.is_empty(), "not documented: {others:?}");
}
