//! What decides which events belong together.

use crate::pipeline::testing::{check, result, run};

/// Numbers `n` of the rows of each transaction, oldest first, and whether it is closed.
fn groups(arguments: &str, input: &str) -> Vec<(String, String)> {
    let spl = format!("| transaction {arguments} mvlist=n | table n closed_txn");
    let field = |row: &Vec<(String, Vec<String>)>, name: &str| {
        row.iter().find(|(n, _)| n == name).map(|(_, texts)| texts.join(" ")).unwrap_or_default()
    };
    result(&spl, input).iter().map(|row| (field(row, "n"), field(row, "closed_txn"))).collect()
}

fn same(arguments: &str, input: &str, expected: &[(&str, &str)]) {
    let expected: Vec<(String, String)> =
        expected.iter().map(|(n, closed)| ((*n).to_owned(), (*closed).to_owned())).collect();
    assert_eq!(groups(arguments, input), expected, "{arguments}");
}

#[test]
fn spans_and_pauses() {
    let input = r#"[{"_time": 300, "u": "a", "n": 1}, {"_time": 270, "u": "a", "n": 2},
        {"_time": 240, "u": "b", "n": 3}, {"_time": 180, "u": "a", "n": 4}, {"_time": 0, "u": "a", "n": 5}]"#;
    same("u", input, &[("3", "0"), ("5 4 2 1", "0")]);
    // Events span less than maxspan; a pause may be as long as maxpause.
    same("u maxspan=2m", input, &[("2 1", "1"), ("3", "1"), ("4", "1"), ("5", "0")]);
    same("u maxspan=121s", input, &[("3", "1"), ("4 2 1", "1"), ("5", "0")]);
    same("u maxpause=90s", input, &[("3", "1"), ("4 2 1", "1"), ("5", "0")]);
    same("u maxpause=89s", input, &[("2 1", "1"), ("3", "1"), ("4", "1"), ("5", "0")]);
    same("u maxspan=-1 maxevents=2", input, &[("2 1", "1"), ("3", "0"), ("5 4", "1")]);
    same("maxspan=61", input, &[("3 2 1", "1"), ("4", "1"), ("5", "0")]);
}

#[test]
fn starts_and_ends() {
    let input = r#"[{"_time": 60, "e": "end", "n": 1}, {"_time": 50, "e": "x", "n": 2}, {"_time": 40, "e": "start", "n": 3},
        {"_time": 30, "e": "x", "n": 4}, {"_time": 20, "e": "end", "n": 5}, {"_time": 10, "e": "x", "n": 6}]"#;
    same("startswith=(e=start)", input, &[("3 2 1", "1")]);
    same("startswith=(e=start) keepevicted=t", input, &[("3 2 1", "1"), ("6 5 4", "0")]);
    same("endswith=\"e=end\"", input, &[("4 3 2 1", "0"), ("6 5", "0")]);
    same("startswith=(e=start) endswith=(e=end)", input, &[("3 2 1", "1")]);
    same(
        "startswith=eval(e==\"start\") endswith=eval(e=\"end\") keepevicted=1",
        input,
        &[("3 2 1", "1"), ("4", "0"), ("6 5", "0")],
    );
    same("StartsWith=(e=start) maxspan=15s", input, &[("3", "1")]);
    same("startswith=(e=x) endswith=(e=x)", input, &[("4 3 2", "1")]);
    check(
        "| transaction startswith=(e=start) endswith=(e=end) keeporphans=t | table _time e _txn_orphan eventcount",
        input,
        r#"[{"_time": 40, "e": ["end", "start", "x"], "eventcount": 3}, {"_time": 30, "e": "x", "_txn_orphan": 1},
            {"_time": 20, "e": "end", "_txn_orphan": 1}, {"_time": 10, "e": "x", "_txn_orphan": 1}]"#,
    );
}

#[test]
fn quoted_starts_search_the_raw_text() {
    same(
        "startswith=\"log on\" endswith=off",
        r#"[{"_time": 2, "_raw": "he is off", "n": 1}, {"_time": 1, "_raw": "a log line is on", "n": 2}]"#,
        &[("2 1", "1")],
    );
}

