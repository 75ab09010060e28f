//! Drilldowns, time ranges, throttling and schedules, through the binary.

use crate::{grotto, lines, process, text};
use serde_json::{Value, json};
use std::path::Path;

/// A rule over processes, with what it needs besides its search.
fn rule(folder: &Path, name: &str, search: &str, more: &str) {
    let rules = folder.join("rules/detections/endpoint");
    std::fs::create_dir_all(&rules).unwrap();
    let rule = format!(
        "name: {name}\nid: {name}\nversion: 1\nstatus: production\ntype: TTP\ndescription: d\nsearch: '{search}'\n\
        finding:\n  title: $Image$ on $dest$\n  entity: {{field: dest, type: system, score: 50}}\n{more}\
        analytic_story: [S]\nmitre_attack_id: [T1059]\ntests: []\n"
    );
    std::fs::write(rules.join(format!("{name}.yml")), rule).unwrap();
}

/// A log of processes that started at these times.
fn log(folder: &Path, name: &str, times: &[&str]) {
    let events: Vec<String> =
        times.iter().map(|time| process(&format!("2024-01-01T{time}Z"), "C:\\x.exe", "x y") + "\n").collect();
    std::fs::write(folder.join(name), events.concat()).unwrap();
}

fn run(folder: &Path, args: &[&str]) -> Vec<Value> {
    let paths: Vec<String> = args
        .iter()
        .map(|arg| match arg.strip_prefix('/') {
            Some(name) => folder.join(name).display().to_string(),
            None => (*arg).to_owned(),
        })
        .collect();
    let args: Vec<&str> = paths.iter().map(String::as_str).collect();
    let output = grotto(&[&args[..], &["--format", "jsonl"]].concat(), b"");
    assert!(output.status.success(), "{}", text(&output.stderr));
    lines(&output)
}

fn findings(records: &[Value]) -> Vec<&Value> {
    records.iter().filter(|record| record["type"] == "finding").collect()
}

const EVERY: &str = "`sysmon` EventCode=1 | table _time dest Image";

#[test]
fn a_range_of_time_leaves_other_events_out() {
    let folder = tempfile::tempdir().unwrap();
    rule(folder.path(), "every", EVERY, "");
    log(folder.path(), "log.xml", &["08:00:00", "09:00:00", "10:00:00"]);
    let count = |range: &[&str]| {
        let args = [&["scan", "--rules", "/rules", "/log.xml"], range].concat();
        findings(&run(folder.path(), &args)).len()
    };
    assert_eq!(count(&[]), 3);
    assert_eq!(count(&["--earliest", "2024-01-01T09:00:00Z"]), 2);
    assert_eq!(count(&["--latest", "2024-01-01T09:00:00Z"]), 1);
    assert_eq!(count(&["--earliest", "-90m", "--now", "2024-01-01 10:00:00"]), 2);
    let search = |spl: &str| {
        let args = [
            "search",
            spl,
            "/log.xml",
            "--earliest",
            "2024-01-01T09:00:00Z",
            "--latest",
            "2024-01-01T09:30:00Z",
        ];
        run(folder.path(), &args)
    };
    assert_eq!(search("index=* | stats count"), [json!({"count": 1})]);
    // What a search says itself comes first.
    assert_eq!(search("index=* earliest=0 | stats count"), [json!({"count": 2})]);
    assert_eq!(
        search("| makeresults | addinfo | table info_min_time info_max_time"),
        [json!({"info_min_time": "1704099600.000", "info_max_time": "1704101400.000"})]
    );
    assert_eq!(
        search("| makeresults | append [search index=* | stats count] | stats max(count) as c"),
        [json!({"c": 1})]
    );
    let output = grotto(&["search", "index=*", "x", "--earliest", "5", "--latest", "5"], b"");
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("no event is in that range"), "{}", text(&output.stderr));
}

