//! The pack of rules over the sample logs that the project ships.

use crate::support::{parts, report, rules};
use grotto_detect::record::Record;
use std::collections::BTreeSet;
use std::path::Path;

#[test]
fn every_rule_of_the_pack_fires_on_its_own_data() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rules");
    let (content, _) = grotto_detect::builtin::content();
    for detection in &content.detections {
        let one = grotto_content::Content {
            detections: vec![detection.clone()],
            macros: content.macros.clone(),
            ..Default::default()
        };
        let (rules, knowledge) = rules(&one);
        assert!(rules.rules[0].reason.is_none(), "{}: {:?}", detection.name, rules.rules[0].reason);
        let folder = root.join(&detection.path).parent().unwrap().to_owned();
        for test in &detection.tests {
            let data: Vec<_> = test.attack_data.iter().map(|item| folder.join(&item.data)).collect();
            let records = report(&rules, &knowledge, &parts(&data), &[]);
            let rows = records
                .iter()
                .filter(|r| matches!(r, Record::Finding(_) | Record::IntermediateFinding(_) | Record::Hit(_)))
                .count();
            assert!(rows >= test.expected_results as usize, "{}: {rows} rows", detection.name);
        }
        assert!(!detection.tests.is_empty(), "{} has no test", detection.name);
    }
}

#[test]
fn benign_logs_are_quiet() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/benign");
    let (content, _) = grotto_detect::builtin::content();
    let (rules, knowledge) = rules(&content);
    let records = report(&rules, &knowledge, &parts(&[examples]), &[]);
    let noisy: BTreeSet<&str> = records
        .iter()
        .filter_map(|r| if let Record::Finding(f) = r { Some(f.rule.name.as_str()) } else { None })
        .collect();
    assert!(noisy.is_empty(), "{noisy:?}");
}
