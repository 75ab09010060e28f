//! Options of `join` and its kin.

use crate::pipeline::testing::{check, result};

const ROWS: &str = r#"[{"_time": 30, "k": "left", "id": 1, "v": "l1", "only": "x"}, {"_time": 20, "k": "left", "id": 2, "v": "l2"},
    {"_time": 10, "k": "left", "v": "l3"}, {"_time": 25, "k": "right", "id": "1", "v": "r1"},
    {"_time": 35, "k": "right", "id": 1, "w": "r2"}, {"_time": 5, "k": "right", "id": "1", "v": "r3", "w": "r3"},
    {"_time": 20, "k": "right", "id": "A", "v": "r4"}]"#;

/// What `join` with these arguments makes of the left rows; each row as its values of `v` and `w`.
fn joined(arguments: &str) -> Vec<String> {
    let spl =
        format!("k=left | fields - k | join {arguments} [search k=right | fields _time id v w] | table v w");
    let row = |row: &Vec<(String, Vec<String>)>| {
        let field = |name: &str| row.iter().find(|(n, _)| n == name).map_or("-", |(_, texts)| &texts[0]);
        format!("{} {}", field("v"), field("w"))
    };
    result(&spl, ROWS).iter().map(row).collect()
}

#[test]
fn options() {
    for (arguments, rows) in [
        // Events come newest first, so the first match is that of time 35.
        ("id", &["l1 r2"][..]),
        ("type=inner max=1 id", &["l1 r2"]),
        ("type=outer id", &["l1 r2", "l2 -", "l3 -"]),
        ("type=LEFT id", &["l1 r2", "l2 -", "l3 -"]),
        ("max=0 id", &["l1 r2", "r1 -", "r3 r3"]),
        ("max=2 id", &["l1 r2", "r1 -"]),
        ("max=0 overwrite=false id", &["l1 r2", "l1 -", "l1 r3"]),
        ("max=0 usetime=true id", &["r1 -", "r3 r3"]),
        ("usetime=t earlier=true id", &["r1 -"]),
        ("max=0 usetime=true earlier=false id", &["l1 r2"]),
        ("earlier=false id", &["l1 r2"]),
        // Common fields: id and v.
        ("", &[]),
        ("type=left", &["l1 -", "l2 -", "l3 -"]),
        ("id, v", &[]),
        ("nosuch", &[]),
        ("type=left nosuch", &["l1 -", "l2 -", "l3 -"]),
    ] {
        assert_eq!(joined(arguments), rows, "{arguments}");
    }
}

#[test]
fn fields_of_both_sides() {
    check(
        "k=left | table id v only | join id [search k=right v=r3 | table id v w] | table *",
        ROWS,
        r#"[{"id": 1, "only": "x", "v": "r3", "w": "r3"}]"#,
    );
}

#[test]
fn sides_with_names() {
    check(
        "k=left | table id v | join type=left left=L right=R where L.id=R.number [search k=right v=r3 | table id v | rename id as number]",
        ROWS,
        r#"[{"L.id": 1, "L.v": "l1", "R.number": 1, "R.v": "r3"}, {"L.id": 2, "L.v": "l2"}, {"L.v": "l3"}]"#,
    );
    check(
        "k=left | table id v | join max=0 left=a right=b where b.id=a.id [search k=right w=* | table id w]",
        ROWS,
        r#"[{"a.id": 1, "a.v": "l1", "b.id": 1, "b.w": "r2"}, {"a.id": 1, "a.v": "l1", "b.id": 1, "b.w": "r3"}]"#,
    );
}

#[test]
fn keys_are_compared_as_text_with_their_letter_case() {
    let input = r#"[{"s": 1, "id": "a"}, {"s": 1, "id": "A"}, {"s": 1, "id": "5"}, {"s": 1, "id": ["p", "q"]},
        {"s": 2, "id": "A", "n": 1}, {"s": 2, "id": 5, "n": 2}, {"s": 2, "id": ["p", "q"], "n": 3}, {"s": 2, "n": 4}]"#;
    check(
        "s=1 | table id | join id [search s=2 | table id n]",
        input,
        r#"[{"id": "A", "n": 1}, {"id": "5", "n": 2}, {"id": ["p", "q"], "n": 3}]"#,
    );
}

