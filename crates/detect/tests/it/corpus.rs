//! Every search of the public corpus: read, expanded, parsed, printed, and run where it can be.

use crate::support::{corpus, parts, report, rules, shared};
use grotto_detect::record::{Record, RuleState};
use grotto_spl::{parse, print};
use std::collections::BTreeMap;

#[test]
fn every_search_parses_and_prints_back() {
    for (name, count) in [("escu-2024", 1711), ("escu-2026", 73)] {
        let Some(content) = corpus(name) else { continue };
        assert_eq!(content.detections.len(), count);
        for detection in &content.detections {
            let tree = parse(&detection.search).unwrap_or_else(|e| panic!("{}: {e}", detection.name));
            let printed = print::search(&tree);
            let again = parse(&printed).unwrap_or_else(|e| panic!("{}: {printed}: {e}", detection.name));
            assert_eq!(again, tree, "{}", detection.name);
        }
    }
}

#[test]
fn at_least_98_percent_of_the_windows_rules_run() {
    let (Some(content), Some(list)) = (corpus("escu-2024"), shared("corpus/escu-2024-windows.tsv")) else {
        return;
    };
    let list = std::fs::read_to_string(list).unwrap();
    let windows: Vec<&str> = list.lines().skip(1).filter_map(|l| l.split('\t').next()).collect();
    assert_eq!(windows.len(), 1011);
    let (rules, _) = rules(&content);
    let mut run = 0;
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    for rule in rules.rules.iter().filter(|r| windows.contains(&r.detection.file_stem())) {
        match (&rule.state, &rule.reason) {
            (RuleState::Run, None) => run += 1,
            (RuleState::Run, Some(_)) | (_, None) => panic!("{}: state without reason", rule.reference.name),
            (_, Some(reason)) => {
                assert!(reason.place().is_some(), "{}: {reason} has no place", rule.reference.name);
                *reasons.entry(format!("{}: {}", reason.slug, reason.message)).or_default() += 1;
            }
        }
    }
    println!(
        "{run} of {} Windows rules run ({} %); not run: {reasons:#?}",
        windows.len(),
        run * 100 / windows.len()
    );
    assert!(run * 100 >= windows.len() * 98, "{run}");
}

#[test]
fn a_scan_of_real_logs_finds_attacks_whatever_the_number_of_threads() {
    let (Some(content), Some(logs)) = (corpus("escu-2024"), shared("data/evtx-attack-samples")) else {
        return;
    };
    let (rules, knowledge) = rules(&content);
    let parts = parts(&[logs.join("Execution"), logs.join("Lateral Movement")]);
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| report(&rules, &knowledge, &parts, &[]))
    };
    let (one, three) = (with(1), with(3));
    let raised = one.iter().filter(|r| matches!(r, Record::Finding(_) | Record::Hit(_))).count();
    assert!(raised > 20, "{raised}");
    assert_eq!(serde_json::to_string(&one).unwrap(), serde_json::to_string(&three).unwrap());
}
