//! Findings become risk, and rules that read risk run over it.

use crate::support::{corpus, parts, rules, shared};
use grotto_content::Content;
use grotto_detect::record::{Entity, Files, Finding, Record, RuleRef};
use grotto_detect::risk::{Annotations, Sighting};
use grotto_detect::state::State;
use grotto_detect::{Options, RuleSet, scan_with};
use grotto_events::Part;
use grotto_knowledge::Knowledge;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

/// A rule about processes of an image.
fn rule(name: &str, kind: &str, image: &str, raised: &str) -> (String, String) {
    let text = format!(
        "name: {name}\nid: id-{name}\nversion: 1\nstatus: production\ntype: {kind}\ndescription: about {image}\n\
         search: |-\n  `sysmon` EventCode=1 Image=\"*\\\\{image}\" | stats count min(_time) as firstTime \
         max(_time) as lastTime by dest user Image\n{raised}analytic_story: [Story]\n\
         mitre_attack_id: [T1112, T1059.001]\nsecurity_domain: endpoint\ntests: []\n"
    );
    (format!("detections/endpoint/{}.yml", name.replace(' ', "_")), text)
}

const FINDING: &str = "finding:\n  title: $Image$ on $dest$\n  entity: {field: user, type: user, score: 60}\n\
    intermediate_findings:\n  entities:\n  - {field: dest, type: system, score: 50, message: ran $Image$}\n\
    threat_objects:\n- {field: Image, type: process_path}\n";
const INTERMEDIATE: &str = "intermediate_findings:\n  entities:\n  - {field: dest, type: system, score: 30, message: seen $Image$}\n";

/// A TTP, an Anomaly, a Hunting rule, and a Correlation over their risk.
fn content() -> Content {
    let correlation = "name: much\nid: id-much\nversion: 1\nstatus: production\ntype: Correlation\ndescription: d\n\
        search: >-\n  | tstats sum(All_Risk.calculated_risk_score) as risk_score values(source) as source dc(source) as \
        source_count values(All_Risk.annotations.mitre_attack.mitre_technique_id) as technique from datamodel=Risk.All_Risk where \
        All_Risk.analyticstories=\"Story\" All_Risk.risk_object_type=system by All_Risk.risk_object | \
        rename All_Risk.* as * | where source_count >= 2\n\
        finding:\n  title: much on $risk_object$\n  entity: {field: risk_object, type: system, score: 0}\n\
        analytic_story: [Story]\nmitre_attack_id: []\ntests: []\n";
    let mut files = vec![
        rule("a ttp", "TTP", "net.exe", FINDING),
        rule("an anomaly", "Anomaly", "cmd.exe", INTERMEDIATE),
        rule("a hunt", "Hunting", "cmd.exe", ""),
    ];
    files.push(("detections/endpoint/much.yml".to_owned(), correlation.to_owned()));
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in &files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let (content, problems) = Content::load(&[folder.path().to_owned()]);
    assert!(problems.iter().all(|p| p.severity != grotto_diag::Severity::Error), "{problems:?}");
    content
}

fn process(host: &str, time: &str, image: &str) -> String {
    format!(
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>\
         <Provider Name='Microsoft-Windows-Sysmon'/><EventID>1</EventID><Version>5</Version><Level>4</Level>\
         <Task>1</Task><Opcode>0</Opcode><Keywords>0x8000000000000000</Keywords><TimeCreated SystemTime='{time}'/>\
         <EventRecordID>1</EventRecordID><Correlation/><Execution ProcessID='1' ThreadID='2'/>\
         <Channel>Microsoft-Windows-Sysmon/Operational</Channel><Computer>{host}</Computer>\
         <Security UserID='S-1-5-18'/></System><EventData><Data Name='Image'>C:\\{image}</Data>\
         <Data Name='User'>CORP\\ann</Data></EventData></Event>\n"
    )
}

fn log(events: &[String]) -> (tempfile::NamedTempFile, Vec<Part>) {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(events.concat().as_bytes()).unwrap();
    let parts = parts(&[file.path().to_owned()]);
    (file, parts)
}

