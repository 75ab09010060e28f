//! Rules and searches with searches inside them, over real logs and over events made for it.

use crate::seed::event;
use crate::support::{parts, report, rules, shared};
use grotto_content::Content;
use grotto_detect::record::{Record, RuleState};
use grotto_detect::row::{Row, rows, text};
use grotto_engine::Context;
use grotto_events::{Input, Part};
use grotto_knowledge::Knowledge;
use grotto_spl::MacroTable;
use std::collections::BTreeMap;
use std::io::{Cursor, Write};

/// The rows of a search, and its warnings.
fn search(spl: &str, parts: &[Part]) -> (Vec<Row>, Vec<String>) {
    let context = Context::default();
    let (knowledge, _) = Knowledge::load(&[], &context);
    let search = grotto_detect::search::compile(spl, &MacroTable::default(), &knowledge, &context)
        .unwrap_or_else(|e| panic!("{spl}: {e}"));
    let found = grotto_detect::search::run(&search, parts, &knowledge, &|_| {});
    let batch = found.result.unwrap_or_else(|e| panic!("{spl}: {e}"));
    (rows(&batch), found.warnings.iter().map(ToString::to_string).collect())
}

fn found(spl: &str, parts: &[Part]) -> Vec<Row> {
    search(spl, parts).0
}

/// Events in a file.
fn logged(events: &[String]) -> (tempfile::NamedTempFile, Vec<Part>) {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(events.concat().as_bytes()).unwrap();
    let parts = parts(&[file.path().to_owned()]);
    (file, parts)
}

const SYSMON: &str = "Channel=\"Microsoft-Windows-Sysmon/Operational\"";

#[test]
fn a_join_over_real_logs_is_what_joining_by_hand_gives() {
    let Some(logs) = shared("data/evtx-attack-samples") else { return };
    let parts = parts(&[logs.join("**/*.evtx")]);
    let started = format!("{SYSMON} EventCode=1 | table ProcessGuid Image");
    let connected = format!("{SYSMON} EventCode=3 | table ProcessGuid DestinationIp DestinationPort");
    let mut by_process: BTreeMap<String, Row> = BTreeMap::new();
    for row in found(&connected, &parts) {
        by_process.entry(row["ProcessGuid"].to_string()).or_insert(row);
    }
    let expected: Vec<Row> = found(&started, &parts)
        .into_iter()
        .filter_map(|mut row| {
            let connection = by_process.get(&row["ProcessGuid"].to_string())?;
            row.extend(connection.clone());
            Some(row)
        })
        .collect();
    assert!(expected.len() > 20, "{}", expected.len());
    assert_eq!(found(&format!("{started} | join ProcessGuid [search {connected}]"), &parts), expected);
    let outer = found(&format!("{started} | join type=outer ProcessGuid [search {connected}]"), &parts);
    assert_eq!(outer.len(), found(&started, &parts).len());
    assert_eq!(outer.iter().filter(|row| row.contains_key("DestinationIp")).count(), expected.len());
}

