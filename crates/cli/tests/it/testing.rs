//! `grotto test`.

use crate::{examples, grotto, lines, process, text, two_processes};
use quick_junit::{NonSuccessKind, Report, TestCaseStatus};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const URL: &str = "https://media.githubusercontent.com/media/splunk/attack_data/master/datasets/t/a.log";

/// Content in a folder of its own, with a log beside it.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        folder.file("data/a.log", &two_processes());
        folder
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    /// A rule whose search finds `image`, tested on `data`.
    fn rule(&self, name: &str, image: &str, data: &str) -> PathBuf {
        let text = format!(
            "name: {name}\nid: id-{name}\nversion: 1\nstatus: production\ntype: TTP\n\
             search: '`processes` Image=\"*{image}\" | table Image host | rename host as dest'\n\
             finding:\n    title: $dest$\n    entity: {{field: dest, type: system, score: 60}}\n\
             threat_objects:\n    - {{field: Image, type: process_path}}\n\
             tests:\n    - name: 'test of {name}: <a> & b'\n      attack_data:\n\
             \x20       - data: {data}\n          source: XmlWinEventLog:Microsoft-Windows-Sysmon/Operational\n\
             \x20         sourcetype: XmlWinEventLog\n"
        );
        self.file("macros/processes.yml", "name: processes\ndefinition: EventCode=1\ndescription: d\n");
        self.file(&format!("detections/endpoint/{name}.yml"), &text)
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }
}

fn summary(records: &[Value]) -> [u64; 4] {
    let summary = records.last().unwrap();
    assert_eq!(summary["type"], "summary");
    ["passed", "failed", "errors", "skipped"].map(|key| summary[key].as_u64().unwrap())
}

#[test]
fn the_pack_proves_itself_from_the_program_and_from_a_checkout() {
    let rules = examples().join("../rules");
    for args in [vec!["test"], vec!["test", rules.to_str().unwrap()]] {
        let output = grotto(&args, b"");
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        let records = lines(&output);
        let [passed, failed, errors, skipped] = summary(&records);
        assert!(passed >= 14, "{args:?}: {passed}");
        assert_eq!([failed, errors, skipped], [0, 0, 0], "{args:?}");
        assert_eq!(records.last().unwrap()["rules_without_tests"], 0);
    }
}

#[test]
fn one_rule_is_tested_with_the_macros_beside_it() {
    let folder = Folder::new();
    let rule = folder.rule("good", "cmd.exe", "data/a.log");
    folder.rule("bad", "nothing.exe", "data/a.log");
    let output = grotto(&["test", rule.to_str().unwrap(), "--format", "table"], b"");
    let out = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{out}{}", text(&output.stderr));
    assert!(out.contains("1 of ≥1") && out.contains("1 of 2"), "{out}");
    assert!(out.contains("1 passed, 0 failed, 0 errors, 0 skipped in "), "{out}");
}