fn scan(rules: &RuleSet, knowledge: &Knowledge, parts: &[Part], state: Option<&mut State>) -> Vec<Record> {
    let mut state = state;
    let options = Options { state: state.as_deref(), ..Options::default() };
    let mut outcome = scan_with(rules, parts, knowledge, &options, &|_| {});
    if let Some(state) = &mut state {
        state.add(outcome.sightings(rules));
        state.commit().unwrap();
        outcome.count(rules, |id| state.seen(id));
    }
    outcome.records(rules, &[], Files::default(), Duration::ZERO)
}

/// Name of the rule, type of the record, entity, and how often it was seen.
fn raised(records: &[Record]) -> Vec<(String, &'static str, String, Option<u64>)> {
    let of = |f: &Finding, kind| (f.rule.name.clone(), kind, f.entity.value.to_string(), f.seen);
    let raised = records.iter().filter_map(|record| match record {
        Record::Finding(f) => Some(of(f, "finding")),
        Record::IntermediateFinding(f) => Some(of(f, "intermediate")),
        Record::Hit(h) => Some((h.rule.name.clone(), "hit", h.row["dest"].to_string(), None)),
        _ => None,
    });
    let mut raised: Vec<_> = raised.collect();
    raised.sort();
    raised
}

fn search(spl: &str, parts: &[Part], knowledge: &Knowledge) -> Vec<grotto_detect::row::Row> {
    let context = grotto_engine::Context::default();
    let macros = grotto_detect::macros::table(&Content::default(), knowledge);
    let search = grotto_detect::search::compile(spl, &macros, knowledge, &context).unwrap();
    let found = grotto_detect::search::run(&search, parts, knowledge, &|_| {});
    grotto_detect::row::rows(&found.result.unwrap())
}

#[test]
fn each_type_of_rule_raises_what_it_should_and_risk_is_correlated_in_the_same_scan() {
    let (rules, knowledge) = rules(&content());
    let (_file, parts) = log(&[
        process("h1", "2024-01-01T00:00:00Z", "net.exe"),
        process("h1", "2024-01-01T00:00:05Z", "cmd.exe"),
        process("h2", "2024-01-01T00:00:05Z", "cmd.exe"),
    ]);
    let records = scan(&rules, &knowledge, &parts, None);
    let name = |rule: &str, kind, entity: &str| (rule.to_owned(), kind, format!("\"{entity}\""), None);
    assert_eq!(
        raised(&records),
        [
            name("a hunt", "hit", "h1"),
            name("a hunt", "hit", "h2"),
            name("a ttp", "finding", "ann"),
            name("a ttp", "intermediate", "h1"),
            name("an anomaly", "intermediate", "h1"),
            name("an anomaly", "intermediate", "h2"),
            name("much", "finding", "h1"),
        ]
    );
    let much = records.iter().find_map(|r| match r {
        Record::Finding(f) if f.rule.name == "much" => Some(f),
        _ => None,
    });
    let row = &much.unwrap().row;
    assert_eq!(row["risk_score"], json!(80));
    assert_eq!(row["source"], json!(["ESCU - a ttp - Rule", "ESCU - an anomaly - Rule"]));
    assert_eq!(row["technique"], json!(["T1059.001", "T1112"]));
}

