//! The seed rule, whole: macros, head, fillnull, stats by fourteen fields, times, filter, finding.

use crate::support::{findings, parts, report, rules, shared};
use grotto_content::Content;
use grotto_detect::record::Record;
use std::io::Write;

const NAME: &str = "Remote Process Instantiation via WinRM and PowerShell Script Block";

/// A script block event as Windows renders it. `path` empty is how events without a file have it.
pub(crate) fn event(computer: &str, time: &str, script: &str, path: &str) -> String {
    format!(
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>\
         <Provider Name='Microsoft-Windows-PowerShell' Guid='{{a0c1853b-5c40-4b15-8766-3cf1c58f985a}}'/>\
         <EventID>4104</EventID><Version>1</Version><Level>5</Level><Task>2</Task><Opcode>15</Opcode>\
         <Keywords>0x0</Keywords><TimeCreated SystemTime='{time}'/><EventRecordID>7</EventRecordID>\
         <Correlation/><Execution ProcessID='4242' ThreadID='17'/>\
         <Channel>Microsoft-Windows-PowerShell/Operational</Channel><Computer>{computer}</Computer>\
         <Security UserID='S-1-5-21-1-2-3-1001'/></System><EventData><Data Name='MessageNumber'>1</Data>\
         <Data Name='MessageTotal'>1</Data><Data Name='ScriptBlockText'>{script}</Data>\
         <Data Name='ScriptBlockId'>5ca4b7ae-0000-4000-8000-000000000001</Data>\
         <Data Name='Path'>{path}</Data></EventData></Event>\n"
    )
}

fn scan(events: &[String]) -> Vec<Record> {
    let (content, problems) = grotto_detect::builtin::content();
    assert!(problems.is_empty(), "{problems:?}");
    scan_with(&content, events)
}

/// Scans with the seed rule of some content.
fn scan_with(content: &Content, events: &[String]) -> Vec<Record> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(events.concat().as_bytes()).unwrap();
    let only = Content {
        detections: content.detections.iter().filter(|d| d.name == NAME).cloned().collect(),
        macros: content.macros.clone(),
        ..Content::default()
    };
    let (rules, knowledge) = rules(&only);
    assert!(rules.rules.iter().all(|r| r.reason.is_none()), "{:?}", rules.rules[0].reason);
    report(&rules, &knowledge, &parts(&[file.path().to_owned()]), &[])
}

#[test]
fn one_finding_a_row_with_all_fourteen_fields() {
    let attack = "Invoke-Command -ComputerName dc01 { Start-Process calc }";
    let records = scan(&[
        event("ws01.corp.example", "2024-03-01T10:00:00.1234567Z", attack, ""),
        event("ws01.corp.example", "2024-03-01T10:05:00.7654321Z", &attack.to_uppercase(), ""),
        event("ws01.corp.example", "2024-03-01T10:00:02Z", attack, ""),
        event("ws02.corp.example", "2024-03-01T10:00:03Z", "Get-ChildItem -ComputerName x", ""),
        event("ws03.corp.example", "2024-03-01T10:00:04Z", "Invoke-Command { Get-Date }", "C:\\a.ps1"),
    ]);
    let found = findings(&records, NAME);
    assert_eq!(found.len(), 2, "{records:#?}");
    let finding = found.iter().find(|f| f.row["ScriptBlockText"] == attack).unwrap();
    assert_eq!(
        finding.title,
        "A PowerShell script on ws01.corp.example ran a command on another machine over WinRM"
    );
    assert_eq!((finding.entity.field.as_str(), finding.entity.kind.as_str()), ("dest", "system"));
    assert_eq!((finding.entity.value.as_str(), finding.score), (Some("ws01.corp.example"), 50));
    assert_eq!(finding.rule.severity, "medium");
    assert_eq!(finding.rule.mitre_attack_id, ["T1021.006"]);
    assert_eq!(finding.drilldowns.len(), 2);
    let drilldown = &finding.drilldowns[0].search;
    assert!(drilldown.contains("| search dest=\"ws01.corp.example\""), "{drilldown}");
    assert!(finding.drilldowns[0].search.starts_with("`powershell` EventCode=4104"));

    let row = |field: &str| grotto_detect::row::text(&finding.row[field], ",");
    for (field, value) in [
        ("dest", "ws01.corp.example"),
        ("signature", "Creating Scriptblock text (MessageNumber of MessageTotal)."),
        ("signature_id", "4104"),
        ("user_id", "S-1-5-21-1-2-3-1001"),
        ("vendor_product", "Microsoft Windows"),
        ("EventID", "4104"),
        ("Guid", "{a0c1853b-5c40-4b15-8766-3cf1c58f985a}"),
        ("Opcode", "15"),
        ("Name", "Microsoft-Windows-PowerShell"),
        ("Path", "0"),
        ("ProcessID", "4242"),
        ("ScriptBlockId", "5ca4b7ae-0000-4000-8000-000000000001"),
        ("ScriptBlockText", attack),
        ("count", "2"),
        ("firstTime", "2024-03-01T10:00:00"),
        ("lastTime", "2024-03-01T10:00:02"),
    ] {
        assert_eq!(row(field), value, "{field}");
    }
    assert_eq!(finding.row.len(), 16, "{:?}", finding.row);
    assert_eq!(finding.first_time.as_deref(), Some("2024-03-01T10:00:00Z"));
}

