//! Examples, and tables of cases that no single file's examples show.

mod reporting;

use super::*;
use crate::pipeline::testing::check;

#[test]
fn examples_hold() {
    for spec in COMMANDS {
        for example in spec.examples {
            check(example.spl, example.input, example.expected);
        }
    }
}

#[test]
fn every_command_is_documented() {
    for spec in COMMANDS {
        assert!(spec.examples.len() >= 2, "{}: examples", spec.name);
        assert!(spec.summary.ends_with('.') && spec.summary.len() > 20, "{}: summary", spec.name);
        assert!(spec.url.ends_with(spec.name), "{}: url", spec.name);
        assert!(spec.syntax.starts_with(spec.name), "{}: syntax", spec.name);
        let shown = |e: &Example| std::iter::once(&spec.name).chain(spec.aliases).any(|n| e.spl.contains(n));
        assert!(spec.name == "search" || spec.examples.iter().all(shown), "{}: shown", spec.name);
    }
    assert!(COMMANDS.is_sorted_by_key(|spec| spec.name), "in order of names");
}

#[test]
fn assumptions_are_known() {
    let commands = COMMANDS.iter().flat_map(|spec| spec.assumptions);
    let aggregations = crate::aggregations::AGGREGATIONS.iter().flat_map(|a| a.assumptions);
    for name in commands.chain(aggregations) {
        assert!(crate::assumptions::find(name).is_some(), "{name}");
    }
}

#[test]
fn stats_by_rules() {
    let input = r#"[{"a": "x", "n": "10"}, {"a": "X", "n": "9"}, {"a": "", "n": "b"}, {"b": "1"},
        {"a": ["x", "x", "y"], "n": ["1", "2"]}]"#;
    check(
        "| stats count count(n) as values max(n) as max min(n) as min by a",
        input,
        r#"[{"a": "", "count": 1, "values": 1, "max": "b", "min": "b"},
            {"a": "X", "count": 1, "values": 1, "max": "9", "min": "9"},
            {"a": "x", "count": 3, "values": 5, "max": "10", "min": "1"},
            {"a": "y", "count": 1, "values": 2, "max": "2", "min": "1"}]"#,
    );
    check(
        "| stats count by n",
        r#"[{"n": 10}, {"n": "9"}, {"n": "10"}, {"n": "b"}]"#,
        r#"[{"n": 9, "count": 1}, {"n": 10, "count": 2}, {"n": "b", "count": 1}]"#,
    );
}

#[test]
fn stats_names() {
    check(
        "| stats c(x) dc(x) p50(x) values(Processes.p) count(eval(x>1)) as n sum(x) as \"the sum\"",
        r#"[{"x": 1, "Processes.p": "q"}, {"x": 2}]"#,
        r#"[{"c(x)": 2, "dc(x)": 2, "p50(x)": 2, "values(Processes.p)": "q", "n": 1, "the sum": 3}]"#,
    );
    check(
        "| stats max(*_n) by k",
        r#"[{"k": 1, "b_n": 2, "a_n": 5}, {"k": 2, "a_n": 4}]"#,
        r#"[{"k": 1, "max(a_n)": 5, "max(b_n)": 2}, {"k": 2, "max(a_n)": 4}]"#,
    );
}

#[test]
fn stats_keeps_the_resolution_of_times() {
    check(
        "| stats min(_time) as f max(_time) as l latest(x) as x range(_time) as r",
        r#"[{"_time": "1700000000.1234568", "x": "new"}, {"_time": "1700000000.1234567", "x": "old"}]"#,
        r#"[{"f": "1700000000.1234567", "l": "1700000000.1234568", "x": "new", "r": "0.0000001"}]"#,
    );
}

#[test]
fn too_many_combinations_are_refused() {
    let list: Vec<String> = (0..200).map(|n| n.to_string()).collect();
    let input = serde_json::json!([{ "a": list, "b": list }]).to_string();
    let error = crate::pipeline::testing::run("| stats count by a b", &input).unwrap_err();
    assert_eq!(error.slug, "engine/limit");
}

