//! What scans keep, through the binary.

use crate::{grotto, lines, process, text};
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// A rule that finds every process, and as many processes as wanted.
pub(crate) fn prepare(folder: &Path, events: usize) {
    let rule = "name: every process\nid: every\nversion: 1\nstatus: production\ntype: TTP\ndescription: d\n\
        search: '`sysmon` EventCode=1 | table _time dest Image'\n\
        finding:\n  title: $Image$\n  entity: {field: dest, type: system, score: 50}\n\
        analytic_story: [S]\nmitre_attack_id: [T1059]\ntests: []\n";
    std::fs::create_dir_all(folder.join("rules/detections/endpoint")).unwrap();
    std::fs::write(folder.join("rules/detections/endpoint/every_process.yml"), rule).unwrap();
    let log: String =
        (0..events).map(|n| process("2024-01-01T00:00:01Z", &format!("C:\\x{n}.exe"), "x") + "\n").collect();
    std::fs::write(folder.join("log.xml"), log).unwrap();
}

fn scan(folder: &Path, log: &str) -> Vec<String> {
    let path = |name: &str| folder.join(name).display().to_string();
    ["scan", "--rules", &path("rules"), "--state", &path("state"), "--format", "jsonl", &path(log)]
        .map(str::to_owned)
        .to_vec()
}

fn run(args: &[String]) -> Vec<Value> {
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let output = grotto(&args, b"");
    assert!(output.status.success(), "{}", text(&output.stderr));
    lines(&output)
}

fn findings(lines: &[Value]) -> Vec<&Value> {
    lines.iter().filter(|line| line["type"] == "finding").collect()
}

#[test]
fn a_second_scan_counts_and_a_search_sees_the_risk() {
    let folder = tempfile::tempdir().unwrap();
    prepare(folder.path(), 3);
    for seen in 1..3 {
        let report = run(&scan(folder.path(), "log.xml"));
        let findings = findings(&report);
        assert_eq!(findings.len(), 3);
        assert!(findings.iter().all(|f| f["seen"] == seen && f["id"].as_str().unwrap().len() == 32));
    }
    let state = folder.path().join("state").display().to_string();
    for spl in [
        "index=risk | stats count sum(risk_score) as s by risk_object",
        "| tstats count sum(All_Risk.calculated_risk_score) as s from datamodel=Risk.All_Risk by All_Risk.risk_object | rename All_Risk.* as *",
    ] {
        let output = grotto(&["search", spl, "--state", &state, "--format", "jsonl"], b"");
        assert_eq!(
            lines(&output),
            [serde_json::json!({"risk_object": "ws1", "count": 3, "s": 150})],
            "{spl}"
        );
    }
    let table = grotto(
        &[
            "scan",
            "--show-ids",
            "--format",
            "table",
            "--rules",
            &folder.path().join("rules").display().to_string(),
            &folder.path().join("log.xml").display().to_string(),
        ],
        b"",
    );
    let report = run(&scan(folder.path(), "log.xml"));
    let id = findings(&report)[0]["id"].as_str().unwrap();
    assert!(text(&table.stdout).contains(&id[..12]), "{}", text(&table.stdout));
}

/// A scan is killed at one moment after another. What it printed is in the state, and the state always opens.
#[test]
fn a_killed_scan_loses_nothing_that_it_printed() {
    let folder = tempfile::tempdir().unwrap();
    prepare(folder.path(), 400);
    let args = scan(folder.path(), "log.xml");
    let state = folder.path().join("state").display().to_string();
    let (mut killed, mut whole) = (0, 0);
    let mut before = 0;
    for round in 0..16u64 {
        let out = folder.path().join("out.jsonl");
        let mut child = Command::new(env!("CARGO_BIN_EXE_grotto"))
            .args(&args)
            .stdout(std::fs::File::create(&out).unwrap())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(40 + round * 35));
        let _ = child.kill();
        let ended = child.wait().unwrap();
        if ended.success() {
            whole += 1;
        } else {
            killed += 1;
        }
        let printed = std::fs::read_to_string(&out).unwrap();
        let ids: Vec<String> = printed
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            .filter(|line| line["type"] == "finding")
            .map(|line| line["id"].as_str().unwrap().to_owned())
            .collect();
        if !Path::new(&state).exists() {
            assert!(ids.is_empty());
            continue;
        }
        let found =
            grotto(&["search", "index=risk | table finding_id", "--state", &state, "--format", "jsonl"], b"");
        assert!(found.status.success(), "{}", text(&found.stderr));
        assert!(!text(&found.stderr).contains("damaged"), "{}", text(&found.stderr));
        let kept: std::collections::BTreeSet<String> =
            lines(&found).iter().map(|row| row["finding_id"].as_str().unwrap().to_owned()).collect();
        assert!(ids.iter().all(|id| kept.contains(id)), "round {round}");
        assert!(
            kept.len() >= before && (kept.is_empty() || kept.len() == 400),
            "round {round}: {}",
            kept.len()
        );
        before = kept.len();
    }
    println!("{killed} scans were killed, {whole} came to their end");
    assert!(killed > 0);
    assert_eq!(findings(&run(&args)).len(), 400, "it goes on from there");
}