#[test]
fn the_original_rule_works_as_it_is() {
    let Some(rule) = shared("seed-rule.yml") else { return };
    let Some(macros) = shared("corpus/escu-2026/macros") else { return };
    works_as_it_is(&[rule.clone(), macros]);
    // The macros of the official content that grotto's own rules use are there without its folder.
    works_as_it_is(&[rule]);
}

fn works_as_it_is(paths: &[std::path::PathBuf]) {
    let (content, problems) = Content::load(paths);
    assert!(problems.is_empty(), "{problems:?}");
    let attack = "Invoke-Command -ComputerName dc01 { Start-Process calc }";
    let records = scan_with(&content, &[event("ws01", "2024-03-01T10:00:00Z", attack, "")]);
    let found = findings(&records, NAME);
    assert_eq!(found.len(), 1, "{records:#?}");
    assert_eq!(
        found[0].title,
        "A process was started on a remote endpoint from ws01 by abusing WinRM using PowerShell.exe"
    );
    assert_eq!((found[0].row.len(), found[0].drilldowns.len()), (16, 2));
}

#[test]
fn a_script_from_a_file_keeps_its_path() {
    let script = "invoke-command -scriptblock { hostname } -computername a,b";
    let records = scan(&[event("ws01", "2024-03-01T10:00:00Z", script, "C:\\Users\\x\\run me.ps1")]);
    let found = findings(&records, NAME);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].row["Path"], "C:\\Users\\x\\run me.ps1");
}

#[test]
fn a_block_split_over_events_is_matched_as_a_whole() {
    let part = |number: &str, script: &str| {
        event("ws01", "2024-03-01T10:00:00Z", script, "")
            .replace("'MessageNumber'>1<", &format!("'MessageNumber'>{number}<"))
            .replace("'MessageTotal'>1<", "'MessageTotal'>2<")
    };
    let records = scan(&[part("2", "-ComputerName dc01 { calc }"), part("1", "Invoke-Command ")]);
    let found = findings(&records, NAME);
    assert_eq!(found.len(), 1, "{records:#?}");
    assert!(found[0].joined_script_block);
    assert_eq!(found[0].row["ScriptBlockText"], "Invoke-Command -ComputerName dc01 { calc }");
    let whole_in_a_part = scan(&[part("1", "Invoke-Command -ComputerName dc01 "), part("2", "{ calc }")]);
    let found = findings(&whole_in_a_part, NAME);
    assert_eq!(found.len(), 1, "the parts go first, and then there is nothing more to say");
    assert!(!found[0].joined_script_block);
}

#[test]
fn no_attack_no_finding() {
    let records = scan(&[event("ws01", "2024-03-01T10:00:00Z", "Get-Date", "")]);
    assert!(findings(&records, NAME).is_empty());
}
