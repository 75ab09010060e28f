//! How many of the fields that public rules read are there: from the XML of the events, or from the add-ons.

use crate::spl_fields;
use grotto_knowledge::app::{Objects, shipped};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

const SHARED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared");

/// Names that the decoder gives every event.
const EVERY_EVENT: &str = "Name Guid EventID EventCode Version Level Task Opcode Keywords SystemTime EventRecordID \
    RecordNumber ActivityID RelatedActivityID ProcessID ThreadID Channel Computer UserID EventSourceName Qualifiers \
    System_Props_Xml EventData_Xml UserData_Xml Data host source sourcetype index eventtype tag";

/// The macro that a rule begins with: the sources that it means, and the providers of their events.
const MACROS: &[(&str, &[&str], &[&str])] = &[
    ("powershell", &["Microsoft-Windows-PowerShell/Operational"], &["Microsoft-Windows-PowerShell"]),
    ("sysmon", &["Microsoft-Windows-Sysmon/Operational"], &["Microsoft-Windows-Sysmon"]),
    (
        "wineventlog_security",
        &["Security", "System"],
        &["Microsoft-Windows-Security-Auditing", "Microsoft-Windows-Eventlog"],
    ),
    ("wineventlog_system", &["System"], &["Service Control Manager", "Microsoft-Windows-Eventlog"]),
    (
        "wineventlog_application",
        &["Application"],
        &["Microsoft-Windows-ProcessExitMonitor", "Microsoft-Windows-IIS-W3SVC-WP"],
    ),
    (
        "ms_defender",
        &["Microsoft-Windows-Windows Defender/Operational"],
        &["Microsoft-Windows-Windows Defender"],
    ),
    ("applocker", &["Microsoft-Windows-AppLocker/EXE and DLL"], &["Microsoft-Windows-AppLocker"]),
    (
        "wineventlog_task_scheduler",
        &["Microsoft-Windows-TaskScheduler/Operational"],
        &["Microsoft-Windows-TaskScheduler"],
    ),
    ("printservice", &["Microsoft-Windows-PrintService/Operational"], &["Microsoft-Windows-PrintService"]),
    ("wmi", &["Microsoft-Windows-WMI-Activity/Operational"], &["Microsoft-Windows-WMI-Activity"]),
    ("ntlm_audit", &["Microsoft-Windows-NTLM/Operational"], &["Microsoft-Windows-NTLM"]),
    ("capi2_operational", &["Microsoft-Windows-CAPI2/Operational"], &["Microsoft-Windows-CAPI2"]),
    (
        "certificateservices_lifecycle",
        &["Microsoft-Windows-CertificateServicesClient-Lifecycle-System/Operational"],
        &["Microsoft-Windows-CertificateServicesClient-Lifecycle-System"],
    ),
    (
        "remoteconnectionmanager",
        &["Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational"],
        &["Microsoft-Windows-TerminalServices-RemoteConnectionManager"],
    ),
];

/// Data fields that the table of events lacks.
const NOT_IN_THE_TABLE: &[(&str, &str)] = &[
    ("Microsoft-Windows-NTLM", "SChannelName UserName DomainName WorkstationName SChannelType"),
    ("Microsoft-Windows-IIS-W3SVC-WP", "ModuleDll"),
];

#[derive(serde::Deserialize)]
struct Rule {
    name: String,
    search: String,
}

/// Every rule of the 2024 corpus by the name of its file.
fn rules() -> BTreeMap<String, Rule> {
    let mut rules = BTreeMap::new();
    let mut folders = vec![PathBuf::from(format!("{SHARED}/corpus/escu-2024/detections"))];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "yml") {
                let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
                let text = std::fs::read_to_string(&path).unwrap();
                rules.insert(stem, serde_saphyr::from_str(&text).unwrap());
            }
        }
    }
    rules
}

/// The names of the rules whose first command is the given one, of those that read Windows event logs.
fn windows_rules(first_command: &str) -> Vec<String> {
    let text = std::fs::read_to_string(format!("{SHARED}/corpus/escu-2024-windows.tsv")).unwrap();
    let rows = text.lines().skip(1).map(|line| line.split('\t').collect::<Vec<_>>());
    rows.filter(|row| row[4] == first_command).map(|row| row[0].to_owned()).collect()
}

/// The data fields of events by provider.
fn data_fields() -> BTreeMap<String, BTreeSet<String>> {
    let text = std::fs::read_to_string(format!("{SHARED}/facts/windows_events.csv")).unwrap();
    let mut fields: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in csv_rows(&text).skip(1) {
        let names = row[5].split(' ').filter(|f| !f.is_empty());
        let names = names.map(|f| f.replace("%20", "_").replace("%25", "%"));
        fields.entry(row[0].clone()).or_default().extend(names);
    }
    fields
}

fn csv_rows(text: &str) -> impl Iterator<Item = Vec<String>> {
    text.lines().map(|line| {
        let mut row = vec![String::new()];
        let mut quoted = false;
        for c in line.chars() {
            match c {
                '"' => quoted = !quoted,
                ',' if !quoted => row.push(String::new()),
                _ => row.last_mut().unwrap().push(c),
            }
        }
        row
    })
}

fn shared_is_there() -> bool {
    let there = Path::new(SHARED).join("corpus").is_dir();
    if !there {
        println!("skipped: {SHARED} is not there");
    }
    there
}

