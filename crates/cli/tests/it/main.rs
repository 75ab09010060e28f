//! The binary as its users see it.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, clippy::disallowed_methods)]

mod archives;
mod catalog;
mod ci;
mod ci_runs;
mod config;
mod explain;
mod lint;
mod profile;
mod replay;
mod report;
mod spl;
mod state;
mod testing;
mod watch;

use serde_json::Value;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples")
}

fn grotto(args: &[&str], stdin: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_grotto"))
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = child.stdin.take().unwrap();
    // The program may end without reading.
    let _ = pipe.write_all(stdin);
    drop(pipe);
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn lines(output: &Output) -> Vec<Value> {
    text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// One event of Sysmon, process creation.
fn process(time: &str, image: &str, command: &str) -> String {
    format!(
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>\
         <Provider Name='Microsoft-Windows-Sysmon' Guid='{{5770385f-c22a-43e0-bf4c-06f5698ffbd9}}'/>\
         <EventID>1</EventID><Version>5</Version><Level>4</Level><Task>1</Task><Opcode>0</Opcode>\
         <Keywords>0x8000000000000000</Keywords><TimeCreated SystemTime='{time}'/><EventRecordID>1</EventRecordID>\
         <Execution ProcessID='1' ThreadID='2'/><Channel>Microsoft-Windows-Sysmon/Operational</Channel>\
         <Computer>ws1</Computer><Security UserID='S-1-5-18'/></System><EventData>\
         <Data Name='UtcTime'>2024-01-01 00:00:00.000</Data><Data Name='ProcessGuid'>{{00000000-0000-0000-0000-000000000001}}</Data>\
         <Data Name='ProcessId'>77</Data><Data Name='Image'>{image}</Data><Data Name='OriginalFileName'>x.exe</Data>\
         <Data Name='CommandLine'>{command}</Data><Data Name='User'>CORP\\ann</Data>\
         <Data Name='ParentImage'>C:\\Windows\\explorer.exe</Data></EventData></Event>\n"
    )
}

fn two_processes() -> String {
    process("2024-01-01T00:00:01.5Z", "C:\\Windows\\System32\\cmd.exe", "cmd /c whoami")
        + &process("2024-01-01T00:00:02Z", "C:\\Temp\\a.exe", "a.exe")
}

#[test]
fn scan_keeps_its_contract() {
    let output = grotto(&["scan", examples().to_str().unwrap(), "--format", "jsonl"], b"");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let records = lines(&output);
    let of = |kind: &str| records.iter().filter(|r| r["type"] == kind).collect::<Vec<_>>();
    let summary = records.last().unwrap();
    assert_eq!(summary["type"], "summary");
    assert!(summary["events"].as_u64().unwrap() > 100, "{summary}");
    assert_eq!(summary["events_failed"], 0, "{summary}");
    assert_eq!(of("rule").len() as u64, summary["rules_run"].as_u64().unwrap());
    let seed = of("finding")
        .into_iter()
        .find(|f| f["rule"]["name"] == "Remote Process Instantiation via WinRM and PowerShell Script Block")
        .unwrap();
    assert_eq!(seed["entity"]["field"], "dest");
    assert_eq!(seed["entity"]["type"], "system");
    assert_eq!(seed["entity"]["value"], seed["row"]["dest"]);
    assert_eq!(seed["score"], 50);
    assert_eq!(seed["rule"]["severity"], "medium");
    assert!(!seed["title"].as_str().unwrap().contains('$'), "{seed}");
    assert_eq!(seed["drilldowns"].as_array().unwrap().len(), 2);
}

#[test]
fn what_is_written_as_it_is_made_is_what_is_written_at_once() {
    let folder = examples();
    let folder = folder.to_str().unwrap();
    let mut streamed = lines(&grotto(&["scan", folder, "--format", "jsonl"], b""));
    let json = grotto(&["scan", folder, "--format", "json"], b"").stdout;
    let mut whole: Vec<Value> = serde_json::from_slice(&json).unwrap();
    for summary in [streamed.last_mut(), whole.last_mut()] {
        summary.unwrap()["elapsed"] = Value::Null;
    }
    assert_eq!(streamed, whole);
}

#[test]
fn scan_for_people_and_spreadsheets() {
    let folder = examples();
    let folder = folder.to_str().unwrap();
    let table = text(&grotto(&["scan", folder, "--format", "table"], b"").stdout);
    for part in ["Summary", "MEDIUM", "T1021.006", "A PowerShell script on"] {
        assert!(table.contains(part), "{part}: {table}");
    }
    assert!(!table.contains('\x1b'), "no colours in a pipe");
    let csv = text(&grotto(&["scan", folder, "--format", "csv"], b"").stdout);
    assert!(csv.starts_with("type,rule_id,rule_name"), "{csv}");
    let json: Value =
        serde_json::from_slice(&grotto(&["scan", folder, "--format", "json"], b"").stdout).unwrap();
    assert!(json.as_array().unwrap().len() > 10);
}

#[test]
fn exit_statuses() {
    let folder = examples();
    let benign = folder.join("benign");
    let (folder, benign) = (folder.to_str().unwrap(), benign.to_str().unwrap());
    for (args, stdin, status) in [
        (vec!["scan", folder, "--fail-on", "medium"], "", 1),
        (vec!["scan", benign, "--fail-on", "info"], "", 0),
        (vec!["scan", "/no/such/place"], "", 3),
        (vec!["scan", folder, "--rules", "/no/such/rules"], "", 2),
        (vec!["scan", folder, "--timezone", "Mars/Base"], "", 2),
        (vec!["scan", folder, "--app", "/no/such/app"], "", 2),
        (vec!["scan", folder, "--threads", "0"], "", 2),
        (vec!["scan", folder, "--output", "/no/such/folder/x"], "", 2),
        (vec!["scan", "-"], "<Event>broken", 3),
        (vec!["search", "| tstats count from datamodel=Endpoint", folder], "", 2),
        (vec!["search", "| tstats count from datamodel=Endpoint where nodename=nothing", folder], "", 2),
        (vec!["scan"], "", 2),
        (vec!["search", "a | nosuchcommand", folder], "", 2),
        (vec!["search", "index=*", "-"], "no event at all", 3),
    ] {
        let output = grotto(&args, stdin.as_bytes());
        assert_eq!(output.status.code(), Some(status), "{args:?}: {}", text(&output.stderr));
    }
}

#[test]
fn who_names_no_rules_is_told_what_to_name() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("notes.txt"), "no rule").unwrap();
    let output =
        grotto(&["scan", "-", "--rules", folder.path().to_str().unwrap()], two_processes().as_bytes());
    let said = text(&output.stderr);
    assert!(said.contains("error[cli/no-rules]") && said.contains("*.yml"), "{said}");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn search_reads_standard_input_newest_first() {
    let output = grotto(&["search", "EventCode=1", "-"], two_processes().as_bytes());
    let rows = lines(&output);
    assert_eq!(rows.len(), 2, "{}", text(&output.stderr));
    assert_eq!(rows[0]["Image"], "C:\\Temp\\a.exe");
    assert_eq!(rows[1]["_time"], 1_704_067_201.5);
    assert_eq!(rows[1]["process_name"], "cmd.exe");
    assert!(rows[0]["_raw"].as_str().unwrap().starts_with("<Event"));
}

#[test]
fn events_of_other_logs_are_what_the_user_says() {
    let log = b"{\"eventName\":\"CreateUser\",\"time\":\"2024-01-01T00:00:01Z\",\"a\":[{\"b\":1},{\"b\":2}]}\n{bad\n";
    let search = "sourcetype=aws:cloudtrail source=s index=i host=h eventName=createuser a{}.b=2";
    let said = ["--sourcetype", "aws:cloudtrail", "--source", "s", "--index", "i", "--host", "h"];
    let output = grotto(&[&["search", search, "-"][..], &said].concat(), log);
    let rows = lines(&output);
    assert_eq!(rows.len(), 1, "{}", text(&output.stderr));
    assert_eq!(
        (&rows[0]["_time"], &rows[0]["sourcetype"]),
        (&1_704_067_201.into(), &"aws:cloudtrail".into())
    );
    assert!(text(&output.stderr).contains("line 2 is no JSON"), "{}", text(&output.stderr));
    assert_eq!(lines(&grotto(&["search", search, "-"], log)).len(), 0);
    let plain = grotto(&["search", "sourcetype=_json index=main source=<stdin>", "-"], log);
    assert_eq!(lines(&plain).len(), 1, "{}", text(&plain.stderr));
}

#[test]
fn rules_for_other_logs_run_on_json() {
    let folder = tempfile::tempdir().unwrap();
    let rule = "name: A user was made\nid: 00000000-0000-4000-8000-000000000001\nversion: 1\nstatus: production\n\
                type: Hunting\ndescription: d\nsearch: sourcetype=aws:cloudtrail eventName=CreateUser | stats count \
                values(tags{}.key) as keys by userIdentity.userName, sourceIPAddress\ntests: []\n";
    std::fs::write(folder.path().join("a.yml"), rule).unwrap();
    let event = |name: &str| {
        format!(
            r#"{{"eventVersion":"1.08","eventTime":"2024-01-01T00:00:01Z","eventSource":"iam.amazonaws.com","eventName":"{name}","awsRegion":"us-east-1","sourceIPAddress":"192.0.2.7","userIdentity":{{"userName":"ann"}},"tags":[{{"key":"b"}},{{"key":"a"}}]}}"#
        )
    };
    let log = format!("{{\"Records\":[{},{}]}}", event("CreateUser"), event("ListUsers"));
    let output = grotto(&["scan", "-", "--rules", folder.path().to_str().unwrap()], log.as_bytes());
    let records = lines(&output);
    let hits: Vec<_> = records.iter().filter(|r| r["type"] == "hit").collect();
    assert_eq!(hits.len(), 1, "{}{}", text(&output.stdout), text(&output.stderr));
    assert_eq!(hits[0]["row"]["userIdentity.userName"], "ann");
    assert_eq!(hits[0]["row"]["keys"], serde_json::json!(["a", "b"]));
    assert_eq!(records.last().unwrap()["events"], 2);
}

#[test]
fn search_makes_tables() {
    let search = "EventCode=1 | stats count values(Image) as images by Computer | eval twice=count*2";
    let rows = lines(&grotto(&["search", search, "-"], two_processes().as_bytes()));
    assert_eq!(
        serde_json::to_string(&rows).unwrap(),
        r#"[{"Computer":"ws1","count":2,"images":["C:\\Temp\\a.exe","C:\\Windows\\System32\\cmd.exe"],"twice":4}]"#
    );
    let model = "| tstats count from datamodel=Endpoint.Processes where Processes.process_name=cmd.exe by Processes.process Processes.dest";
    let rows = lines(&grotto(&["search", model, "-"], two_processes().as_bytes()));
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["Processes.process"], "cmd /c whoami");
    let child = "| tstats count from datamodel=Endpoint where nodename=Endpoint.Processes by Processes.dest";
    let rows = lines(&grotto(&["search", child, "-"], two_processes().as_bytes()));
    assert_eq!(rows.first().map(|r| &r["count"]), Some(&Value::from(2)), "{rows:?}");
    let csv = text(&grotto(&["search", search, "-", "--format", "csv"], two_processes().as_bytes()).stdout);
    assert_eq!(csv.lines().next(), Some("Computer,count,images,twice"));
}

