//! `grotto.toml`, `grotto config` and `grotto schema` as users see them.

use super::{lines, text, two_processes};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// Runs the program in a folder.
fn within(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_grotto")).args(args).current_dir(folder).output().unwrap()
}

fn error(output: &Output) -> String {
    text(&output.stderr)
}

const RULE: &str = "name: Whoami\nid: 11111111-2222-3333-4444-555555555555\nversion: 1\ntype: Hunting\nstatus: production\n\
    search: '`sysmon` CommandLine=*whoami* | stats count by dest | `whoami_filter`'\n";

/// A project: a log, a rule, a configuration, a folder below.
fn project(config: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in ["detections", "deep/er"] {
        fs::create_dir_all(folder.path().join(name)).unwrap();
    }
    fs::write(folder.path().join("log.xml"), two_processes()).unwrap();
    fs::write(folder.path().join("detections/whoami.yml"), RULE).unwrap();
    fs::write(folder.path().join("grotto.toml"), config).unwrap();
    folder
}

/// The hits of a scan of the log.
fn hits(folder: &Path, log: &str, more: &[&str]) -> usize {
    let output = within(folder, &[&["scan", log, "--format", "jsonl"], more].concat());
    assert_eq!(output.status.code(), Some(0), "{}", error(&output));
    lines(&output).iter().filter(|l| l["type"] == "hit").count()
}

#[test]
fn rules_and_filters_of_the_file_count_from_any_folder_below() {
    let project = project("rules = 'detections'\n");
    let (top, deep) = (project.path(), project.path().join("deep/er"));
    assert_eq!(hits(top, "log.xml", &[]), 1);
    assert_eq!(hits(&deep, "../../log.xml", &[]), 1);
    let tuned = "rules = 'detections'\n[filters]\nwhoami_filter = 'search NOT dest=ws1'\n";
    fs::write(top.join("grotto.toml"), tuned).unwrap();
    assert_eq!(hits(top, "log.xml", &[]), 0, "the filter drops it");
    assert_eq!(hits(&deep, "../../log.xml", &[]), 0);
    assert_eq!(hits(top, "log.xml", &["--no-config", "--rules", "detections"]), 1);
    fs::write(top.join("other.toml"), "").unwrap();
    assert_eq!(hits(top, "log.xml", &["--config", "other.toml", "--rules", "detections"]), 1);
}

#[test]
fn macros_conf_beside_the_file_counts_too() {
    let project = project("rules = 'detections'\n");
    fs::write(project.path().join("macros.conf"), "[whoami_filter]\ndefinition = search dest=other\n")
        .unwrap();
    assert_eq!(hits(project.path(), "log.xml", &[]), 0);
}

#[test]
fn tuned_macros_reach_data_models() {
    let project = project("rules = 'detections'\n");
    let top = project.path();
    let search = "| tstats count from datamodel=Endpoint.Processes where Processes.process=*whoami* by Processes.dest \
                  | `whoami_filter`";
    let rule: Vec<String> = RULE
        .lines()
        .map(|line| if line.starts_with("search:") { format!("search: '{search}'") } else { line.to_owned() })
        .collect();
    fs::write(top.join("detections/whoami.yml"), rule.join("\n")).unwrap();
    let tuned =
        |index: &str| format!("rules = 'detections'\n[filters]\ncim_Endpoint_indexes = 'index={index}'\n");
    assert_eq!(hits(top, "log.xml", &[]), 1);
    fs::write(top.join("grotto.toml"), tuned("elsewhere")).unwrap();
    assert_eq!(hits(top, "log.xml", &[]), 0, "the model has no events");
    fs::write(top.join("grotto.toml"), tuned("*")).unwrap();
    assert_eq!(hits(top, "log.xml", &[]), 1);
    fs::write(top.join("grotto.toml"), "rules = 'detections'\n").unwrap();
    fs::write(top.join("macros.conf"), "[cim_Endpoint_indexes]\ndefinition = index=elsewhere\n").unwrap();
    assert_eq!(hits(top, "log.xml", &[]), 0);
}

#[test]
fn a_wrong_file_ends_the_command_with_its_place() {
    let project = project("rules = 'detections'\n[scan]\nfail_onn = 'high'\n");
    let output = within(project.path(), &["scan", "log.xml"]);
    assert_eq!(output.status.code(), Some(2));
    let said = error(&output);
    for part in ["config/unknown-key", "grotto.toml:3:1", "fail_onn", "^", "did you mean `fail_on`?"] {
        assert!(said.contains(part), "{part}\n{said}");
    }
    assert!(output.stdout.is_empty());
    // What does not depend on the file works.
    assert_eq!(within(project.path(), &["schema", "config"]).status.code(), Some(0));
    assert_eq!(within(project.path(), &["config"]).status.code(), Some(2));
    let output = within(project.path(), &["--no-config", "config"]);
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn config_shows_values_and_origins() {
    let project = project("rules = 'detections'\n[scan]\nfail_on = 'high'\n");
    let output = within(&project.path().join("deep"), &["config", "--json"]);
    let shown: Value = serde_json::from_str(&text(&output.stdout)).unwrap();
    assert_eq!(shown["file"], "../grotto.toml");
    assert_eq!(shown["keys"]["rules"]["value"][0], "../detections");
    assert_eq!(shown["keys"]["scan.fail_on"]["origin"], "../grotto.toml:3");
    let shown = text(&within(project.path(), &["config"]).stdout);
    assert!(shown.contains("fail_on = \"high\" # grotto.toml:3"), "{shown}");
}

#[test]
fn every_schema_is_draft_7() {
    let folder = tempfile::tempdir().unwrap();
    for kind in ["rule", "macro", "lookup", "story", "data-source", "config"] {
        let output = within(folder.path(), &["schema", kind]);
        let schema: Value = serde_json::from_str(&text(&output.stdout)).unwrap();
        assert_eq!(schema["$schema"], "http://json-schema.org/draft-07/schema#", "{kind}");
        assert!(schema["properties"].as_object().is_some_and(|p| p.len() >= 5), "{kind}");
    }
    let of = |n: &str| text(&within(folder.path(), &["schema", "rule", "--generation", n]).stdout);
    assert!(
        of("1").contains("\"observable\"") && of("2").contains("\"rba\"") && of("3").contains("\"finding\"")
    );
    assert_eq!(within(folder.path(), &["schema", "rule", "--generation", "4"]).status.code(), Some(2));
}