#[test]
fn renames_run_one_after_the_other() {
    let input = r#"[{"a": 1, "b": 2, "_time": 5}]"#;
    check("| rename a as b, b as c", input, r#"[{"c": 1, "_time": 5}]"#);
    check("| rename * as x.*", input, r#"[{"x.a": 1, "x.b": 2, "_time": 5}]"#);
    check("| rename \"a\" as 'A b'", input, r#"[{"A b": 1, "b": 2, "_time": 5}]"#);
    check("| rename a as a", input, input);
    check("| rename All.*.user as user_*", r#"[{"All.x.user": 1}]"#, r#"[{"user_x": 1}]"#);
}

#[test]
fn fields_and_table() {
    let input = r#"[{"_time": 5, "_raw": "r", "a": 1, "b": 2, "c": 3}]"#;
    check("| fields + a", input, r#"[{"a": 1, "_raw": "r", "_time": 5}]"#);
    check("| fields -a b", input, r#"[{"_time": 5, "_raw": "r", "c": 3}]"#);
    check("| fields - _*", input, r#"[{"a": 1, "b": 2, "c": 3}]"#);
    check("| fields - *", input, r#"[{"_time": 5, "_raw": "r"}]"#);
    check("| table c _time a c", input, r#"[{"c": 3, "_time": 5, "a": 1}]"#);
    check("| table *", input, r#"[{"a": 1, "b": 2, "c": 3}]"#);
}

#[test]
fn fillnull_rules() {
    let input = r#"[{"a": 1, "b": null, "l": ["x", "y"]}, {"c": 0.5}]"#;
    check(
        "| fillnull",
        input,
        r#"[{"a": 1, "b": 0, "l": ["x", "y"], "c": 0}, {"a": 0, "b": 0, "l": 0, "c": 0.5}]"#,
    );
    check(
        "| fillnull value=NULL a d",
        r#"[{"a": 1}, {"b": 2}]"#,
        r#"[{"a": 1, "d": "NULL"}, {"a": "NULL", "b": 2, "d": "NULL"}]"#,
    );
    check("| fillnull value=\"\" a", r#"[{"b": 2}]"#, r#"[{"b": 2, "a": ""}]"#);
    check("| fillnull a*", r#"[{"ab": 1}, {"b": 2}]"#, r#"[{"ab": 1}, {"ab": 0, "b": 2}]"#);
}

#[test]
fn eval_removes_and_overwrites() {
    check("| eval a=null(), b=a", r#"[{"a": 1, "b": 2, "c": 3}]"#, r#"[{"c": 3}]"#);
    check("| eval 'x y'=1, z='x y'+1", r#"[{"a": 1}]"#, r#"[{"a": 1, "x y": 1, "z": 2}]"#);
    check("| eval p_{a}_{b}=c", r#"[{"a": 1, "b": 2, "c": 3}]"#, r#"[{"a": 1, "b": 2, "c": 3, "p_1_2": 3}]"#);
}

#[test]
fn dynamic_names_are_limited() {
    let rows: Vec<_> = (0..1_200).map(|n| serde_json::json!({ "n": n })).collect();
    let input = serde_json::Value::Array(rows).to_string();
    assert_eq!(crate::pipeline::testing::run("| eval f_{n}=1", &input).unwrap_err().slug, "engine/limit");
}

#[test]
fn sorting() {
    let input = r#"[{"n": "b"}, {"n": "10"}, {"m": 1}, {"n": 9}, {"n": "B"}]"#;
    check("| sort n", input, r#"[{"n": 9}, {"n": "10"}, {"n": "B"}, {"n": "b"}, {"m": 1}]"#);
    check("| sort -n", input, r#"[{"n": "b"}, {"n": "B"}, {"n": "10"}, {"n": 9}, {"m": 1}]"#);
    check("| sort 0 n desc", input, r#"[{"n": "b"}, {"n": "B"}, {"n": "10"}, {"n": 9}, {"m": 1}]"#);
    check("| sort limit=1 + num(n)", input, r#"[{"n": 9}]"#);
    check("| sort 2 - str(n)", input, r#"[{"n": "b"}, {"n": "B"}]"#);
    check(
        "| sort src",
        r#"[{"src": "10.0.0.10"}, {"src": "10.0.0.9"}]"#,
        r#"[{"src": "10.0.0.9"}, {"src": "10.0.0.10"}]"#,
    );
    check(
        "| sort -a b",
        r#"[{"a": 1, "b": 2}, {"a": "1.0", "b": 1}]"#,
        r#"[{"a": "1.0", "b": 1}, {"a": 1, "b": 2}]"#,
    );
}

#[test]
fn dedup_options() {
    let input = r#"[{"u": "a", "n": 1}, {"u": "a", "n": 2}, {"u": "a", "n": 3}, {"n": 4}]"#;
    check("| dedup 2 u", input, r#"[{"u": "a", "n": 1}, {"u": "a", "n": 2}]"#);
    check(
        "| dedup u keepevents=t keepempty=t",
        input,
        r#"[{"u": "a", "n": 1}, {"n": 2}, {"n": 3}, {"n": 4}]"#,
    );
}

#[test]
fn windows_of_streamstats() {
    let input =
        r#"[{"h": "a", "n": 1}, {"h": "b", "n": 2}, {"h": "a", "n": 3}, {"x": 1}, {"h": "a", "n": 5}]"#;
    let sums = |spl: &str, sums: [Option<i64>; 5]| {
        let all = crate::pipeline::testing::result(spl, input);
        for (row, sum) in all.iter().zip(sums) {
            let found = row.iter().find(|(name, _)| name == "s").map(|(_, texts)| texts[0].clone());
            assert_eq!(found, sum.map(|s| s.to_string()), "{spl}");
        }
    };
    sums("| streamstats sum(n) as s", [Some(1), Some(3), Some(6), Some(6), Some(11)]);
    sums("| streamstats window=2 sum(n) as s", [Some(1), Some(3), Some(5), Some(3), Some(5)]);
    sums("| streamstats window=2 sum(n) as s by h", [Some(1), Some(2), Some(3), None, Some(8)]);
    sums("| streamstats window=2 global=f sum(n) as s by h", [Some(1), Some(2), Some(4), None, Some(8)]);
    sums("| streamstats current=f sum(n) as s by h", [None, None, Some(1), None, Some(4)]);
}

#[test]
fn resets_of_streamstats() {
    let input = r#"[{"_time": 100, "h": "a", "n": 1}, {"_time": 90, "h": "a", "n": 2}, {"_time": 80, "h": "b", "n": 4},
        {"_time": 60, "x": 1}, {"_time": 50, "h": "a", "n": 8}]"#;
    let sums = |options: &str, expected: [Option<i64>; 5]| {
        let spl = format!("| streamstats {options}");
        let rows = crate::pipeline::testing::result(&spl, input);
        let found: Vec<Option<i64>> = rows
            .iter()
            .map(|row| row.iter().find(|(name, _)| name == "s").map(|(_, texts)| texts[0].parse().unwrap()))
            .collect();
        assert_eq!(found, expected, "{spl}");
    };
    sums("reset_on_change=t sum(n) as s by h", [Some(1), Some(3), Some(4), None, Some(8)]);
    sums("sum(n) as s by h", [Some(1), Some(3), Some(4), None, Some(11)]);
    sums("reset_before=(n=4) sum(n) as s", [Some(1), Some(3), Some(4), Some(4), Some(12)]);
    sums("sum(n) as s reset_after=(s>2)", [Some(1), Some(3), Some(4), None, Some(8)]);
    sums("reset_after=(h==\"b\") window=3 sum(n) as s", [Some(1), Some(3), Some(7), None, Some(8)]);
    sums("time_window=20s sum(n) as s by h", [Some(1), Some(3), Some(4), None, Some(8)]);
    sums("time_window=21s sum(n) as s", [Some(1), Some(3), Some(7), Some(4), Some(8)]);
    sums("time_window=11s current=f sum(n) as s", [None, Some(1), Some(2), None, None]);
}

#[test]
fn only_fields_of_numbers_alone() {
    let input = r#"[{"k": 1, "n": 1, "m": "x"}, {"k": 2, "n": 2, "m": 5}]"#;
    check(
        "| stats allnum=t sum(n) sum(m) count(m) by k",
        input,
        r#"[{"k": 1, "sum(n)": 1, "count(m)": 1}, {"k": 2, "sum(n)": 2, "count(m)": 1}]"#,
    );
    check(
        "| eventstats allnum=true avg(n) as n avg(m) as a",
        input,
        r#"[{"k": 1, "n": 1.5, "m": "x"}, {"k": 2, "n": 1.5, "m": 5}]"#,
    );
}

#[test]
fn repeated_values_count_once_if_asked() {
    let input = r#"[{"k": ["a", "b", "a"]}, {"k": "b"}]"#;
    check("| stats count by k", input, r#"[{"k": "a", "count": 2}, {"k": "b", "count": 2}]"#);
    check(
        "| stats count by k dedup_splitvals=t",
        input,
        r#"[{"k": "a", "count": 1}, {"k": "b", "count": 2}]"#,
    );
}

#[test]
fn text_that_begins_with_numbers() {
    check(
        "| sort v",
        r#"[{"v": "10 apples"}, {"v": "pear"}, {"v": "9 pears"}, {"v": "9 apples"}, {"v": 9}, {"v": "2024-02-01"}, {"v": "2024-01-31"}]"#,
        r#"[{"v": 9}, {"v": "9 apples"}, {"v": "9 pears"}, {"v": "10 apples"}, {"v": "2024-01-31"}, {"v": "2024-02-01"}, {"v": "pear"}]"#,
    );
}

#[test]
fn all_others_of_top() {
    let input = r#"[{"u": "a"}, {"u": "a"}, {"u": "b"}, {"u": "c"}]"#;
    check(
        "| top limit=1 useother=t u",
        input,
        r#"[{"u": "a", "count": 2, "percent": 50}, {"u": "OTHER", "count": 2, "percent": 50}]"#,
    );
    check(
        "| top 2 u useother=t otherstr=rest showperc=f",
        input,
        r#"[{"u": "a", "count": 2}, {"u": "b", "count": 1}, {"u": "rest", "count": 1}]"#,
    );
    check("| top 9 u useother=t showperc=f", r#"[{"u": "a"}]"#, r#"[{"u": "a", "count": 1}]"#);
}

#[test]
fn head_conditions() {
    let input = r#"[{"n": 1}, {"n": 2}, {"m": 1}, {"n": 1}]"#;
    check("| head (n<3)", input, r#"[{"n": 1}, {"n": 2}]"#);
    check("| head limit=1", input, r#"[{"n": 1}]"#);
}

#[test]
fn spans_with_time_zone_and_alias() {
    check(
        "| bin span=1h _time AS hour | stats count by hour",
        r#"[{"_time": 7300}, {"_time": 3700}, {"_time": 3600}]"#,
        r#"[{"hour": 3600, "count": 2}, {"hour": 7200, "count": 1}]"#,
    );
    check("| bin span=0.5 x", r#"[{"x": 0.7}]"#, r#"[{"x": "0.5-1"}]"#);
}

#[test]
fn tstats_over_events_and_models() {
    let input = r#"[{"_time": 3601, "P.u": "a", "P.v": null}, {"_time": 3600, "P.u": "a", "P.v": "x"}, {"_time": 10, "P.u": "b"}]"#;
    check(
        "| tstats count min(_time) as f from datamodel=E.P by P.u P.v",
        input,
        r#"[{"P.u": "a", "P.v": "x", "count": 1, "f": 3600}]"#,
    );
    check(
        "| tstats fillnull_value=\"null\" count values(P.u) as u from datamodel=E.P where P.u=a by P.v _time span=1h | rename P.* as *",
        input,
        r#"[{"v": "null", "_time": 3600, "count": 1, "u": "a"}, {"v": "x", "_time": 3600, "count": 1, "u": "a"}]"#,
    );
}
