//! Searches over data models, and what is said about rules that run.

use crate::support::{corpus, parts, report, rules, shared};
use grotto_detect::record::Record;
use grotto_detect::search::{self, Search};
use grotto_detect::{macros, row};
use grotto_engine::Context;
use grotto_knowledge::Knowledge;
use std::collections::BTreeMap;
use std::io::Write;

fn elements(data: &[(&str, &str)]) -> String {
    data.iter()
        .fold(String::new(), |text, (name, value)| text + "<Data Name='" + name + "'>" + value + "</Data>")
}

/// A Sysmon event.
fn sysmon(id: u32, time: &str, data: &[(&str, &str)]) -> String {
    let data = elements(data);
    event(
        "Microsoft-Windows-Sysmon",
        id,
        "Microsoft-Windows-Sysmon/Operational",
        "0x8000000000000000",
        time,
        &data,
    )
}

fn security(id: u32, success: bool, data: &[(&str, &str)]) -> String {
    let data = elements(data);
    let keywords = if success { "0x8020000000000000" } else { "0x8010000000000000" };
    event("Microsoft-Windows-Security-Auditing", id, "Security", keywords, "2024-03-01T10:00:00Z", &data)
}

fn event(provider: &str, id: u32, channel: &str, keywords: &str, time: &str, data: &str) -> String {
    format!(
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='{provider}'/>\
         <EventID>{id}</EventID><Version>1</Version><Level>4</Level><Task>1</Task><Opcode>0</Opcode>\
         <Keywords>{keywords}</Keywords><TimeCreated SystemTime='{time}'/><EventRecordID>7</EventRecordID>\
         <Correlation/><Execution ProcessID='4' ThreadID='8'/><Channel>{channel}</Channel>\
         <Computer>ws01</Computer><Security UserID='S-1-5-18'/></System><EventData>{data}</EventData></Event>\n"
    )
}

/// Three processes and one connection.
fn events() -> Vec<String> {
    let process = |time: &str, image: &str, line: &str| {
        sysmon(1, time, &[("Image", image), ("CommandLine", line), ("ProcessId", "12"), ("User", "C\\ann")])
    };
    vec![
        process("2024-03-01T10:00:00Z", "C:\\Windows\\System32\\cmd.exe", "cmd /c dir"),
        process("2024-03-01T10:30:00Z", "C:\\Windows\\System32\\net.exe", "net  user /domain"),
        process("2024-03-01T11:10:00Z", "C:\\Temp\\NET.EXE", "net group"),
        sysmon(
            3,
            "2024-03-01T10:00:00Z",
            &[
                ("Image", "C:\\a.exe"),
                ("SourceIp", "10.1.2.3"),
                ("DestinationIp", "192.0.2.7"),
                ("DestinationPort", "443"),
                ("Initiated", "true"),
                ("Protocol", "tcp"),
            ],
        ),
    ]
}

fn compile(spl: &str) -> (Knowledge, Search) {
    let context = Context::default();
    let (knowledge, problems) = Knowledge::load(&[], &context);
    assert!(problems.is_empty(), "{problems:?}");
    let macros = macros::table(&grotto_content::Content::default(), &knowledge);
    let job = search::compile(spl, &macros, &knowledge, &context).unwrap_or_else(|e| panic!("{spl}: {e}"));
    (knowledge, job)
}

/// The rows of a search over events, the values of a row in the order of columns.
fn find(spl: &str, events: &[String]) -> Vec<String> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(events.concat().as_bytes()).unwrap();
    let (knowledge, job) = compile(spl);
    let found = search::run(&job, &parts(&[file.path().to_owned()]), &knowledge, &|_| {});
    let batch = found.result.unwrap_or_else(|e| panic!("{spl}: {e}"));
    let columns: Vec<String> = batch.columns().map(|(n, _)| n.to_string()).collect();
    row::rows(&batch)
        .iter()
        .map(|r| {
            let cells: Vec<String> =
                columns.iter().map(|c| r.get(c).map(|v| row::text(v, ",")).unwrap_or_default()).collect();
            cells.join(" ")
        })
        .collect()
}