#[test]
fn a_wrong_search_is_shown_with_a_caret() {
    let error = text(&grotto(&["search", "a=1 | stats cuont", "-"], b"").stderr);
    assert!(error.contains('^') && error.contains("<search>:1:13"), "{error}");
}

#[test]
fn a_wrong_rule_is_named_with_line_and_column_and_the_others_run() {
    let folder = tempfile::tempdir().unwrap();
    let rule = |name: &str, search: &str| {
        format!(
            "name: {name}\nid: 00000000-0000-4000-8000-{:012}\nversion: 1\nstatus: production\ntype: Hunting\n\
             description: d\nsearch: |-\n    source=*\n    | {search}\ntests: []\n",
            name.len()
        )
    };
    std::fs::write(folder.path().join("a.yml"), rule("broken", "stats count by")).unwrap();
    std::fs::write(folder.path().join("b.yml"), rule("works well", "stats count by Computer")).unwrap();
    std::fs::write(folder.path().join("c.yml"), rule("odd", "apply x")).unwrap();
    let nothing = rule("counts nothing", "stats count").replace("source=*", "source=nothing");
    std::fs::write(folder.path().join("d.yml"), nothing).unwrap();
    let output =
        grotto(&["scan", "-", "--rules", folder.path().to_str().unwrap()], two_processes().as_bytes());
    let records = lines(&output);
    let state =
        |name: &str| records.iter().find(|r| r["type"] == "rule" && r["name"] == name).unwrap().clone();
    assert_eq!(state("works well")["state"], "run");
    assert_eq!(state("odd")["state"], "unsupported");
    assert_eq!(state("counts nothing")["state"], "run");
    let of_nothing = |r: &Value| r["type"] == "hit" && r["rule"]["name"] == "counts nothing";
    assert!(!records.iter().any(of_nothing), "a row of no events is no hit");
    let broken = state("broken");
    assert_eq!(broken["state"], "invalid", "{broken}");
    assert_eq!(broken["line"], 9, "{broken}");
    assert!(records.iter().any(|r| r["type"] == "hit" && r["row"]["count"] == 2));
}
