//! Runs as a whole.

use super::testing::{batch, check, plan, plan_with, result, rows, run, run_with_few_fields};
use super::{FieldSet, Limits};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

#[test]
fn events_come_newest_first_and_of_the_same_time_what_was_read_last() {
    check(
        "*",
        r#"[{"_time": 5, "n": "b"}, {"_time": 7, "n": "c"}, {"_time": 5, "n": "a"}, {"n": "timeless"}]"#,
        r#"[{"_time": 7, "n": "c"}, {"_time": 5, "n": "b"}, {"_time": 5, "n": "a"}, {"n": "timeless"}]"#,
    );
}

#[test]
fn order_survives_that_time_is_dropped_or_changed() {
    let input = r#"[{"_time": 1, "n": 1}, {"_time": 3, "n": 3}, {"_time": 2, "n": 2}]"#;
    check("| table n | dedup n", input, r#"[{"n": 3}, {"n": 2}, {"n": 1}]"#);
    check("| eval _time=0 | fields n | fields - _time | head 1", input, r#"[{"n": 3}]"#);
    check(
        "| stats first(n) as f last(n) as l list(n) as all",
        input,
        r#"[{"f": 3, "l": 1, "all": [3, 2, 1]}]"#,
    );
}

#[test]
fn a_limit_is_an_error_and_not_a_wrong_result() {
    let few = Limits { rows: 2, bytes: 1 << 20 };
    let input = batch(r#"[{"n": 1}, {"n": 2}, {"n": 3}]"#);
    for (spl, fails) in [("*", true), ("| stats count by n", true), ("| stats count", false), ("n=1", false)]
    {
        let plan = plan_with(spl, few).unwrap();
        let mut run = plan.start();
        let input = if spl == "n=1" { input.slice(0, 1) } else { input.clone() };
        run.push(&input);
        assert_eq!(run.finish().err().map(|e| e.slug), fails.then_some("engine/limit"), "{spl}");
    }
    let bytes = Limits { rows: 100, bytes: 10 };
    let mut run = plan_with("*", bytes).unwrap().start();
    run.push(&input);
    assert!(run.finish().is_err());
    let mut one = plan_with("*", few).unwrap().start();
    let mut other = plan_with("*", few).unwrap().start();
    one.push(&input.slice(0, 2));
    other.push(&input.slice(2, 1));
    one.merge(other);
    assert_eq!(one.finish().unwrap_err().slug, "engine/limit", "merged runs are limited too");
}

#[test]
fn head_needs_no_more_memory_than_its_rows() {
    let plan = plan_with("| head 3", Limits { rows: 20_000, bytes: 1 << 30 }).unwrap();
    let mut run = plan.start();
    for part in 0..30 {
        let json: Vec<String> = (0..1000).map(|n| format!("{{\"_time\": {}}}", part * 1000 + n)).collect();
        run.push(&batch(&format!("[{}]", json.join(","))));
    }
    let found = run.finish().unwrap();
    let times: Vec<String> = rows(&found).into_iter().map(|row| row[0].1[0].clone()).collect();
    assert_eq!(times, ["29999", "29998", "29997"]);
}

#[test]
fn only_fields_that_matter_are_needed() {
    for (spl, names) in [
        ("| stats count by host", vec!["_time", "host"]),
        ("| stats count", vec!["_time"]),
        ("| eval a=b+c | stats sum(a) as s by d", vec!["_time", "a", "b", "c", "d"]),
        ("| rename Processes.* as * | stats count by user", vec!["Processes.user", "_time", "user"]),
        ("| rename x as y | where y>1 | table y z", vec!["_time", "x", "y", "z"]),
        ("| fillnull | stats count min(_time) as f by a b", vec!["_time", "a", "b"]),
        ("| fields a b | table b c", vec!["_time", "b"]),
        ("| convert ctime(t) as u | table u", vec!["_time", "t", "u"]),
        ("| rex field=x \"(?<y>.)\" | table y", vec!["_time", "x", "y"]),
        ("| where z=1 | sort - n | head 5 | table m", vec!["_time", "m", "n", "z"]),
        ("| eventstats avg(n) as m by k | table m", vec!["_time", "k", "m", "n"]),
        ("| top user by host", vec!["_time", "host", "user"]),
        ("| tstats count from datamodel=A.B where B.x=1 by B.y", vec!["B.y", "_time"]),
    ] {
        let needed = plan(spl).unwrap().needed_fields();
        assert_eq!(needed, FieldSet::of(names), "{spl}");
    }
    assert!(plan("a=1 | where b=2").unwrap().needed_fields().is_all());
    let wild = plan("| stats values(dest*) as * by host").unwrap().needed_fields();
    assert!(wild.contains("dest_ip") && wild.contains("host") && !wild.contains("src"));
}

#[test]
fn stages_run_after_a_fold() {
    check(
        "user=* | stats count by user | where count>1 | eval n=count*2 | rename user as who | fields who n",
        r#"[{"user": "a"}, {"user": "b"}, {"user": "a"}, {"n": 1}]"#,
        r#"[{"who": "a", "n": 4}]"#,
    );
    check(
        "| stats count by user | stats sum(count) as total dc(user) as users",
        r#"[{"user": "a"}, {"user": "b"}, {"user": "a"}]"#,
        r#"[{"total": 3, "users": 2}]"#,
    );
}

#[test]
fn no_rows_at_all() {
    for (spl, output) in [
        ("*", "[]"),
        ("| stats count", r#"[{"count": 0}]"#),
        ("| stats count by x", "[]"),
        ("| fillnull | head 3 | sort x | dedup x | eventstats count | table a", "[]"),
    ] {
        check(spl, "[]", output);
    }
}

#[test]
fn the_seed_rules_stages() {
    let input = r#"[
        {"_time": "1700000001.1234567", "EventCode": "4104", "dest": "h1", "Path": null, "ScriptBlockText": "Invoke-Command x"},
        {"_time": 1700000000, "EventCode": "4104", "dest": "h1", "Path": null, "ScriptBlockText": "Invoke-Command x"},
        {"_time": 1700000000, "EventCode": "4103", "dest": "h1", "ScriptBlockText": "Invoke-Command x"}]"#;
    let spl = "EventCode=4104 ScriptBlockText=\"*invoke-command*\" | fillnull \
        | stats count min(_time) as firstTime max(_time) as lastTime by dest Path ScriptBlockText EventCode \
        | convert timeformat=\"%Y-%m-%dT%H:%M:%S\" ctime(firstTime) | search *";
    check(
        spl,
        input,
        r#"[{"dest": "h1", "Path": "0", "ScriptBlockText": "Invoke-Command x", "EventCode": "4104", "count": 2,
            "firstTime": "2023-11-14T22:13:20", "lastTime": "1700000001.1234567"}]"#,
    );
    assert!(run("| fillnull value", input).is_ok(), "a field may have any name");
}

/// Stages of which searches are made up at random.
pub(super) const STAGES: [&str; 51] = [
    "search a=1 OR b=*",
    "search NOT c=x",
    "where a>b",
    "where isnotnull(b)",
    "eval a=b+1, d=a.c",
    "eval b=null()",
    "eval m=split(c, \"\")",
    "rename a as b",
    "rename * as x_*",
    "rename b as d, c as b",
    "convert num(c) ctime(_time) as t",
    "fillnull",
    "fillnull value=7 a d",
    "table a c _time",
    "fields - b",
    "fields a b",
    "head 3",
    "tail 2",
    "reverse",
    "sort - a c",
    "sort 4 str(b)",
    "dedup a",
    "dedup 2 b c keepempty=t",
    "bin _time span=2s",
    "bin span=2 a",
    "rex field=c \"(?<d>[a-y])\"",
    "mvexpand m",
    "makemv delim=\"y\" c",
    "nomv m",
    "replace x* WITH z* IN c m",
    "addtotals a b",
    "eventstats avg(a) as d count by c",
    "streamstats count sum(a) as s by b",
    "stats count list(c) as c first(a) as a last(b) as b values(m) as m by c",
    "stats earliest(a) as a latest(c) as c max(b) as b dc(m) as d",
    "top 2 c by a",
    "append [search a=2 | fields a c]",
    "append [search c=x* | stats count by b]",
    "appendcols [search b=* | table b d]",
    "appendpipe [where a>1 | eval d=\"again\"]",
    "appendpipe [stats sum(a) as a by c]",
    "join type=left a [search b=* | fields a b m]",
    "join max=0 overwrite=f c [search a=2 | table c a d]",
    "join [search a=2 | table a c]",
    "foreach a b [eval <<FIELD>>=coalesce(<<FIELD>>, 0)+1]",
    "foreach mode=multivalue m [eval d=mvappend(d, <<ITEM>>.a)]",
    "search [search b=2 | fields a]",
    "where NOT [search a=2 | dedup c | fields c]",
    "map maxsearches=3 [search a=$a$ | eval d=$_serial_id$]",
    "union [search a=3 | fields a m]",
    "selfjoin keepsingle=t max=2 c",
];

pub(super) fn row() -> impl Strategy<Value = Json> {
    let number = || {
        prop_oneof![Just(Json::Null), (0i64..4).prop_map(|i| json!(i)), Just(json!("2")), Just(json!(0.5))]
    };
    let text = prop_oneof![
        Just(json!("x")),
        Just(json!("xyz")),
        Just(json!("10")),
        Just(json!("")),
        Just(json!(["x", "q"]))
    ];
    let list = prop::option::of(prop::collection::vec("[ab]{1,2}", 1..3));
    (0i64..5, prop::option::of(number()), prop::option::of(number()), prop::option::of(text), list).prop_map(
        |(time, a, b, c, m)| {
            let mut row = json!({ "_time": time });
            for (name, value) in [("a", a), ("b", b), ("c", c), ("m", m.map(|m| json!(m)))] {
                if let Some(value) = value {
                    row[name] = value;
                }
            }
            row
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn no_search_depends_on_how_rows_are_split(
        rows in prop::collection::vec(row(), 0..12),
        stages in prop::collection::vec(prop::sample::select(STAGES.to_vec()), 1..5),
    ) {
        // Fails inside when the results differ.
        result(&format!("* | {}", stages.join(" | ")), &Json::Array(rows).to_string());
    }

    #[test]
    fn only_needed_fields_matter(
        rows in prop::collection::vec(row(), 0..12),
        stages in prop::collection::vec(prop::sample::select(STAGES.to_vec()), 1..5),
    ) {
        let spl = format!("* | {} | stats count values(a) as a values(b) as b by c", stages.join(" | "));
        let json = Json::Array(rows).to_string();
        let all = run(&spl, &json).unwrap_or_else(|e| panic!("{spl}: {e}"));
        let few = run_with_few_fields(&spl, &json).unwrap();
        prop_assert_eq!(super::testing::rows(&all), super::testing::rows(&few), "{}", spl);
    }
}

#[test]
fn what_groups_keep_is_limited() {
    let limits = Limits { rows: 1_000_000, bytes: 100 << 20 };
    let long = "x".repeat(1 << 20);
    let rows = |from: usize| {
        let rows: Vec<Json> = (from..from + 40).map(|n| json!({ "a": format!("{n}{long}") })).collect();
        batch(&Json::Array(rows).to_string())
    };
    let mut values = plan_with("| stats values(a) as a", limits).unwrap().start();
    let mut longest = plan_with("| stats max(a) as a", limits).unwrap().start();
    for part in 0..5 {
        values.push(&rows(part * 40));
        longest.push(&rows(part * 40));
    }
    assert_eq!(values.finish().unwrap_err().slug, "engine/limit");
    assert!(longest.finish().is_ok(), "what is not kept does not count");
}