#[test]
fn later_scans_see_what_earlier_ones_kept_and_nothing_doubles() {
    let (rules, knowledge) = rules(&content());
    let folder = tempfile::tempdir().unwrap();
    let (_f, first) = log(&[process("h1", "2024-01-01T00:00:00Z", "net.exe")]);
    let (_g, second) = log(&[
        process("h1", "2024-01-02T00:00:00Z", "net.exe"),
        process("h1", "2024-01-02T00:00:05Z", "cmd.exe"),
    ]);
    let run = |parts: &[Part]| {
        let (mut state, problems) = State::open(folder.path()).unwrap();
        assert!(problems.is_empty(), "{problems:?}");
        raised(&scan(&rules, &knowledge, parts, Some(&mut state)))
    };
    assert!(run(&first).iter().all(|(rule, _, _, seen)| rule == "a ttp" && *seen == Some(1)));
    let now = run(&second);
    assert!(now.contains(&("much".to_owned(), "finding", "\"h1\"".to_owned(), Some(1))), "{now:?}");
    assert!(now.contains(&("a ttp".to_owned(), "intermediate", "\"h1\"".to_owned(), Some(2))), "{now:?}");
    let (state, _) = State::read(folder.path()).unwrap();
    assert_eq!(state.findings().count(), 4);
    let ttp = state.findings().find(|k| k.sighting.intermediate && k.count == 2).unwrap();
    assert_eq!(ttp.sighting.finding.last_time.as_deref(), Some("2024-01-02T00:00:00Z"));
    assert_eq!(ttp.sighting.finding.first_time.as_deref(), Some("2024-01-01T00:00:00Z"));
    let state = [state.risk()];
    let sums = search(
        "| from datamodel Risk.All_Risk | stats sum(calculated_risk_score) as s by risk_object",
        &state,
        &knowledge,
    );
    assert_eq!(json!(sums), json!([{"risk_object": "ann", "s": 60}, {"risk_object": "h1", "s": 80}]));
    let found = search("index=risk sourcetype=stash risk_object=h1 risk_score>40", &state, &knowledge);
    assert_eq!(found.len(), 1);
    for (field, expected) in [
        ("risk_message", json!("ran C:\\net.exe")),
        ("normalized_risk_object", json!("h1")),
        ("search_name", json!("ESCU - a ttp - Rule")),
        ("annotations.mitre_attack.mitre_technique_id", json!(["T1112", "T1059.001"])),
        ("annotations.nist", json!("DE.CM")),
        ("threat_object", json!("C:\\net.exe")),
        ("threat_object_type", json!("process_path")),
        ("user", json!("ann")),
        ("Image", json!("C:\\net.exe")),
    ] {
        assert_eq!(found[0].get(field), Some(&expected), "{field}");
    }
    let text = search("index=risk \"ran C:\"", &state, &knowledge);
    assert_eq!(text.len(), 1, "the text of the event can be searched");
}

#[test]
fn the_result_does_not_depend_on_the_number_of_threads() {
    let (rules, knowledge) = rules(&content());
    let events: Vec<String> = (0..400)
        .map(|n| {
            process(
                &format!("h{}", n % 7),
                &format!("2024-01-01T00:{:02}:{:02}Z", n / 60, n % 60),
                ["net.exe", "cmd.exe"][n % 2],
            )
        })
        .collect();
    let logs: Vec<_> = events.chunks(50).map(log).collect();
    let parts: Vec<Part> = logs.iter().flat_map(|(_, parts)| parts.clone()).collect();
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let records = pool.install(|| scan(&rules, &knowledge, &parts, None));
        serde_json::to_string(&records[..records.len() - 1]).unwrap()
    };
    let one = run(1);
    assert!(one.contains("much on h3"));
    for threads in [2, 4] {
        assert_eq!(run(threads), one);
    }
}

#[test]
fn ids_are_stable() {
    let (rules, knowledge) = rules(&content());
    let ids = |time: &str| -> BTreeSet<String> {
        let (_file, parts) = log(&[process("h1", time, "net.exe")]);
        let records = scan(&rules, &knowledge, &parts, None);
        let finding = |r: &Record| match r {
            Record::Finding(f) | Record::IntermediateFinding(f) => Some(f.id.clone()),
            _ => None,
        };
        records.iter().filter_map(finding).collect()
    };
    let first = ids("2024-01-01T00:00:00Z");
    assert_eq!(first.len(), 2);
    assert_eq!(ids("2025-06-01T00:00:00Z"), first);
}