#[test]
fn where_of_tstats_compares_as_search_does() {
    for (condition, processes) in [
        ("Processes.process_name=net.exe", 2),
        ("Processes.process_name=NET.*", 2),
        ("Processes.process_name IN (\"c*d.exe\", net.exe)", 3),
        ("Processes.process=\"net  user*\"", 1),
        ("Processes.process_path=\"*\\\\temp\\\\*\"", 1),
        ("Processes.user=ann Processes.process_name!=net.exe", 1),
        ("NOT (Processes.process_name=cmd.exe OR Processes.process=*group)", 1),
        ("Processes.parent_process_name=unknown", 3),
        ("Processes.process_id>11", 3),
        ("Processes.process_id>12", 0),
        ("nodename=Processes", 3),
    ] {
        let spl = format!("| tstats count from datamodel=Endpoint.Processes where {condition}");
        assert_eq!(find(&spl, &events()), [processes.to_string()], "{condition}");
    }
    for (condition, connections) in [
        ("All_Traffic.src=10.0.0.0/8", 1),
        ("All_Traffic.src_ip=10.1.2.0/24 All_Traffic.dest_port=443", 1),
        ("All_Traffic.dest=10.0.0.0/8", 0),
        ("NOT All_Traffic.dest IN (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16)", 1),
        ("All_Traffic.dest_port!=443", 0),
    ] {
        let spl = format!("| tstats count from datamodel=Network_Traffic.All_Traffic where {condition}");
        assert_eq!(find(&spl, &events()), [connections.to_string()], "{condition}");
    }
}

#[test]
fn by_of_tstats() {
    let tstats = "| tstats count from datamodel=Endpoint.Processes by";
    assert_eq!(
        find(&format!("{tstats} _time span=1h | sort _time | eval _time=strftime(_time, \"%H\")"), &events()),
        ["10 2", "11 1"]
    );
    assert_eq!(
        find(&format!("{tstats} Processes.process_name _time span=1d | stats count"), &events()),
        ["3"]
    );
    // A field that no row has drops the rows, unless it is filled.
    assert_eq!(find(&format!("{tstats} Processes.process_hash"), &events()), [""; 0]);
    let filled =
        "| tstats fillnull_value=\"null\" count from datamodel=Endpoint.Processes by Processes.process_hash";
    assert_eq!(find(filled, &events()), ["null 3"]);
}

#[test]
fn nodes_inherit() {
    let logon = |success: bool, user: &str| {
        security(
            if success { 4624 } else { 4625 },
            success,
            &[
                ("TargetUserName", user),
                ("LogonType", "3"),
                ("SubjectUserName", "-"),
                ("IpAddress", "192.0.2.1"),
            ],
        )
    };
    let account = security(4720, true, &[("TargetUserName", "new"), ("SubjectUserName", "adm")]);
    let audit = security(4719, true, &[("SubjectUserName", "adm"), ("SubcategoryGuid", "{0}")]);
    let events = [logon(true, "ann"), logon(false, "bob"), logon(false, "eve"), account, audit];
    for (from, rows) in [
        ("datamodel=Authentication by Authentication.action", &["failure 2", "success 1"][..]),
        ("datamodel=Authentication.Failed_Authentication by Authentication.user", &["bob 1", "eve 1"]),
        (
            "datamodel=Authentication.Authentication.Failed_Authentication by Authentication.user",
            &["bob 1", "eve 1"],
        ),
        (
            "datamodel=Authentication where nodename=Authentication.Successful_Authentication by Authentication.user",
            &["ann 1"],
        ),
        ("datamodel=Change.All_Changes.Account_Management by All_Changes.user", &["new 1"]),
        (
            "datamodel=Change where nodename=All_Changes.Account_Management by All_Changes.Account_Management.src_user",
            &["adm 1"],
        ),
        ("datamodel=Change where nodename=\"All_Changes.Auditing_Changes\"", &["1"]),
        ("datamodel=Change", &["2"]),
    ] {
        assert_eq!(find(&format!("| tstats count from {from}"), &events), rows, "{from}");
    }
}

#[test]
fn from_gives_short_names() {
    for from in
        ["datamodel:Endpoint.Processes", "datamodel Endpoint.Processes", "datamodel:\"Endpoint.Processes\""]
    {
        let spl = format!("| from {from} | search process_name=net.exe | stats count by process_name dest");
        assert_eq!(find(&spl, &events()), ["NET.EXE ws01 1", "net.exe ws01 1"], "{from}");
    }
}

