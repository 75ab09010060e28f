//! Rules that read lookups, over real logs.

use crate::support::{parts, shared};
use grotto_content::{Content, LookupKind};
use grotto_detect::record::{Files, Record};
use grotto_detect::{RuleSet, scan};
use grotto_engine::Context;
use grotto_engine::lookup::Lookups;
use grotto_knowledge::Knowledge;
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

fn corpus() -> Option<Content> {
    Some(Content::load(&[shared("corpus/escu-2024")?]).0)
}

/// Rules made ready with what a user gives.
fn compile(content: &Content, given: Lookups) -> (RuleSet, Knowledge) {
    let mut context = Context { lookups: given, ..Context::default() };
    let (knowledge, problems) = Knowledge::load(&[], &context);
    assert!(problems.is_empty(), "{problems:?}");
    context.lookups = knowledge.lookups(content);
    let macros = grotto_detect::macros::table(content, &knowledge);
    (RuleSet::compile(content, &macros, &knowledge, &context), knowledge)
}

/// The rows that rules of these file names give over logs.
fn rows(content: &Content, names: &[&str], given: Lookups, logs: &[PathBuf]) -> BTreeMap<String, usize> {
    let mut some =
        Content { macros: content.macros.clone(), lookups: content.lookups.clone(), ..Content::default() };
    some.detections = content.detections.iter().filter(|d| names.contains(&d.file_stem())).cloned().collect();
    assert_eq!(some.detections.len(), names.len());
    let (rules, knowledge) = compile(&some, given);
    for rule in &rules.rules {
        assert!(rule.reason.is_none(), "{}: {:?}", rule.reference.name, rule.reason);
    }
    let outcome = scan(&rules, &parts(logs), &knowledge, &|_| {});
    let mut rows = BTreeMap::new();
    for record in outcome.records(&rules, &[], Files::default(), Duration::ZERO) {
        if let Record::Finding(f) | Record::IntermediateFinding(f) = &record {
            *rows.entry(f.rule.name.clone()).or_default() += 1;
        }
        if let Record::Hit(h) = &record {
            *rows.entry(h.rule.name.clone()).or_default() += 1;
        }
    }
    rows
}

#[test]
fn every_definition_of_the_corpus_opens_or_says_what_it_lacks() {
    let Some(content) = corpus() else { return };
    let (rules, _) = compile(&content, Lookups::default());
    let mut opened = 0;
    for lookup in &content.lookups {
        match (&lookup.kind, rules.context.lookups.open(&lookup.name)) {
            (LookupKind::Csv(_), Ok(table)) => {
                opened += 1;
                assert!(!table.columns().is_empty(), "{}", lookup.name);
            }
            (LookupKind::KvStore(_), Err(error)) => assert_eq!(error.slug, "engine/lookup-no-content"),
            (LookupKind::MlModel(_), Err(error)) => assert_eq!(error.slug, "engine/lookup-unsupported"),
            (kind, other) => panic!("{}: {kind:?}: {other:?}", lookup.name),
        }
    }
    assert_eq!((content.lookups.len(), opened), (79, 50));
    assert_eq!(rules.context.lookups.remarks().iter().filter(|r| r.slug == "lookup/open-quote").count(), 0);
}

#[test]
fn windows_rules_that_lack_a_table_run_once_they_get_it() {
    let (Some(content), Some(list)) = (corpus(), shared("corpus/escu-2024-windows.tsv")) else { return };
    let list = fs::read_to_string(list).unwrap();
    let windows: Vec<&str> = list.lines().skip(1).filter_map(|l| l.split('\t').next()).collect();
    let blocked = |rules: &RuleSet| -> BTreeMap<String, String> {
        let blocked = rules.rules.iter().filter(|r| windows.contains(&r.detection.file_stem()));
        let reason = |r: &grotto_detect::Rule| {
            let reason = r.reason.as_ref().filter(|reason| reason.slug.contains("lookup"))?;
            Some((r.detection.file_stem().to_owned(), reason.message.clone()))
        };
        blocked.filter_map(reason).collect()
    };
    let without = blocked(&compile(&content, Lookups::default()).0);
    println!("{without:#?}");
    assert!(without.len() <= 7, "{without:#?}");
    let mut given = Lookups::default();
    for (name, columns) in [
        ("admon_groups_def.csv", "objectSid,cn,category\n"),
        ("previously_seen_running_windows_services.csv", ""),
        ("remote_access_software_exceptions.json", "[]"),
        ("zoom_first_time_child_process.csv", ""),
    ] {
        given.add_text(name, columns.into());
    }
    let with = blocked(&compile(&content, given).0);
    assert!(with.is_empty(), "{with:#?}");
}

#[test]
fn rules_with_lookups_find_attacks_in_real_logs() {
    let (Some(content), Some(logs)) = (corpus(), shared("data/evtx-attack-samples")) else { return };
    let logs = [logs.join("Execution"), logs.join("Lateral Movement")];
    let names = [
        "windows_identify_protocol_handlers",
        "windows_lolbas_executed_as_renamed_file",
        "windows_lolbas_executed_outside_expected_path",
    ];
    let found = rows(&content, &names, Lookups::default(), &logs);
    println!("{found:?}");
    assert_eq!(found.len(), names.len(), "{found:?}");
    // A user's table of the same name goes before that of the rules: with one that knows no handler nothing is found.
    let mut given = Lookups::default();
    given.add_text("windows_protocol_handlers.csv", "handler,ishandler\nzzz-none,TRUE\n".into());
    assert!(rows(&content, &names[..1], given, &logs).is_empty());
}

#[test]
fn assets_and_identities_of_a_user_enrich_events() {
    let Some(logs) = shared("data/evtx-attack-samples") else { return };
    let folder = tempfile::tempdir().unwrap();
    let (assets, identities) = (folder.path().join("assets.csv"), folder.path().join("identities.csv"));
    fs::write(&assets, "nt_host,dns,category\nMSEDGEWIN10|IEWIN7,,workstation|lab\n").unwrap();
    fs::write(&identities, "identity,bunit\nIEUser,research\n").unwrap();
    let (given, problems) = grotto_knowledge::lookups::of_lists(Some(&assets), Some(&identities));
    assert_eq!(problems, []);
    let context = Context { lookups: given, ..Context::default() };
    let (knowledge, problems) = Knowledge::load(&[], &context);
    assert!(problems.is_empty(), "{problems:?}");
    let macros = grotto_detect::macros::table(&Content::default(), &knowledge);
    let spl = "| tstats count from datamodel=Endpoint.Processes where Processes.dest_category=lab \
               by Processes.dest_category Processes.user_bunit";
    let context = Context { lookups: knowledge.lookups(&Content::default()), ..context };
    let search = grotto_detect::search::compile(spl, &macros, &knowledge, &context).unwrap();
    let found = grotto_detect::search::run(&search, &parts(&[logs.join("Execution")]), &knowledge, &|_| {});
    let rows = grotto_detect::row::rows(&found.result.unwrap());
    println!("{rows:?}");
    let shown = format!("{rows:?}");
    assert!(shown.contains("lab") && shown.contains("workstation") && shown.contains("research"), "{shown}");
}