fn objects() -> Objects {
    let (apps, _) = shipped();
    Objects::layered(&apps).0
}

#[test]
fn fields_of_raw_windows_rules() {
    if !shared_is_there() {
        return;
    }
    let (objects, rules, data) = (objects(), rules(), data_fields());
    let (mut pairs, mut there, mut whole, mut unmapped) = (0, 0, 0, 0);
    let mut missing: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let names = windows_rules("implicit search");
    for name in &names {
        let rule = &rules[name];
        let begin = rule.search.split('`').nth(1).unwrap_or_default();
        let Some((_, sources, providers)) = MACROS.iter().find(|(m, ..)| *m == begin) else {
            unmapped += 1;
            continue;
        };
        let mut known: BTreeSet<String> = EVERY_EVENT.split(' ').map(str::to_owned).collect();
        known.extend(providers.iter().flat_map(|p| &data[*p]).cloned());
        for source in *sources {
            let effective =
                objects.props.effective(&format!("XmlWinEventLog:{source}"), "h", "XmlWinEventLog");
            known.extend(objects.fields_of(&effective).into_iter().map(str::to_owned));
        }
        for (provider, fields) in NOT_IN_THE_TABLE {
            if providers.contains(provider) {
                known.extend(fields.split(' ').map(str::to_owned));
            }
        }
        let read = spl_fields::fields(&rule.search);
        let lacking: Vec<&String> = read.sure.difference(&known).collect();
        let more = read.perhaps.intersection(&known).count();
        pairs += read.sure.len() + more;
        there += read.sure.len() + more - lacking.len();
        whole += usize::from(lacking.is_empty());
        for field in lacking {
            missing.entry(field.clone()).or_default().push(rule.name.clone());
        }
    }
    let share = |part: usize, all: usize| part * 1000 / all.max(1);
    println!(
        "fields that {} raw Windows rules read: {there} of {pairs} are there ({} per mille); {whole} rules have \
         all; {unmapped} rules read a source that is no Windows event log",
        names.len(),
        share(there, pairs)
    );
    for (field, rules) in &missing {
        println!("  {field}: {} ({})", rules.len(), rules[0]);
    }
    assert!(share(there, pairs) >= 980, "{there} of {pairs}");
    assert!(whole >= 338, "{whole}");
}

#[test]
fn fields_of_the_data_models_that_rules_read() {
    if !shared_is_there() {
        return;
    }
    let (objects, rules) = (objects(), rules());
    let mut known: BTreeSet<String> = BTreeSet::new();
    let mut roots: BTreeSet<String> = BTreeSet::new();
    for model in objects.models.values() {
        roots.extend(model.roots().map(|r| r.name.clone()));
        for node in model.nodes.values() {
            known.extend(node.all_fields().map(grotto_knowledge::model::Field::qualified));
        }
    }
    let names = windows_rules("tstats");
    let (mut pairs, mut there) = (0, 0);
    let mut missing: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for name in &names {
        let rule = &rules[name];
        let words = rule.search.split(|c: char| !(c.is_alphanumeric() || "_.".contains(c)));
        let fields: BTreeSet<&str> = words
            .filter(|w| {
                w.split_once('.').is_some_and(|(root, field)| roots.contains(root) && !field.is_empty())
            })
            .collect();
        for field in fields {
            pairs += 1;
            if known.contains(field) {
                there += 1;
            } else {
                missing.entry(field.to_owned()).or_default().push(&rule.name);
            }
        }
    }
    println!("data model fields that {} Windows rules read: {there} of {pairs} are there", names.len());
    for (field, rules) in &missing {
        println!("  {field}: {} ({})", rules.len(), rules[0]);
    }
    assert!(there * 1000 >= pairs * 995, "{there} of {pairs}");
}

/// The fields that a data source lists are those that Splunk's add-ons give its example, by the index and all.
#[test]
fn fields_of_data_sources() {
    if !shared_is_there() {
        return;
    }
    let objects = objects();
    let data = data_fields();
    let text = std::fs::read_to_string(format!("{SHARED}/facts/windows_addon_fields.csv")).unwrap();
    let (mut listed, mut there, mut sources) = (0, 0, 0);
    let mut missing: BTreeMap<String, usize> = BTreeMap::new();
    for row in csv_rows(&text).skip(1) {
        // Columns: data source, source, …, provider (5), …, XML fields (8), add-on fields (9).
        let source = row[1].replace("WinEventLog:", "XmlWinEventLog:").replace("XmlXml", "Xml");
        if !source.starts_with("XmlWinEventLog:") {
            continue;
        }
        sources += 1;
        let effective = objects.props.effective(&source, "h", "XmlWinEventLog");
        let mut known: BTreeSet<&str> = objects.fields_of(&effective);
        known.extend(EVERY_EVENT.split(' '));
        known.extend(data.get(&row[5]).into_iter().flatten().map(String::as_str));
        let (mut here, mut all) = (0, 0);
        for field in row[9].split(' ').filter(|f| !f.is_empty() && !f.starts_with("tag::")) {
            all += 1;
            if known.contains(field) {
                here += 1;
            } else {
                *missing.entry(field.to_owned()).or_default() += 1;
            }
        }
        println!("{}: {here} of {all}", row[0]);
        listed += all;
        there += here;
    }
    println!("add-on fields that {sources} Windows data sources list: {there} of {listed} are there");
    println!("{missing:?}");
    assert!(there * 1000 >= listed * 930, "{there} of {listed}");
}
