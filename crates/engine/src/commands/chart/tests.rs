//! Tables of `chart` and `timechart`.

use crate::pipeline::testing::{check, expected, result, run};
use proptest::prelude::*;
use serde_json::json;

const INPUT: &str = r#"[{"k": 1, "s": "b", "n": 4}, {"k": 1, "s": "a", "n": 1}, {"k": 2, "s": "a", "n": 2},
    {"k": 2, "n": 8}, {"s": "a", "n": 16}]"#;

#[test]
fn rows_and_columns() {
    for (spl, output) in [
        ("| chart count", r#"[{"count": 5}]"#),
        ("| chart count as rows by k", r#"[{"k": 1, "rows": 2}, {"k": 2, "rows": 2}]"#),
        ("| chart sum(n) over k by s", r#"[{"k": 1, "a": 1, "b": 4}, {"k": 2, "a": 2, "NULL": 8}]"#),
        ("| chart sum(n) by k s usenull=f", r#"[{"k": 1, "a": 1, "b": 4}, {"k": 2, "a": 2}]"#),
        ("| chart sum(n) by k s nullstr=none", r#"[{"k": 1, "a": 1, "b": 4}, {"k": 2, "a": 2, "none": 8}]"#),
        (
            "| chart count sum(n) by k s usenull=f",
            r#"[{"k": 1, "count: a": 1, "count: b": 1, "sum(n): a": 1, "sum(n): b": 4},
                {"k": 2, "count: a": 1, "count: b": 0, "sum(n): a": 2}]"#,
        ),
        (
            "| chart sep=- count sum(n) as sum over s by k limit=1 usenull=f",
            r#"[{"s": "a", "count-1": 1, "count-OTHER": 1, "sum-1": 1, "sum-OTHER": 2},
                {"s": "b", "count-1": 1, "count-OTHER": 0, "sum-1": 4}]"#,
        ),
        (
            "| chart format=\"$VAL$ of $AGG$\" count max(n) over k by s usenull=false",
            r#"[{"k": 1, "a of count": 1, "b of count": 1, "a of max(n)": 1, "b of max(n)": 4},
                {"k": 2, "a of count": 1, "b of count": 0, "a of max(n)": 2}]"#,
        ),
        (
            "| chart sum(n) by k s limit=bottom1 useother=f usenull=f",
            r#"[{"k": 1, "a": 1}, {"k": 2, "a": 2}]"#,
        ),
        (
            "| chart agg=max(n) sum(n) by k s limit=1 otherstr=rest usenull=f",
            r#"[{"k": 1, "b": 4, "rest": 1}, {"k": 2, "rest": 2}]"#,
        ),
    ] {
        check(spl, INPUT, output);
    }
}

#[test]
fn series_are_chosen() {
    let input = r#"[{"k": 1, "s": "a", "n": 5}, {"k": 2, "s": "a", "n": 5}, {"k": 1, "s": "b", "n": 9},
        {"k": 1, "s": "c", "n": 1}, {"k": 2, "s": "c", "n": 1}, {"k": 3, "s": "c", "n": 1}]"#;
    let columns = |clause: &str| {
        let rows = result(&format!("| chart {clause}"), input);
        let mut names: Vec<String> = rows.iter().flatten().map(|(name, _)| name.clone()).collect();
        names.sort();
        names.dedup();
        names.retain(|name| name != "k");
        names.join(" ")
    };
    for (clause, names) in [
        ("sum(n) by k s", "a b c"),
        ("sum(n) by k s limit=2", "OTHER a b"),
        ("sum(n) by k s limit=top2 useother=f", "a b"),
        ("sum(n) by k s limit=0", "a b c"),
        ("sum(n) max(n) by k s limit=1 useother=f", "max(n): c sum(n): c"),
        ("sum(n) by k s where max in top1", "OTHER b"),
        ("sum(n) by k s useother=f where max notin top1", "a c"),
        ("sum(n) by k s useother=f where sum > 9", "a"),
        ("sum(n) by k s useother=f where count >= 2", "a c"),
        ("sum(n) by k s useother=f where avg in bottom2", "a c"),
        ("sum(n) by k s useother=f where min<2", "c"),
        // Of the same score the first by characters.
        ("count by k s useother=f limit=1", "c"),
    ] {
        assert_eq!(columns(clause), names, "{clause}");
    }
}

#[test]
fn bins_of_rows_and_columns() {
    let input = r#"[{"n": 5, "m": 1}, {"n": 27, "m": 11}, {"n": 101, "m": 1}, {"n": "x", "m": 2}]"#;
    check(
        "| chart count over n span=50",
        input,
        r#"[{"n": "0-50", "count": 2}, {"n": "50-100", "count": 0}, {"n": "100-150", "count": 1}]"#,
    );
    check(
        "| chart count over n span=50 cont=f",
        input,
        r#"[{"n": "0-50", "count": 2}, {"n": "100-150", "count": 1}]"#,
    );
    check(
        "| chart count by n bins=2 m span=10",
        input,
        r#"[{"n": "0-100", "0-10": 1, "10-20": 1}, {"n": "100-200", "0-10": 1, "10-20": 0}]"#,
    );
    check(
        "| chart count over n span=log10",
        input,
        r#"[{"n": "1-10", "count": 1}, {"n": "10-100", "count": 1}, {"n": "100-1000", "count": 1}]"#,
    );
}

#[test]
fn spans_of_time_follow_from_the_rows() {
    let input = r#"[{"_time": 7205, "u": "a"}, {"_time": 5, "u": "b"}]"#;
    let rows = result("| timechart count", input);
    // Two hours in at most a hundred bins.
    assert_eq!(rows.len(), 25);
    assert_eq!(rows[0], expected(r#"[{"_time": 0, "count": 1}]"#)[0]);
    assert_eq!(rows[24], expected(r#"[{"_time": 7200, "count": 1}]"#)[0]);
    assert_eq!(result("| timechart bins=4 count by u", input).len(), 3);
    assert_eq!(result("| timechart minspan=20m count", input).len(), 5);
    assert_eq!(result("| timechart span=1h cont=f count", input).len(), 2);
    check(
        "| timechart span=1h aligntime=600 count",
        input,
        r#"[{"_time": -3000, "count": 1}, {"_time": 600, "count": 0}, {"_time": 4200, "count": 1}]"#,
    );
    check(
        "| chart count over _time span=2h",
        input,
        r#"[{"_time": 0, "count": 1}, {"_time": 7200, "count": 1}]"#,
    );
}

#[test]
fn months_and_rates() {
    // From January 1970 to March.
    let input = r#"[{"_time": 5097600, "n": 31}, {"_time": 0, "n": 62}]"#;
    check(
        "| timechart span=1mon per_day(n) sum(n) as n",
        input,
        r#"[{"_time": 0, "per_day(n)": 2, "n": 62}, {"_time": 2678400}, {"_time": 5097600, "per_day(n)": 1, "n": 31}]"#,
    );
    check(
        "| timechart span=10s per_second(eval(n*2)) as r",
        r#"[{"_time": 5, "n": 10}]"#,
        r#"[{"_time": 0, "r": 2}]"#,
    );
}

#[test]
fn sparklines_of_groups() {
    check(
        "| stats sparkline(count, 10s) as line count by u",
        r#"[{"_time": 35, "u": "a"}, {"_time": 12, "u": "b"}, {"_time": 11, "u": "b"}]"#,
        r###"[{"u": "a", "line": ["##__SPARKLINE__##", "0", "0", "1"], "count": 1},
            {"u": "b", "line": ["##__SPARKLINE__##", "2", "0", "0"], "count": 2}]"###,
    );
    check(
        "| chart sparkline(sum(n), 10s) over u",
        r#"[{"_time": 15, "u": "a", "n": 2}, {"_time": 1, "u": "a", "n": 3}]"#,
        r###"[{"u": "a", "sparkline(sum(n), 10s)": ["##__SPARKLINE__##", "3", "2"]}]"###,
    );
}

#[test]
fn wrong_arguments_are_said() {
    for (spl, slug) in [
        ("chart by k", "spl/missing-argument"),
        ("chart count by a b c", "spl/bad-argument"),
        ("chart count by a*", "spl/bad-argument"),
        ("chart count by a where max in top5", "spl/bad-argument"),
        ("chart count by a b where mode in top5", "engine/unsupported-argument"),
        ("chart count count by a", "spl/bad-argument"),
        ("chart eval(1+1) as x by a b", "spl/bad-argument"),
        ("chart eval(avg(x)) by a b", "spl/bad-argument"),
        ("timechart count by a b", "spl/bad-argument"),
        ("timechart partial=f count", "engine/unsupported-argument"),
        ("timechart span=soon count", "engine/unsupported-argument"),
        ("timechart bins=1 count", "spl/bad-argument"),
        ("timechart limit=most count by u", "spl/bad-argument"),
        ("timechart colour=red count", "engine/unsupported-option"),
        ("stats per_hour(n)", "engine/unsupported-aggregation"),
        ("stats rate_avg(n)", "engine/unsupported-aggregation"),
        ("stats sparkline(5)", "spl/bad-argument"),
        ("stats sparkline(count, 1mon)", "spl/bad-argument"),
    ] {
        let found = run(&format!("| {spl}"), "[]").map(|_| "runs").map_err(|e| e.slug);
        assert_eq!(found, Err(slug), "{spl}");
    }
}

#[test]
fn too_many_spans_are_refused() {
    let input = r#"[{"_time": 1700000000}, {"_time": 1}]"#;
    assert_eq!(run("| timechart span=1s count", input).unwrap_err().slug, "engine/limit");
    assert_eq!(
        run("| stats count by _time | timechart span=1s count", input).unwrap_err().slug,
        "engine/limit"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]
    /// [`result`] runs every search over all rows at once and over every row alone, merged backwards.
    #[test]
    fn tables_do_not_depend_on_how_rows_are_split(
        rows in prop::collection::vec((0i64..200, 0u8..4, 0u8..6, -3i64..4), 0..25),
    ) {
        let objects: Vec<_> = rows.iter().map(|(time, k, s, n)| {
            let mut row = json!({ "_time": time, "k": format!("k{k}"), "n": n });
            if *s > 0 {
                row["s"] = json!(format!("s{s}"));
            }
            row
        }).collect();
        let input = json!(objects).to_string();
        for spl in [
            "| chart count sum(n) avg(n) by k s limit=2",
            "| chart values(s) dc(s) over k",
            "| chart eval(sum(n)/count()) as mean by k s",
            "| timechart span=30s count by s limit=2",
            "| timechart span=7s max(n) per_minute(n)",
            "| timechart count",
            "| top 2 s by k useother=t",
            "| rare s",
            "| stats sparkline(sum(n), 20s) sparkline(count) count by k",
        ] {
            result(spl, &input);
        }
    }
}