#[test]
fn a_field_that_the_data_model_lacks_is_said() {
    for (spl, said) in [
        ("| tstats count from datamodel=Endpoint.Processes by Processes.user _time span=1h", None),
        (
            "| tstats count from datamodel=Endpoint.Processes where nodename=Processes by host Processes.dest",
            None,
        ),
        ("| tstats count where index=x by anything", None),
        (
            "| tstats count from datamodel=Endpoint.Processes where Processes.proces_name=x",
            Some(
                "Processes of data model Endpoint has no field Processes.proces_name, did you mean Processes.process_name?",
            ),
        ),
        (
            "| tstats values(Processes.path) as p from datamodel=Endpoint.Processes",
            Some("Processes of data model Endpoint has no field Processes.path, the field is missing"),
        ),
        (
            "| tstats count from datamodel=Endpoint.Processes by Filesystem.user",
            Some(
                "Processes of data model Endpoint has no field Filesystem.user, did you mean Processes.user?",
            ),
        ),
        (
            "| tstats count from datamodel=Endpoint.Processes by user",
            Some("Processes of data model Endpoint has no field user, did you mean Processes.user?"),
        ),
        (
            "source=WinEventLog:System OR sourcetype=XmlWinEventLog:Other",
            Some(
                "WinEventLog:System is taken for XmlWinEventLog:System as well, assumption classic-source-alias",
            ),
        ),
        ("source=WinEventLog:System OR source=xmlwineventlog:system", None),
    ] {
        let (_, search) = compile(spl);
        let notes: Vec<String> = search
            .notes()
            .iter()
            .map(|n| format!("{}, {}", n.message, n.help.as_deref().unwrap_or_default()))
            .collect();
        match said {
            None => assert_eq!(notes, [""; 0], "{spl}"),
            Some(said) => assert!(notes.len() == 1 && notes[0].starts_with(said), "{spl}: {notes:?}"),
        }
    }
}

#[test]
fn a_classic_source_takes_events_of_xml() {
    let (provider, channel) =
        ("Microsoft-Windows-WMI-Activity", "Microsoft-Windows-WMI-Activity/Operational");
    let events = [event(
        provider,
        5861,
        channel,
        "0x4000000000000000",
        "2024-03-01T10:00:00Z",
        "<Data Name='a'>b</Data>",
    )];
    for (condition, count) in [
        ("source=\"WinEventLog:Microsoft-Windows-WMI-Activity/Operational\"", 1),
        ("sourcetype=\"wineventlog:microsoft-windows-wmi-activity/operational\" EventCode=5861", 1),
        ("source=WinEventLog:Microsoft-Windows-WMI*", 1),
        ("NOT source=WinEventLog:Microsoft-Windows-WMI-Activity/Operational", 0),
        ("source=WinEventLog:Microsoft-Windows-WMI-Activity/Debug", 0),
        ("source!=WinEventLog:Microsoft-Windows-WMI-Activity/Operational", 1),
    ] {
        assert_eq!(find(&format!("{condition} | stats count"), &events), [count.to_string()], "{condition}");
    }
}

#[test]
fn a_published_rule_with_a_classic_source_finds_its_sample() {
    let (Some(mut content), Some(logs)) = (corpus("escu-2024"), shared("data/evtx-attack-samples")) else {
        return;
    };
    content.detections.retain(|d| d.name == "Windows RDP Connection Successful");
    let (rules, knowledge) = rules(&content);
    assert_eq!(rules.rules[0].record().notes[0].slug, "scan/classic-source");
    let records = report(&rules, &knowledge, &parts(&[logs.join("Command and Control")]), &[]);
    let hits = records.iter().filter(|r| matches!(r, Record::Hit(_))).count();
    assert!(hits > 0, "{records:?}");
}

#[test]
fn notes_on_the_corpus() {
    let mut lacking: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut classic: BTreeMap<String, usize> = BTreeMap::new();
    for name in ["escu-2024", "escu-2026"] {
        let Some(content) = corpus(name) else { return };
        let (rules, _) = rules(&content);
        for rule in &rules.rules {
            for note in &rule.notes {
                assert!(note.place().is_some(), "{}: {note} has no place", rule.reference.name);
                match note.slug {
                    "scan/unknown-model-field" => {
                        let text = format!("{} ({})", note.message, note.help.as_deref().unwrap_or_default());
                        lacking.entry(text).or_default().push(rule.reference.name.clone());
                    }
                    _ => *classic.entry(note.message.clone()).or_default() += 1,
                }
            }
        }
    }
    println!("fields that data models lack: {lacking:#?}");
    println!("classic sources: {classic:#?}");
    assert!(lacking.values().flatten().any(|rule| rule == "Supernova Webshell"), "{lacking:#?}");
    assert!(classic.values().sum::<usize>() >= 7, "{classic:#?}");
}