#[test]
fn a_rule_that_counts_in_a_window_fires_as_it_would_live() {
    let folder = tempfile::tempdir().unwrap();
    rule(
        folder.path(),
        "many",
        "`sysmon` EventCode=1 | stats count min(_time) as firstTime values(Image) as Image by dest | where count > 2",
        "",
    );
    // Never more than two an hour, but three in one hour around ten.
    log(folder.path(), "log.xml", &["06:10:00", "07:20:00", "08:30:00", "09:40:00", "09:50:00", "09:59:00"]);
    let scan = |more: &[&str]| {
        let records = run(folder.path(), &[&["scan", "--rules", "/rules", "/log.xml"], more].concat());
        let found: Vec<(Value, Value)> =
            findings(&records).iter().map(|f| (f["row"]["count"].clone(), f["fired"].clone())).collect();
        found
    };
    assert_eq!(scan(&[]), [(json!(6), Value::Null)]);
    assert_eq!(scan(&["--every", "1h"]), [(json!(3), json!("2024-01-01T10:00:00Z"))]);
    assert_eq!(scan(&["--every", "15m"]), []);
    assert_eq!(
        scan(&["--every", "1h", "--window", "-4h@h,@h"]),
        [(3, 9), (6, 10), (5, 11), (4, 12), (3, 13)]
            .map(|(count, hour)| (json!(count), json!(format!("2024-01-01T{hour:02}:00:00Z"))))
    );
    // The usual schedule looks back from ten to the hour.
    assert_eq!(scan(&["--schedule"]), []);
    rule(
        folder.path(),
        "many",
        "`sysmon` EventCode=1 | stats count min(_time) as firstTime values(Image) as Image by dest | where count > 2",
        "schedule:\n  cron_schedule: 0 */2 * * *\n  earliest_time: -2h\n  latest_time: now\n",
    );
    let own = run(folder.path(), &["scan", "--rules", "/rules", "/log.xml", "--schedule"]);
    let found = findings(&own);
    assert_eq!(found.len(), 1, "{own:?}");
    assert_eq!(
        (&found[0]["info_min_time"], &found[0]["info_max_time"]),
        (&json!("2024-01-01T08:00:00Z"), &json!("2024-01-01T10:00:00Z"))
    );
}

#[test]
fn rules_that_know_the_time_or_search_inside_fire_with_a_plan_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    rule(
        folder.path(),
        "clock",
        "`sysmon` EventCode=1 | eval age=now()-_time | where age < 600 | table _time dest Image age",
        "",
    );
    rule(
        folder.path(),
        "inside",
        "`sysmon` EventCode=1 [search `sysmon` EventCode=1 | stats count by dest | where count > 1 | table dest] | stats count by dest | eval Image=\"i\"",
        "",
    );
    log(folder.path(), "log.xml", &["08:10:00", "09:10:00", "09:55:00"]);
    let records = run(folder.path(), &["scan", "--rules", "/rules", "/log.xml", "--every", "1h"]);
    let found: Vec<(&Value, &Value, Option<&Value>)> = findings(&records)
        .iter()
        .map(|f| (&f["rule"]["name"], &f["fired"], f["row"].get("age").or_else(|| f["row"].get("count"))))
        .collect();
    let ten = json!("2024-01-01T10:00:00Z");
    assert_eq!(
        found,
        [(&json!("clock"), &ten, Some(&json!(300))), (&json!("inside"), &ten, Some(&json!(2)))],
        "{records:?}"
    );
}

#[test]
fn throttling_holds_back_what_was_raised_a_short_while_ago() {
    let folder = tempfile::tempdir().unwrap();
    rule(folder.path(), "every", EVERY, "throttling:\n  fields: [dest]\n  period: 2h\n");
    log(folder.path(), "log.xml", &["08:00:00", "09:00:00", "10:00:00", "11:59:00"]);
    log(folder.path(), "later.xml", &["11:59:30", "12:00:00"]);
    let scan = |file: &str, more: &[&str]| {
        let records = run(folder.path(), &[&["scan", "--rules", "/rules", file], more].concat());
        let summary = records.last().unwrap();
        let of_rule = records.iter().find(|r| r["type"] == "rule").unwrap();
        assert_eq!(of_rule.get("throttled").unwrap_or(&json!(0)), &summary["throttled"]);
        let times: Vec<String> =
            findings(&records).iter().map(|f| f["first_time"].as_str().unwrap()[11..16].to_owned()).collect();
        (times, summary["throttled"].as_u64().unwrap())
    };
    let times = |all: &[&str]| all.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>();
    assert_eq!(scan("/log.xml", &["--no-throttle"]).1, 0);
    let (mut raised, held) = scan("/log.xml", &["--state", "/state"]);
    raised.sort();
    assert_eq!((raised, held), (times(&["08:00", "10:00"]), 2));
    // The same logs raise the same; later ones are held back by what was raised.
    let (mut again, held) = scan("/log.xml", &["--state", "/state"]);
    again.sort();
    assert_eq!((again, held), (times(&["08:00", "10:00"]), 2));
    assert_eq!(scan("/later.xml", &["--state", "/state"]), (times(&["12:00"]), 1));
}