#[test]
fn a_subsearch_in_a_head_finds_the_logons_behind_scheduled_tasks() {
    let Some(logs) = shared("data/evtx-attack-samples") else { return };
    let parts = parts(&[logs.join("**/*.evtx")]);
    let ids: Vec<String> = found("EventCode=4698 | dedup SubjectLogonId | table SubjectLogonId", &parts)
        .iter()
        .map(|row| format!("TargetLogonId=\"{}\"", text(&row["SubjectLogonId"], "")))
        .collect();
    assert_eq!(ids.len(), 2);
    let by_hand =
        found(&format!("EventCode=4624 ({}) | table Computer TargetLogonId", ids.join(" OR ")), &parts);
    assert_eq!(by_hand.len(), 2);
    for spl in [
        "EventCode=4624 [search EventCode=4698 | rename SubjectLogonId as TargetLogonId | fields TargetLogonId] \
         | table Computer TargetLogonId",
        "EventCode=4624 | search [search EventCode=4698 | rename SubjectLogonId as TargetLogonId | table TargetLogonId] \
         | table Computer TargetLogonId",
        "EventCode=4624 | join TargetLogonId [search EventCode=4698 | eval TargetLogonId=SubjectLogonId | table TargetLogonId] \
         | table Computer TargetLogonId",
        "EventCode=4624 [search EventCode=4698 | return 10 TargetLogonId=SubjectLogonId] | table Computer TargetLogonId",
    ] {
        assert_eq!(found(spl, &parts), by_hand, "{spl}");
    }
    // `map` gives the logons in the order of the tasks.
    let mapped = "EventCode=4698 | dedup SubjectLogonId | sort SubjectLogonId \
        | map search=\"search EventCode=4624 TargetLogonId=$SubjectLogonId$\" | table TargetLogonId";
    let mapped: Vec<String> =
        found(mapped, &parts).iter().map(|row| text(&row["TargetLogonId"], "")).collect();
    assert_eq!(mapped, ["0x17e2d2", "0x3e5"]);
}

#[test]
fn rules_of_the_corpus_with_searches_inside_fire_whatever_the_number_of_threads() {
    let (Some(corpus), Some(logs)) = (shared("corpus/escu-2024"), shared("data/evtx-attack-samples")) else {
        return;
    };
    let (content, _) = Content::load(&[corpus]);
    let names = [
        ("WSReset UAC Bypass", "join"),
        ("Windows Privilege Escalation Suspicious Process Elevation", "join"),
        ("Suspicious Reg exe Process", "search [|"),
        ("Windows AD Replication Request Initiated by User Account", "appendpipe [| map"),
    ];
    let chosen = Content {
        detections: content
            .detections
            .iter()
            .filter(|d| names.iter().any(|(name, _)| d.name == *name))
            .cloned()
            .collect(),
        macros: content.macros.clone(),
        ..Content::default()
    };
    let (rules, knowledge) = rules(&chosen);
    assert_eq!(rules.rules.len(), names.len());
    for rule in &rules.rules {
        assert!(rule.reason.is_none(), "{}: {:?}", rule.reference.name, rule.reason);
        let (_, part) = names.iter().find(|(name, _)| *name == rule.reference.name).unwrap();
        let searched: String = rule.detection.search.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(searched.contains(part), "{searched}");
    }
    let parts = parts(&[logs.join("**/*.evtx")]);
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| report(&rules, &knowledge, &parts, &[]))
    };
    let (one, three) = (with(1), with(3));
    assert_eq!(serde_json::to_string(&one).unwrap(), serde_json::to_string(&three).unwrap());
    for (name, _) in names {
        let fired = one.iter().any(|record| match record {
            Record::Finding(f) | Record::IntermediateFinding(f) => f.rule.name == name,
            Record::Hit(hit) => hit.rule.name == name,
            _ => false,
        });
        assert!(fired, "{name}");
    }
}

/// A rule in a file.
fn rule(folder: &tempfile::TempDir, search: &str) -> Content {
    let file = folder.path().join("rule.yml");
    let text = format!(
        "name: Searches in a search\nid: 5ca4b7ae-0000-4000-8000-00000000000{}\nversion: 1\ndate: '2024-01-01'\n\
         author: test\nstatus: production\ntype: Hunting\ndescription: A rule of a test.\ndata_source: []\n\
         search: |-\n  {}\nhow_to_implement: Run it.\nknown_false_positives: None.\nreferences: []\n\
         tags:\n  asset_type: Endpoint\n  mitre_attack_id: []\n  product: [Splunk Enterprise]\n  security_domain: endpoint\n\
         \x20 analytic_story: []\n",
        1,
        search.replace('\n', "\n  ")
    );
    std::fs::write(&file, text).unwrap();
    let (content, problems) = Content::load(&[folder.path().to_owned()]);
    assert_eq!(content.detections.len(), 1, "{problems:?}");
    content
}