#[test]
fn every_format_tells_what_failed() {
    let folder = Folder::new();
    folder.rule("good", "cmd.exe", "../../data/a.log");
    let bad = folder.rule("bad", "nothing.exe", "../../data/a.log");
    folder.rule("elsewhere", "cmd.exe", URL);
    folder.file(
        "detections/endpoint/broken.yml",
        "name: broken\nid: b\nversion: 1\ntype: TTP\nsearch: a=1 | mstats avg(x)\ntests: []\n",
    );
    let root = folder.path("");
    let run = |format: &str| {
        let out = folder.path(&format!("out.{format}"));
        let output = grotto(&["test", &root, "--format", format, "-o", &out], b"");
        assert_eq!(output.status.code(), Some(1), "{format}: {}", text(&output.stderr));
        assert!(text(&output.stderr).contains("1 passed, 1 failed, 1 errors, 1 skipped"), "{format}");
        std::fs::read_to_string(out).unwrap()
    };
    let line =
        std::fs::read_to_string(&bad).unwrap().lines().position(|l| l.contains("test of")).unwrap() + 1;
    is_table(&run("table"), &bad, line);
    is_junit(&run("junit"), &bad);
    is_github(&run("github"), &bad, line);
    is_sarif(&run("sarif"), &bad, line);
    let records: Vec<Value> = run("jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let failed = records.iter().find(|record| record["outcome"] == "failed").unwrap();
    assert_eq!((&failed["line"], &failed["counts"]["selected"]), (&line.into(), &0.into()));
    assert_eq!(failed["reasons"][0]["slug"], "test/no-rows");
    let skipped = records.iter().find(|record| record["outcome"] == "skipped").unwrap();
    let why = skipped["reasons"][0]["message"].as_str().unwrap();
    assert!(why.starts_with("no data (datasets/t/a.log is on the web"), "{why}");
}

fn is_table(out: &str, bad: &Path, line: usize) {
    assert!(out.contains(&format!("{}:{line}:", bad.display())), "{out}");
    assert!(out.contains("error[test/no-rows]") && out.contains("took 0 of 2 events"), "{out}");
}

fn is_junit(out: &str, bad: &Path) {
    let report = Report::deserialize_from_str(out).unwrap();
    assert_eq!((report.tests, report.failures, report.errors), (4, 1, 1));
    let suite = report.test_suites.iter().find(|s| s.name.as_str() == bad.to_str().unwrap()).unwrap();
    let case = &suite.test_cases[0];
    assert_eq!(case.name.as_str(), "test of bad: <a> & b");
    let TestCaseStatus::NonSuccess { kind, message, ty, .. } = &case.status else { panic!("{case:?}") };
    assert_eq!(*kind, NonSuccessKind::Failure);
    assert_eq!(ty.as_ref().unwrap().as_str(), "test/no-rows");
    assert!(message.as_ref().unwrap().as_str().starts_with("no rows of 1 expected"));
    let skipped = report.test_suites.iter().flat_map(|s| &s.test_cases);
    let skipped: Vec<_> = skipped
        .filter_map(|c| {
            if let TestCaseStatus::Skipped { message, .. } = &c.status { message.as_ref() } else { None }
        })
        .collect();
    assert_eq!(skipped.len(), 1);
    assert!(skipped[0].as_str().contains("--attack-data"));
}

fn is_github(out: &str, bad: &Path, line: usize) {
    assert_eq!(out.lines().count(), 2, "{out}");
    let failed = out.lines().find(|l| l.contains("bad.yml")).unwrap();
    assert!(failed.starts_with(&format!("::error file={},line={line},", bad.display())), "{failed}");
    assert!(failed.contains(",title=test/no-rows::no rows of 1 expected: "), "{failed}");
}

fn is_sarif(out: &str, bad: &Path, line: usize) {
    let log: Value = serde_json::from_str(out).unwrap();
    assert_eq!(log["version"], "2.1.0");
    assert!(log["$schema"].as_str().unwrap().contains("sarif"));
    let run = &log["runs"][0];
    assert_eq!(run["tool"]["driver"]["name"], "grotto");
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 2);
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    for result in results {
        let index = result["ruleIndex"].as_u64().unwrap() as usize;
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()));
    }
    let failed = results.iter().find(|result| result["ruleId"] == "test/no-rows").unwrap();
    let place = &failed["locations"][0]["physicalLocation"];
    assert_eq!(place["region"]["startLine"], line);
    assert!(
        place["artifactLocation"]["uri"]
            .as_str()
            .unwrap()
            .ends_with(bad.file_name().unwrap().to_str().unwrap())
    );
}

#[test]
fn the_public_dataset_is_found_in_a_copy_and_a_pointer_is_no_data() {
    let folder = Folder::new();
    let rule = folder.rule("good", "cmd.exe", URL);
    folder.file("copy/datasets/t/a.log", &two_processes());
    folder.file("flat/t/a.log", &two_processes());
    folder.file(
        "pointers/datasets/t/a.log",
        "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n",
    );
    let run = |copy: &str| {
        let output = grotto(&["test", rule.to_str().unwrap(), "--attack-data", &folder.path(copy)], b"");
        (output.status.code(), summary(&lines(&output)), text(&output.stderr))
    };
    for copy in ["copy", "copy/datasets", "flat"] {
        let (code, summary, _) = run(copy);
        assert_eq!((code, summary), (Some(0), [1, 0, 0, 0]), "{copy}");
    }
    for copy in ["pointers", "data"] {
        let (code, summary, talk) = run(copy);
        assert_eq!((code, summary), (Some(0), [0, 0, 0, 1]), "{copy}");
        assert!(talk.contains("warning: nothing was tested: all 1 tests were skipped"), "{talk}");
    }
}