#[test]
fn fields_unify() {
    // Nothing shared: a transaction of its own, unless connected=false.
    let input =
        r#"[{"_time": 3, "a": "1", "n": 1}, {"_time": 2, "b": "2", "n": 2}, {"_time": 1, "c": "x", "n": 3}]"#;
    same("a b", input, &[("1", "0"), ("2", "0")]);
    same("a b connected=f", input, &[("2 1", "0")]);
    // Different values never go together, whatever else is shared.
    let input = r#"[{"_time": 3, "a": "1", "b": "1", "n": 1}, {"_time": 2, "a": "1", "b": "2", "n": 2},
        {"_time": 1, "a": "1", "n": 3}]"#;
    same("a,b", input, &[("1", "0"), ("3 2", "0")]);
    // Two open ones that an event connects.
    let input = r#"[{"_time": 3, "a": "1", "n": 1}, {"_time": 2, "b": "2", "n": 2},
        {"_time": 1, "a": "1", "b": "2", "n": 3}]"#;
    same("\"a,b\"", input, &[("3 2 1", "0")]);
    same("a b maxspan=2s", input, &[("1", "1"), ("3 2", "0")]);
}

#[test]
fn ends_without_fields() {
    let input = r#"[{"_time": 3, "e": "end", "n": 1}, {"_time": 2, "u": "a", "n": 2}, {"_time": 1, "e": "start", "n": 3}]"#;
    same("u startswith=(e=start) endswith=(e=end)", input, &[("3 2 1", "1")]);
    same("u startswith=(e=start) endswith=(e=end) unifyends=t", input, &[]);
    same("u startswith=(e=start) endswith=(e=end) unifyends=t keepevicted=t", input, &[("2", "0")]);
}

#[test]
fn too_many_open() {
    let input =
        r#"[{"_time": 3, "u": "a", "n": 1}, {"_time": 2, "u": "b", "n": 2}, {"_time": 1, "u": "a", "n": 3}]"#;
    same("u maxopentxn=1 keepevicted=t", input, &[("1", "0"), ("2", "0"), ("3", "0")]);
    same("u maxopentxn=1", input, &[("3", "0")]);
    same("u maxopenevents=2", input, &[("2", "0"), ("3 1", "0")]);
}

#[test]
fn rendering() {
    let input = r#"[{"_time": 2.5, "_raw": "second", "u": "a", "v": "y"}, {"_time": 1, "_raw": "first", "u": "a", "w": ["q", "p"]}]"#;
    check(
        "| transaction u",
        input,
        r#"[{"_time": 1, "_raw": "first\nsecond", "u": "a", "v": "y", "w": ["p", "q"], "duration": 1.5, "eventcount": 2, "closed_txn": 0, "field_match_sum": 2}]"#,
    );
    check(
        "| transaction u mvlist=true mvraw=t nullstr=none | table _raw u v w",
        input,
        r#"[{"_raw": ["first", "second"], "u": ["a", "a"], "v": ["none", "y"], "w": ["q", "p", "none"]}]"#,
    );
    check("| transaction u mvraw=t delim=\"; \" | table _raw", input, r#"[{"_raw": "first; second"}]"#);
}

#[test]
fn rows_in_another_order_are_put_in_order() {
    let input = r#"[{"_time": 100, "u": "a", "k": 1}, {"_time": 90, "u": "a", "k": 3}, {"_time": 20, "u": "a", "k": 2}]"#;
    check(
        "| sort k | transaction u maxpause=30s | table _time eventcount",
        input,
        r#"[{"_time": 90, "eventcount": 2}, {"_time": 20, "eventcount": 1}]"#,
    );
}

#[test]
fn wrong_arguments_are_said() {
    for (arguments, slug) in [
        ("name=checkout", "engine/unsupported-option"),
        ("u maxspan=soon", "spl/bad-argument"),
        ("u startswith=\"(\"", "spl/bad-argument"),
        ("u maxevents=many", "spl/bad-argument"),
        ("u connected=maybe", "spl/bad-argument"),
    ] {
        assert_eq!(run(&format!("| transaction {arguments}"), "[]").unwrap_err().slug, slug, "{arguments}");
    }
}