#[test]
fn drilldowns_are_listed_and_run() {
    let folder = tempfile::tempdir().unwrap();
    let drilldowns = "drilldown_searches:\n\
        - name: events of $dest$\n  search: '`sysmon` dest=$dest$ Image=\"$Image$\" | stats count by dest'\n  earliest_offset: $info_min_time$\n  latest_offset: $info_max_time$\n\
        - name: risk of $dest$\n  search: '| from datamodel Risk.All_Risk | search normalized_risk_object=$dest$ | stats count sum(risk_score) as s'\n  earliest_offset: 7d\n  latest_offset: \"0\"\n";
    let evil = "`sysmon` EventCode=1 | stats count min(_time) as firstTime by dest | eval Image=\"x\\\" | delete \\\"\"";
    rule(
        folder.path(),
        "every",
        "`sysmon` EventCode=1 | stats count min(_time) as firstTime by dest Image",
        drilldowns,
    );
    rule(folder.path(), "evil", evil, drilldowns);
    log(folder.path(), "log.xml", &["08:00:00", "09:00:00"]);
    let report = run(folder.path(), &["scan", "--rules", "/rules", "--state", "/state", "/log.xml"]);
    let id = |rule: &str| {
        let found = findings(&report).into_iter().find(|f| f["rule"]["name"] == rule).unwrap();
        found["id"].as_str().unwrap().to_owned()
    };
    let (every, evil) = (id("every"), id("evil"));
    let listed = run(folder.path(), &["drilldown", &every[..12], "--state", "/state"]);
    assert_eq!(listed.len(), 2);
    assert_eq!((&listed[0]["name"], &listed[1]["latest_offset"]), (&json!("events of ws1"), &json!("0")));
    assert_eq!(listed[0]["earliest"], "2024-01-01T08:00:00Z");
    assert_eq!(listed[1]["earliest"], "2023-12-25T08:00:00Z");
    // More events, outside the range of the finding.
    log(folder.path(), "all.xml", &["07:00:00", "08:00:00", "09:00:00", "10:00:00"]);
    let ran = run(folder.path(), &["drilldown", &every, "1", "/all.xml", "--state", "/state"]);
    assert_eq!(ran, [json!({"dest": "ws1", "count": 2})]);
    assert_eq!(
        run(folder.path(), &["drilldown", &evil, "1", "/all.xml", "--state", "/state"]),
        Vec::<Value>::new()
    );
    let risk = run(folder.path(), &["drilldown", &every, "2", "--state", "/state"]);
    assert_eq!(risk, [json!({"count": 2, "s": 100})]);
    let file: Vec<String> = report.iter().map(ToString::to_string).collect();
    std::fs::write(folder.path().join("report.jsonl"), file.join("\n")).unwrap();
    let ran = run(folder.path(), &["drilldown", &every, "1", "/all.xml", "--findings", "/report.jsonl"]);
    assert_eq!(ran, [json!({"dest": "ws1", "count": 2})]);
    let state = folder.path().join("state").display().to_string();
    for (args, said) in [
        (vec![every.as_str(), "3"], "it has 2"),
        (vec!["0000", "1"], "such as"),
        (vec![every.as_str(), "x.evtx"], "is not the number"),
    ] {
        let output = grotto(&[&["drilldown"][..], &args, &["--state", &state]].concat(), b"");
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(text(&output.stderr).contains(said), "{}", text(&output.stderr));
    }
}