/// A finding of a corpus rule about an object of each type.
fn seen(rule: &grotto_content::Detection) -> Vec<Sighting> {
    let reference = RuleRef {
        id: rule.id.clone(),
        name: rule.name.clone(),
        kind: rule.rule_type.to_string(),
        severity: rule.severity.name().to_owned(),
        mitre_attack_id: rule.mitre_attack_id.clone(),
    };
    let annotations = Arc::new(Annotations::of(rule));
    let of_kind = |kind: &str| Sighting {
        intermediate: true,
        annotations: Arc::clone(&annotations),
        finding: Finding {
            id: format!("{}-{kind}", rule.id),
            rule: reference.clone(),
            title: "seen".to_owned(),
            entity: Entity {
                field: "x".into(),
                kind: kind.into(),
                value: Value::String(format!("one {kind}")),
            },
            score: 40,
            first_time: Some("2024-01-01T00:10:00Z".into()),
            last_time: Some("2024-01-01T00:10:00Z".into()),
            info_min_time: None,
            info_max_time: None,
            fired: None,
            joined_script_block: false,
            seen: None,
            threat_objects: Vec::new(),
            row: grotto_detect::row::Row::new(),
            drilldowns: Vec::new(),
        },
    };
    ["system", "user", "other"].into_iter().map(of_kind).collect()
}

/// The risk rules of the 2024 content, over a state in which every TTP and Anomaly rule fired on one object of each type.
#[test]
fn the_risk_rules_of_the_corpus_fire() {
    let Some(mut content) = corpus("escu-2024") else { return };
    let folder = tempfile::tempdir().unwrap();
    let (mut state, _) = State::open(folder.path()).unwrap();
    for rule in content.detections.iter().filter(|r| matches!(r.rule_type.name(), "TTP" | "Anomaly")) {
        state.add(seen(rule));
    }
    state.commit().unwrap();
    content.detections.retain(|rule| {
        let text: &str = &rule.search;
        rule.rule_type.name() == "Correlation"
            && (text.contains("datamodel=Risk") || text.contains("datamodel Risk"))
    });
    let (rules, knowledge) = rules(&content);
    let started = std::time::Instant::now();
    let records =
        scan_with(&rules, &[], &knowledge, &Options { state: Some(&state), ..Options::default() }, &|_| {})
            .records(&rules, &[], Files::default(), Duration::ZERO);
    let ran = rules.rules.iter().filter(|rule| rule.job.is_some()).count();
    let fired: BTreeSet<String> = raised(&records).into_iter().map(|(rule, ..)| rule).collect();
    let silent: Vec<&str> =
        rules.rules.iter().map(|r| r.reference.name.as_str()).filter(|name| !fired.contains(*name)).collect();
    println!(
        "{} risk rules, {ran} ran, {} fired over {} findings in {:?}; silent: {silent:?}",
        rules.rules.len(),
        fired.len(),
        state.findings().count(),
        started.elapsed()
    );
    assert_eq!(ran, rules.rules.len());
    assert!(fired.len() >= 12, "silent: {silent:?}");
}

/// A folder of real logs: what a scan finds twice is the same.
#[test]
fn a_second_scan_of_the_same_logs_adds_nothing_but_counts() {
    let Some(logs) = shared("data") else { return };
    let (content, _) = grotto_detect::builtin::content();
    let (rules, knowledge) = rules(&content);
    let (inputs, _) = grotto_events::discover(&[logs.display().to_string()]);
    let parts: Vec<Part> =
        inputs.iter().take(40).filter_map(|i| grotto_events::plan(i).ok()).flatten().collect();
    let folder = tempfile::tempdir().unwrap();
    let counts = || {
        let (mut state, _) = State::open(folder.path()).unwrap();
        scan(&rules, &knowledge, &parts, Some(&mut state));
        state.findings().map(|k| (k.sighting.finding.id.clone(), k.count)).collect::<Vec<_>>()
    };
    let first = counts();
    assert!(!first.is_empty());
    let doubled: Vec<_> = first.into_iter().map(|(id, count)| (id, count * 2)).collect();
    assert_eq!(counts(), doubled);
}
