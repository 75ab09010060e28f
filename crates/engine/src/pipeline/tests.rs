//! Runs as a whole.

use super::testing::{batch, check, plan, plan_with, rows, run};
use super::{FieldSet, Limits};

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
        assert_eq!(run.has_failed(), fails, "{spl}");
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
    assert!(one.has_failed(), "merged runs are limited too");
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
        ("| eval a=b+c | stats sum(a) as s by d", vec!["_time", "b", "c", "d"]),
        ("| rename Processes.* as * | stats count by user", vec!["Processes.user", "_time", "user"]),
        ("| rename x as y | where y>1 | table y z", vec!["_time", "x", "z"]),
        ("| fillnull | stats count min(_time) as f by a b", vec!["_time", "a", "b"]),
        ("| fields a b | table b c", vec!["_time", "b"]),
        ("| convert ctime(t) as u | table u", vec!["_time", "t"]),
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
