//! Data sets of attacks as JSON in archives: what the public rules find in them.

use crate::support::{corpus, report, rules, shared};
use grotto_detect::record::Record;
use grotto_events::{Limits, Part};
use std::collections::BTreeMap;

#[test]
fn attacks_recorded_as_json_are_found() {
    let (Some(content), Some(logs)) = (corpus("escu-2024"), shared("data/otrf")) else { return };
    let (rules, knowledge) = rules(&content);
    let (inputs, problems) = grotto_events::discover(&[logs]);
    assert_eq!(problems, []);
    let open = |input| grotto_events::open(input, Limits::default());
    let parts: Vec<Part> = inputs.iter().flat_map(|input| open(input).parts).collect();
    let records = report(&rules, &knowledge, &parts, &[]);
    let mut found: BTreeMap<&str, usize> = BTreeMap::new();
    for record in &records {
        match record {
            Record::Finding(f) | Record::IntermediateFinding(f) => {
                *found.entry(&f.rule.name).or_default() += 1;
            }
            Record::Hit(h) => *found.entry(&h.rule.name).or_default() += 1,
            Record::Summary(s) => assert_eq!((s.events, s.events_failed), (65_242, 0)),
            Record::Error(_) | Record::Rule(_) => {}
        }
    }
    println!("{} rules with hits: {found:#?}", found.len());
    // The names of the data sets say what they hold.
    for rule in [
        "Detect HTML Help Spawn Child Process",
        "Detect Regsvr32 Application Control Bypass",
        "Dump LSASS via comsvcs DLL",
        "Esentutl SAM Copy",
        "WMI Permanent Event Subscription - Sysmon",
        "Windows Event Log Cleared",
    ] {
        assert!(found.contains_key(rule), "{rule}");
    }
    assert!(found.len() >= 60, "{}", found.len());
}