/// The records of a rule over events.
fn scanned(search: &str, events: &[String]) -> Vec<Record> {
    let folder = tempfile::tempdir().unwrap();
    let (rules, knowledge) = rules(&rule(&folder, search));
    assert!(rules.rules[0].reason.is_none(), "{search}: {:?}", rules.rules[0].reason);
    let (_file, parts) = logged(events);
    report(&rules, &knowledge, &parts, &[])
}

fn hits(records: &[Record]) -> Vec<&Row> {
    records.iter().filter_map(|r| if let Record::Hit(hit) = r { Some(&hit.row) } else { None }).collect()
}

#[test]
fn what_is_wrong_inside_is_shown_where_it_stands() {
    for (search, state, slug, line, column) in [
        (
            "EventCode=1\n| join a [| tstats count from datamodel=Nosuch.Thing by x]",
            RuleState::Unsupported,
            "engine/unknown-data-model",
            12,
            12,
        ),
        (
            "EventCode=1\n| append\n    [search a | apply model]",
            RuleState::Unsupported,
            "engine/unsupported-command",
            13,
            19,
        ),
        ("EventCode=1 [search a\n| nosuch]", RuleState::Invalid, "spl/unknown-command", 12, 5),
        (
            "EventCode=1\n| map search=\"search a=$a$ | nosuch\"",
            RuleState::Invalid,
            "spl/unknown-command",
            12,
            16,
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let (rules, _) = rules(&rule(&folder, search));
        let record = rules.rules[0].record();
        assert_eq!(
            (record.state, record.slug.as_deref(), record.line, record.column),
            (state, Some(slug), Some(line), Some(column)),
            "{search}: {record:?}"
        );
    }
}

#[test]
fn what_goes_wrong_and_what_is_cut_is_said_at_its_place() {
    let events = [
        event("ws01", "2024-03-01T10:00:00Z", "first", ""),
        event("ws02", "2024-03-01T10:00:01Z", "second", ""),
    ];
    for (search, slug, severity, line, column, found) in [
        (
            "EventCode=4104\n| append maxout=1 [search EventCode=4104]",
            "engine/subsearch-cut",
            "warning",
            12,
            21,
            3,
        ),
        (
            "EventCode=4104 | table Computer\n| map search=\"search Computer=$Computer$\" maxsearches=1",
            "engine/map-cut",
            "warning",
            12,
            16,
            1,
        ),
        (
            "EventCode=4104\n| where Computer=[search EventCode=4104 | table Computer]",
            "engine/subsearch-value",
            "error",
            12,
            20,
            0,
        ),
        (
            "EventCode=4104 Computer=[search EventCode=4104 | table Computer]",
            "engine/subsearch-value",
            "error",
            11,
            27,
            0,
        ),
    ] {
        let records = scanned(search, &events);
        let errors: Vec<_> =
            records.iter().filter_map(|r| if let Record::Error(e) = r { Some(e) } else { None }).collect();
        assert_eq!(errors.len(), 1, "{search}: {errors:?}");
        let error = errors[0];
        assert_eq!(
            (error.slug.as_str(), error.line, error.column),
            (slug, Some(line), Some(column)),
            "{search}: {error:?}"
        );
        assert_eq!(serde_json::to_value(error).unwrap()["severity"], severity);
        assert_eq!(hits(&records).len(), found, "{search}");
    }
}

#[test]
fn nothing_found_is_no_finding() {
    let events = [event("ws01", "2024-03-01T10:00:00Z", "first", "")];
    for (search, found) in [
        ("| multisearch [search EventCode=1] [search EventCode=2] | stats count", 0),
        ("| multisearch [search EventCode=1] [search EventCode=4104] | stats count", 1),
        ("EventCode=1 | append [search EventCode=4104]", 1),
        ("EventCode=4104 [search EventCode=1 | fields Computer] | stats count", 0),
        ("EventCode=4104 NOT [search EventCode=1 | fields Computer] | stats count", 1),
        ("| set union [search EventCode=1 | table EventCode] [search EventCode=4104 | table EventCode]", 1),
    ] {
        assert_eq!(hits(&scanned(search, &events)).len(), found, "{search}");
    }
}

#[test]
fn joined_script_blocks_are_looked_at_with_the_results_of_other_searches() {
    let part = |number: &str, script: &str| {
        event("ws01", "2024-03-01T10:00:00Z", script, "")
            .replace("'MessageNumber'>1<", &format!("'MessageNumber'>{number}<"))
            .replace("'MessageTotal'>1<", "'MessageTotal'>2<")
    };
    let events = [part("1", "Invoke-"), part("2", "Expression x")];
    let whole = "EventCode=4104 ScriptBlockText=\"*Invoke-Expression*\"";
    for search in [
        format!(
            "{whole} | table Computer ScriptBlockText | join Computer [search EventCode=4104 MessageNumber=2 | table Computer MessageNumber]"
        ),
        format!(
            "{whole} [search EventCode=4104 MessageNumber=2 | table Computer] | table Computer ScriptBlockText"
        ),
    ] {
        let records = scanned(&search, &events);
        let hits = hits(&records);
        assert_eq!(hits.len(), 1, "{search}: {records:#?}");
        assert_eq!(hits[0]["ScriptBlockText"], "Invoke-Expression x", "{search}");
    }
}

#[test]
fn times_of_searches_inside_are_their_own() {
    let (_file, parts) = logged(&[
        event("ws01", "2024-03-01T10:00:00Z", "early", ""),
        event("ws01", "2024-03-01T12:00:00Z", "late", ""),
    ]);
    let spl = "earliest=1709290800 EventCode=4104 | table Computer ScriptBlockText \
        | append [search latest=1709290800 EventCode=4104 | table Computer ScriptBlockText]";
    let texts: Vec<String> = found(spl, &parts).iter().map(|row| text(&row["ScriptBlockText"], "")).collect();
    assert_eq!(texts, ["late", "early"]);
}

#[test]
fn standard_input_can_be_read_again() {
    let events = [
        event("ws01", "2024-03-01T10:00:00Z", "first", ""),
        event("ws02", "2024-03-01T10:00:01Z", "second", ""),
    ];
    let stream =
        || grotto_events::plan(&Input::stream("<stdin>", Cursor::new(events.concat().into_bytes()))).unwrap();
    for spl in [
        "EventCode=4104 [search ScriptBlockText=first | fields Computer] | table Computer",
        "ScriptBlockText=first | map search=\"search Computer=$Computer$ | table Computer\"",
        "ScriptBlockText=first | table Computer | appendpipe [map search=\"search Computer=$Computer$\"] | dedup Computer",
    ] {
        let computers: Vec<String> =
            found(spl, &stream()).iter().map(|row| text(&row["Computer"], "")).collect();
        assert_eq!(computers, ["ws01"], "{spl}");
    }
}

#[test]
fn values_of_events_are_values_and_nothing_else() {
    let hostile = "x&quot; ] | append [search EventCode=4104] | eval a=&quot;$Computer$ \\";
    let events = [
        event("ws01", "2024-03-01T10:00:00Z", hostile, ""),
        event("ws02", "2024-03-01T10:00:01Z", "second", ""),
    ];
    let (_file, parts) = logged(&events);
    for spl in [
        "EventCode=4104 [search Computer=ws01 | fields ScriptBlockText] | table Computer",
        "Computer=ws01 | map search=\"search ScriptBlockText=$ScriptBlockText$ | table Computer\"",
        "Computer=ws01 | map search=\"search ScriptBlockText=\\\"$ScriptBlockText$\\\" | table Computer\"",
        "EventCode=4104 | where ScriptBlockText=[search Computer=ws01 | return $ScriptBlockText] | table Computer",
    ] {
        let (rows, warnings) = search(spl, &parts);
        let computers: Vec<String> = rows.iter().map(|row| text(&row["Computer"], "")).collect();
        assert_eq!((computers, warnings), (vec!["ws01".to_owned()], Vec::new()), "{spl}");
    }
}