#[test]
fn rows_side_by_side() {
    let input = r#"[{"s": 1, "a": 1, "b": 1}, {"s": 1, "a": 2}, {"s": 2, "b": 5, "c": 6, "_time": 7}, {"s": 2, "b": 8}, {"s": 2, "c": 9}]"#;
    for (options, rows) in [
        ("", r#"[{"a": 1, "b": 1, "c": 6}, {"a": 2, "b": 8}, {"c": 9}]"#),
        ("override=true", r#"[{"a": 1, "b": 5, "c": 6}, {"a": 2, "b": 8}, {"c": 9}]"#),
        ("maxout=1 maxtime=5 timeout=9", r#"[{"a": 1, "b": 1, "c": 6}, {"a": 2}]"#),
    ] {
        check(
            &format!("s=1 | table a b | appendcols {options} [search s=2 | table _time b c] | table a b c"),
            input,
            rows,
        );
    }
}

#[test]
fn sets_of_rows() {
    let input = r#"[{"s": 1, "a": 1, "b": "x"}, {"s": 1, "a": 1, "b": "x"}, {"s": 2, "b": "x", "a": "1"}, {"s": 2, "a": 1}]"#;
    for (of, rows) in [
        ("union", r#"[{"a": 1, "b": "x"}, {"a": 1}]"#),
        ("diff", r#"[{"a": 1}]"#),
        ("INTERSECT", r#"[{"a": 1, "b": "x"}]"#),
    ] {
        check(&format!("| set {of} [search s=1 | table a b] [search s=2 | table b a]"), input, rows);
    }
}

#[test]
fn events_of_several_searches() {
    let input = r#"[{"_time": 4, "s": 1}, {"_time": 3, "s": 2}, {"_time": 2, "s": 1}, {"_time": 1, "s": 2}]"#;
    let times = |spl: &str, times: &[i64]| {
        let rows: Vec<_> = times.iter().map(|time| serde_json::json!({ "_time": time })).collect();
        check(&format!("{spl} | table _time"), input, &serde_json::Value::Array(rows).to_string());
    };
    times("| multisearch [search s=1] [search s=2]", &[4, 3, 2, 1]);
    times("| union [search s=2] [search s=1]", &[4, 3, 2, 1]);
    times("| union maxout=1 [search s=2] [search s=1]", &[4, 3]);
    times("| union [search s=2 | sort _time] [search s=1]", &[1, 3, 4, 2]);
    times("s=2 | union [search s=1]", &[3, 1, 4, 2]);
}

#[test]
fn fields_one_by_one() {
    let input = r#"[{"in_a_b": 1, "in_c_d": 2, "x y": 3, "q'": 4}]"#;
    for (arguments, rows) in [
        ("in_* [eval <<FIELD>>=<<FIELD>>*10] | table in_*", r#"[{"in_a_b": 10, "in_c_d": 20}]"#),
        (
            "in_*_* [eval out_<<MATCHSEG2>>_<<MATCHSEG1>>='<<FIELD>>', all=mvappend(all, \"<<MATCHSTR>>\")] | table out* all",
            r#"[{"out_b_a": 1, "out_d_c": 2, "all": ["ab", "cd"]}]"#,
        ),
        ("\"x y\" [eval n='<<FIELD>>'+1] | table n", r#"[{"n": 4}]"#),
        ("q* [eval n='<<FIELD>>'+1] | table n", r#"[{"n": 5}]"#),
        ("q* fieldstr=ME [eval n='ME'+1, m=\"ME\"] | table n m", r#"[{"n": 5, "m": "q'"}]"#),
        (
            "none other [eval <<FIELD>>=coalesce(<<FIELD>>, 0)] | table none other",
            r#"[{"none": 0, "other": 0}]"#,
        ),
        ("mode=multifield in_* in_a* [eval n=coalesce(n, 0)+1] | table n", r#"[{"n": 2}]"#),
        ("in_a* [rename <<FIELD>> as renamed | where renamed=1] | table renamed", r#"[{"renamed": 1}]"#),
    ] {
        check(&format!("* | foreach {arguments}"), input, rows);
    }
}