#[test]
fn what_makes_no_sense_is_said_with_status_2() {
    let folder = Folder::new();
    folder.file("empty/readme.txt", "");
    for args in [
        &["test", "--attack-data", "/nowhere"][..],
        &["test", "--baseline", "/nowhere"],
        &["test", "/nowhere"],
        &["test", &folder.path("empty")],
        &["test", "--fail-on-baseline"],
        &["test", "--watch"],
        &["test", "--watch", "--format", "junit", "x"],
    ] {
        let output = grotto(args, b"");
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(!output.stderr.is_empty(), "{args:?}");
    }
}

#[test]
fn rules_that_find_something_in_benign_logs_are_reported() {
    let folder = Folder::new();
    let rule = folder.rule("good", "cmd.exe", "data/a.log");
    let (rule, data) = (rule.to_str().unwrap(), folder.path("data"));
    let output = grotto(&["test", rule, "--baseline", &data], b"");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let records = lines(&output);
    let hit = records.iter().find(|record| record["type"] == "baseline_hit").unwrap();
    let of = |key: &str| hit[key].as_u64().unwrap();
    assert_eq!((of("hits"), of("events"), of("hosts_with_hits"), of("hosts")), (1, 2, 1, 1));
    assert_eq!(hit["hits_per_million"], 500_000.0);
    let output =
        grotto(&["test", rule, "--baseline", &data, "--fail-on-baseline", "--format", "github"], b"");
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).contains("title=test/baseline-hits::1 rows in the benign logs"));
    let benign = examples().join("benign");
    let output = grotto(&["test", "--baseline", benign.to_str().unwrap(), "--fail-on-baseline"], b"");
    assert_eq!(output.status.code(), Some(0), "the pack is quiet on benign logs: {}", text(&output.stdout));
}

/// The lines that `grotto test --watch` prints, one at a time.
struct Watch(std::process::Child, std::sync::mpsc::Receiver<String>);

impl Watch {
    fn new(args: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_grotto"))
            .args([&["test", "--watch"], args].concat())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (sender, said) = std::sync::mpsc::channel();
        let out = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || out.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Self(child, said)
    }

    /// The next line that begins like this; a watch that says nothing for a minute says nothing any more.
    fn says(&self, start: &str) {
        let mut before = Vec::new();
        while let Ok(line) = self.1.recv_timeout(std::time::Duration::from_secs(60)) {
            if line.starts_with(start) {
                return;
            }
            before.push(line);
        }
        panic!("nothing begins with {start}: {before:?}");
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn what_a_saved_rule_and_a_saved_baseline_touch_is_tested_again() {
    let folder = Folder::new();
    let rule = folder.rule("good", "cmd.exe", "../../data/a.log");
    folder.file("benign/a.log", &process("2024-01-01T00:00:00.000Z", "a.exe", "a"));
    // Files come into their folders whole.
    let save = |text: &str, to: &Path| std::fs::rename(folder.file("new", text), to).unwrap();
    let (rules, benign) = (folder.path("detections"), folder.path("benign"));
    let watch = Watch::new(&[&rules, "--baseline", &benign]);
    watch.says("1 passed, ");
    save(&two_processes(), &folder.0.path().join("benign/b.log"));
    watch.says("changed b.log");
    watch.says("1 passed, ");
    let text = std::fs::read_to_string(&rule).unwrap();
    save(&text.replace("cmd.exe", "nothing.exe"), &rule);
    watch.says("changed good.yml");
    watch.says("0 passed, 1 failed");
}
