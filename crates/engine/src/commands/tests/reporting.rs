//! Tables of cases of the commands that shape results.

use crate::pipeline::testing::{check, expected, result, run};
use proptest::prelude::*;
use serde_json::json;

/// Checks searches over the same rows.
fn all(input: &str, cases: &[(&str, &str)]) {
    for (spl, output) in cases {
        check(spl, input, output);
    }
}

#[test]
fn rows_that_came_before() {
    all(
        r#"[{"n": 2, "_time": 30}, {"m": 1, "_time": 20}, {"n": "5", "_time": 5}]"#,
        &[
            ("| accum n as t | table t", r#"[{"t": 2}, {}, {"t": 7}]"#),
            ("| accum m | table m", r#"[{}, {"m": 1}, {}]"#),
            ("| delta n p=2 | table \"delta(n)\"", r#"[{}, {}, {"delta(n)": 3}]"#),
            ("| delta _time as d | table d", r#"[{}, {"d": -10}, {"d": -15}]"#),
            ("| autoregress n as b p=1-2 | table b_*", r#"[{}, {"b_p1": 2}, {"b_p2": 2}]"#),
            ("| autoregress n p=5 | table n_p5", "[{}, {}, {}]"),
            ("| filldown n | table n", r#"[{"n": 2}, {"n": 2}, {"n": "5"}]"#),
            ("| filldown m | table m", r#"[{}, {"m": 1}, {"m": 1}]"#),
            ("| trendline sma2(n) | table \"sma2(n)\"", r#"[{}, {}, {"sma2(n)": 3.5}]"#),
            ("| trendline WMA2(n) as w, sma3(n) as s | table w s", r#"[{}, {}, {"w": 4}]"#),
        ],
    );
}

#[test]
fn sums_of_columns() {
    all(
        r#"[{"_time": 6, "u": "a", "n": "1", "m": ["1", "2"]}, {"_time": 5, "u": "b", "n": 2}]"#,
        &[
            (
                "| addcoltotals | table u n m",
                r#"[{"u": "a", "n": "1", "m": ["1", "2"]}, {"u": "b", "n": 2}, {"n": 3, "m": 3}]"#,
            ),
            (
                "| addcoltotals labelfield=what n | table what n",
                r#"[{"n": "1"}, {"n": 2}, {"what": "Total", "n": 3}]"#,
            ),
            ("| addtotals row=f col=t n | table n Total", r#"[{"n": "1"}, {"n": 2}, {"n": 3}]"#),
            (
                "| addtotals col=true fieldname=S n | table n S",
                r#"[{"n": "1", "S": 1}, {"n": 2, "S": 2}, {"n": 3, "S": 3}]"#,
            ),
        ],
    );
    // As a published rule writes it.
    check(
        "| addtotals fieldname=Score a, b, c",
        r#"[{"a": 1, "b": "2", "c": "x"}]"#,
        r#"[{"a": 1, "b": "2", "c": "x", "Score": 3}]"#,
    );
}

#[test]
fn tables_turned() {
    let input = r#"[{"k": "x", "n": 1, "m": 5}, {"k": "y", "n": 2}, {"k": "x", "n": 3}]"#;
    all(
        input,
        &[
            (
                "| transpose 2",
                r#"[{"column": "k", "row 1": "x", "row 2": "y"}, {"column": "n", "row 1": 1, "row 2": 2}, {"column": "m", "row 1": 5}]"#,
            ),
            (
                "| transpose 0 header_field=k",
                r#"[{"column": "n", "x": 1, "y": 2, "row 3": 3}, {"column": "m", "x": 5}]"#,
            ),
            (
                "| untable k field value",
                r#"[{"k": "x", "field": "n", "value": 1}, {"k": "x", "field": "m", "value": 5}, {"k": "y", "field": "n", "value": 2},
                    {"k": "x", "field": "n", "value": 3}]"#,
            ),
            ("| xyseries k n m", r#"[{"k": "x", "1": 5}, {"k": "y"}]"#),
        ],
    );
    check(
        "| stats count by k n | xyseries k n count | untable k n count",
        r#"[{"k": "a", "n": 10}, {"k": "a", "n": 9}, {"k": "b", "n": 9}]"#,
        r#"[{"k": "a", "n": "9", "count": 1}, {"k": "a", "n": "10", "count": 1}, {"k": "b", "n": "9", "count": 1}]"#,
    );
}

#[test]
fn rows_that_are_alike() {
    all(
        r#"[{"a": 1, "b": "x"}, {"a": 1, "b": "y"}, {"a": 1, "b": "y"}, {"a": 2, "b": "y"}, {"a": 1}]"#,
        &[
            ("| uniq", r#"[{"a": 1, "b": "x"}, {"a": 1, "b": "y"}, {"a": 2, "b": "y"}, {"a": 1}]"#),
            ("| mvcombine b", r#"[{"a": 1, "b": ["x", "y", "y"]}, {"a": 2, "b": "y"}, {"a": 1}]"#),
            (
                "| mvcombine delim=\",\" a | table a b",
                r#"[{"a": 1, "b": "x"}, {"a": ["1", "1", "2"], "b": "y"}, {"a": 1}]"#,
            ),
            ("| mvcombine zzz | uniq | stats count", r#"[{"count": 4}]"#),
        ],
    );
}

#[test]
fn gaps_between_bins() {
    all(
        r#"[{"_time": 300, "n": 1}, {"_time": 0, "n": 2}]"#,
        &[
            (
                "| makecontinuous span=150s",
                r#"[{"_time": 0, "n": 2}, {"_time": 150}, {"_time": 300, "n": 1}]"#,
            ),
            ("| makecontinuous n span=0.5 | table n", r#"[{"n": 1}, {"n": 1.5}, {"n": 2}]"#),
        ],
    );
    let far = r#"[{"_time": 1700000000}, {"_time": 0}]"#;
    assert_eq!(run("| makecontinuous span=1s", far).unwrap_err().slug, "engine/limit");
    assert_eq!(result("| makecontinuous", far).len(), 54);
}

#[test]
fn fields_in_short() {
    let rows = result("| fieldsummary n", r#"[{"n": "2"}, {"n": 4}, {"n": ["a", "4"]}, {"x": 1}]"#);
    assert_eq!(
        rows,
        expected(
            r#"[{"field": "n", "count": 4, "distinct_count": 3, "is_exact": 1, "max": 4, "mean": 3.3333333333333335, "min": 2,
                "numeric_count": 3, "stdev": 1.1547005383792515,
                "values": "[{\"value\":\"4\",\"count\":2},{\"value\":\"2\",\"count\":1},{\"value\":\"a\",\"count\":1}]"}]"#
        )
    );
}

#[test]
fn bins_without_a_span() {
    all(
        r#"[{"_time": 86399, "n": 95}, {"_time": 4000, "n": 4}, {"_time": 0, "n": "x"}]"#,
        &[
            ("| bin _time | table _time", r#"[{"_time": 84600}, {"_time": 3600}, {"_time": 0}]"#),
            ("| bin bins=2 _time as day | table day", r#"[{"day": 0}, {"day": 0}, {"day": 0}]"#),
            ("| bin n | table n", r#"[{"n": "95-96"}, {"n": "4-5"}, {}]"#),
            ("| bin bins=10 n as r | table r", r#"[{"r": "90-100"}, {"r": "0-10"}, {}]"#),
            ("| bin end=999 n as r | table r", r#"[{"r": "90-100"}, {"r": "0-10"}, {}]"#),
            ("| bin minspan=50 n as r | table r", r#"[{"r": "0-100"}, {"r": "0-100"}, {}]"#),
            ("| bin span=log10 n as r | table r", r#"[{"r": "10-100"}, {"r": "1-10"}, {}]"#),
            (
                "| bin span=1h aligntime=1800 _time as h | table h",
                r#"[{"h": 84600}, {"h": 1800}, {"h": -1800}]"#,
            ),
            (
                "| bin span=12h aligntime=@d+3h _time as h | table h",
                r#"[{"h": 54000}, {"h": -32400}, {"h": -32400}]"#,
            ),
        ],
    );
}

#[test]
fn formats_are_shown_and_not_seen() {
    all(
        r#"[{"n": 1500, "k": 1}, {"n": 20, "k": 2}]"#,
        &[
            ("| fieldformat n=\"~\".n | where n>100 | table n", r#"[{"n": "~1500"}]"#),
            ("| fieldformat n=\"~\".n | rename n as m | table m", r#"[{"m": 1500}, {"m": 20}]"#),
            ("| fieldformat n=if(n>100, \"many\", null()) | table n", r#"[{"n": "many"}, {"n": 20}]"#),
        ],
    );
}

#[test]
fn how_long_ago() {
    let now = 1_700_000_000;
    for (seconds, words) in [
        (0, "now"),
        (59, "59 seconds ago"),
        (60, "1 minute ago"),
        (7199, "1 hour ago"),
        (86_400, "1 day ago"),
        (70 * 86_400, "2 months ago"),
        (800 * 86_400, "2 years ago"),
        (-3600, "in 1 hour"),
    ] {
        let input = json!([{ "_time": now - seconds }]).to_string();
        let rows = result("| reltime | table reltime", &input);
        assert_eq!(rows, [[("reltime".to_owned(), vec![words.to_owned()])]], "{seconds}");
    }
}

#[test]
fn outliers_of_a_search() {
    // A rule that drops the accounts with far too many events.
    let rows: Vec<_> = (0..20)
        .map(|n| json!({ "user": n, "count": 3 + n % 3 }))
        .chain([json!({ "user": 99, "count": 900 })])
        .collect();
    let input = json!(rows).to_string();
    assert_eq!(result("| outlier action=RM count", &input).len(), 20);
    assert_eq!(result("| outlier count | where count>100", &input).len(), 0);
    assert_eq!(result("| outlier param=1000 action=rm", &input).len(), 21);
    assert_eq!(result("| outlier action=rm missing", &input).len(), 21);
}

#[test]
fn generated_rows() {
    all(
        "[]",
        &[
            (
                "| gentimes start=-2 end=0 | stats count min(starttime) as t",
                r#"[{"count": 2, "t": 1699747200}]"#,
            ),
            (
                "| gentimes start=11/14/2023:06:00:00 end=11/14/2023:07:00:00 increment=30m | fields starthuman endhuman",
                r#"[{"starthuman": "Tue Nov 14 06:00:00 2023", "endhuman": "Tue Nov 14 06:29:59 2023"},
                    {"starthuman": "Tue Nov 14 06:30:00 2023", "endhuman": "Tue Nov 14 06:59:59 2023"}]"#,
            ),
            ("| eventcount", r#"[{"count": 0}]"#),
        ],
    );
    check(
        "| eventcount summarize=f",
        r#"[{"index": "b"}, {"index": "a"}, {"x": 1}]"#,
        r#"[{"index": "a", "count": 1}, {"index": "b", "count": 1}, {"index": "main", "count": 1}]"#,
    );
    check(
        "| eventcount index=a index=c*",
        r#"[{"index": "b"}, {"index": "a"}, {"index": "cd"}]"#,
        r#"[{"count": 2}]"#,
    );
}

#[test]
fn wrong_arguments_are_said() {
    for (spl, slug) in [
        ("accum", "spl/missing-argument"),
        ("accum a b", "spl/unexpected-argument"),
        ("addinfo x", "spl/unexpected-argument"),
        ("autoregress a p=0", "spl/bad-argument"),
        ("autoregress a p=3-1", "spl/bad-argument"),
        ("autoregress a p=1-5000", "spl/bad-argument"),
        ("concurrency start=a", "spl/missing-argument"),
        ("concurrency duration=a b", "spl/unexpected-argument"),
        ("contingency a", "spl/missing-argument"),
        ("contingency a b mincolcover=0.5", "engine/unsupported-option"),
        ("delta a p=x", "spl/bad-argument"),
        ("fieldformat a", "spl/expected-assignment"),
        ("fieldsummary maxvals=x", "spl/bad-argument"),
        ("makecontinuous a b", "spl/unexpected-argument"),
        ("makecontinuous a span=log2", "engine/unsupported-argument"),
        ("mvcombine", "spl/missing-argument"),
        ("outlier type=zscore", "spl/bad-argument"),
        ("outlier param=-1", "spl/bad-argument"),
        ("outlier action=drop", "spl/bad-argument"),
        ("rangemap low=1-2", "spl/missing-argument"),
        ("rangemap field=n low=many", "spl/bad-argument"),
        ("rangemap n", "spl/unexpected-argument"),
        ("reltime prefix=x", "engine/unsupported-option"),
        ("transpose five", "spl/bad-argument"),
        ("trendline sma1(n)", "spl/bad-argument"),
        ("trendline avg5(n)", "spl/bad-argument"),
        ("trendline n", "spl/unexpected-argument"),
        ("trendline", "spl/missing-argument"),
        ("uniq n", "spl/unexpected-argument"),
        ("untable a b", "spl/missing-argument"),
        ("untable a b c d", "spl/bad-argument"),
        ("xyseries a b", "spl/missing-argument"),
        ("bin aligntime=earliest _time", "engine/unsupported-argument"),
        ("bin bins=99999 n", "spl/bad-argument"),
        ("dedup a sortby", "spl/missing-argument"),
        ("streamstats window=5 time_window=1m count", "spl/bad-argument"),
        ("streamstats reset_before=x count", "spl/bad-argument"),
    ] {
        assert_eq!(run(&format!("| {spl}"), "[]").map(|_| "runs").map_err(|e| e.slug), Err(slug), "{spl}");
    }
    for (spl, slug) in [
        ("| gentimes end=1", "spl/missing-argument"),
        ("| gentimes start=yesterday", "spl/bad-argument"),
        ("| gentimes start=-99999 increment=1s", "spl/bad-argument"),
        ("| gentimes start=-1 increment=0s", "spl/bad-argument"),
        ("| eventcount report_size=t", "engine/unsupported-option"),
        ("* | eventcount", "engine/not-first"),
    ] {
        assert_eq!(run(spl, "[]").map(|_| "runs").map_err(|e| e.slug), Err(slug), "{spl}");
    }
}

#[test]
fn sums_of_windows_of_time_and_sorted_duplicates() {
    check(
        "| dedup 2 u sortby +n",
        r#"[{"u": "a", "n": 3}, {"u": "a", "n": 1}, {"u": "b", "n": 9}, {"u": "a", "n": 2}]"#,
        r#"[{"u": "a", "n": 1}, {"u": "a", "n": 2}, {"u": "b", "n": 9}]"#,
    );
    check(
        "| dedup u keepevents=t sortby - n",
        r#"[{"u": "a", "n": 3}, {"u": "b", "n": 9}, {"u": "a", "n": 4}]"#,
        r#"[{"u": "b", "n": 9}, {"u": "a", "n": 4}, {"n": 3}]"#,
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 30, ..ProptestConfig::default() })]
    /// [`result`] runs every search over all rows at once and over every row alone, merged backwards.
    #[test]
    fn results_do_not_depend_on_how_rows_are_split(
        rows in prop::collection::vec((0i64..100, 0u8..3, -4i64..5), 0..20),
    ) {
        let objects: Vec<_> =
            rows.iter().map(|(time, u, n)| json!({ "_time": time, "u": format!("u{u}"), "n": n })).collect();
        let input = json!(objects).to_string();
        for spl in [
            "| fieldsummary",
            "| contingency u n maxcols=3",
            "| concurrency duration=n",
            "| dedup u sortby -n",
            "| dedup 2 u",
            "| transaction u maxspan=20s",
            "| transaction u startswith=(n<0) keepevicted=t keeporphans=t",
            "| streamstats time_window=10s sum(n) as s by u",
            "| bin bins=3 n | stats count by n",
            "| addtotals col=t n",
            "| makecontinuous span=10s | stats count",
            "| anomalydetection action=annotate",
            "| outlier n",
            "| transpose 0",
            "| untable u name value",
            "| eventstats sparkline(count) as line by u",
        ] {
            result(spl, &input);
        }
    }
}
