use super::*;
use proptest::prelude::*;

fn error(text: &str) -> ParseError {
    Parser::new(text.as_bytes(), 0).value().unwrap_err()
}

/// The value as the crate `serde_json` has it.
fn plain(value: &Json<'_>) -> serde_json::Value {
    let mut out = String::new();
    value.write(&mut out);
    serde_json::from_str(&out).unwrap()
}

#[test]
fn values_are_read_as_they_are_written() {
    let text = r#" {"a":"plain","b":"C:\\x\n\u00e9\ud83d\ude00\/","n":[-1.50e+3,0,12],"t":true,"f":false,"z":null,"o":{},"l":[]} "#;
    let value = whole(text).unwrap();
    let members = value.members().unwrap();
    assert!(matches!(get(members, "a"), Some(Json::Text(Cow::Borrowed("plain")))));
    assert_eq!(get(members, "b").and_then(Json::scalar), Some("C:\\x\né😀/"));
    assert_eq!(
        get(members, "n"),
        Some(&Json::Array(vec![Json::Number("-1.50e+3"), Json::Number("0"), Json::Number("12")]))
    );
    assert_eq!(get(members, "t").and_then(Json::scalar), Some("true"));
    assert_eq!(get(members, "z").and_then(Json::scalar), None);
    assert_eq!(get(members, "gone"), None);
    assert_eq!(plain(&value), serde_json::from_str::<serde_json::Value>(text).unwrap());
}

#[test]
fn half_a_pair_is_replaced() {
    for (text, expected) in [
        (r#""\ud83d""#, "\u{fffd}"),
        (r#""\ud83dx""#, "\u{fffd}x"),
        (r#""\ud83d\n""#, "\u{fffd}\n"),
        (r#""\ud83d\u0041""#, "\u{fffd}A"),
        (r#""\ude00""#, "\u{fffd}"),
    ] {
        assert_eq!(whole(text).unwrap().scalar(), Some(expected), "{text}");
    }
}

#[test]
fn what_is_no_json_is_told_from_what_is_not_all_there() {
    for text in [
        "",
        "{",
        "{\"",
        "{\"a",
        "{\"a\"",
        "{\"a\":",
        "{\"a\":1",
        "[1,",
        "tru",
        "\"\\",
        "\"\\u00",
        "\"\\ud83d",
        "12",
    ] {
        assert_eq!(error(text), ParseError::Cut, "{text}");
    }
    for (text, at) in [
        ("}", 0),
        ("{'a':1}", 1),
        ("{\"a\" 1}", 5),
        ("{\"a\":1 \"b\":2}", 7),
        ("[1 2]", 3),
        ("[1,]", 3),
        ("{\"a\":1,}", 7),
        ("trux", 0),
        ("[01]", 1),
        ("[1.]", 1),
        ("[-]", 1),
        ("[1e]", 1),
        ("[.5]", 1),
        ("\"C:\\dir\"", 4),
        ("\"\\u12g4\"", 3),
        ("{\"a\": {\n{\"b\":1}", 8),
        ("{\"a\":\"x\n", 6),
    ] {
        assert!(
            matches!(error(text), ParseError::Bad(_, offset) if offset == at),
            "{text}: {:?}",
            error(text)
        );
    }
}

#[test]
fn depth_is_bounded() {
    let nested = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
    assert!(whole(&nested(128)).is_some());
    assert!(matches!(error(&nested(129)), ParseError::Bad(_, 128)));
    assert!(matches!(error(&"{\"a\":".repeat(100_000)), ParseError::Bad(..)));
}

#[test]
fn bytes_that_are_no_text_are_replaced_and_said() {
    let mut parser = Parser::new(b"[\"a\xff\",\"\\n\xfe\"]", 0);
    let value = parser.value().unwrap();
    assert!(parser.garbled);
    assert_eq!(value, Json::Array(vec![Json::Text("a\u{fffd}".into()), Json::Text("\n\u{fffd}".into())]));
}

proptest! {
    /// Both readers find the same, or both refuse.
    #[test]
    fn a_peer_reads_the_same(text in "[\\[\\]{},:\" \\\\nutrefalsx01.\\-]{0,40}") {
        let peer = serde_json::from_str::<serde_json::Value>(&text).ok();
        // A number that ends the text may go on.
        let padded = format!("{text} ");
        let own = whole(&padded);
        prop_assert_eq!(own.as_ref().map(plain), peer, "{}", text);
    }

    #[test]
    fn any_text_comes_back(text in any::<String>()) {
        let mut out = String::new();
        write_text(&text, &mut out);
        prop_assert_eq!(whole(&out), Some(Json::Text(text.as_str().into())));
        prop_assert_eq!(serde_json::from_str::<String>(&out).unwrap(), text);
    }

    #[test]
    fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Parser::new(&bytes, 0).value();
    }
}
