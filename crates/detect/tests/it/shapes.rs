//! What the rules find does not depend on the shape in which the events come.

use crate::support::{report, rules};
use grotto_detect::record::Record;
use grotto_events::{Input, Part, plan};
use grotto_samples::shapes::Shape;
use grotto_samples::stream::Stream;
use grotto_samples::{Event, xml};
use std::collections::BTreeMap;

/// Findings and hits by rule.
type Found = BTreeMap<String, usize>;

fn parts(text: &str) -> Vec<Part> {
    plan(&Input::memory("<events>", text.as_bytes())).unwrap()
}

#[test]
fn every_shape_fires_the_rules_that_its_xml_fires() {
    let (content, _) = grotto_detect::builtin::content();
    let (rules, knowledge) = rules(&content);
    let found = |parts: &[Part]| -> Found {
        let mut found = Found::new();
        for record in report(&rules, &knowledge, parts, &[]) {
            match record {
                Record::Finding(f) | Record::IntermediateFinding(f) => {
                    *found.entry(f.rule.name.clone()).or_default() += 1;
                }
                Record::Hit(h) => *found.entry(h.rule.name.clone()).or_default() += 1,
                Record::Error(_) | Record::Rule(_) | Record::Summary(_) => {}
            }
        }
        found
    };
    let events: Vec<Event> = Stream::new(11, 6).with_attacks(60).take(1200).collect();
    let lines: Vec<String> = events.iter().map(xml::to_string).collect();
    let expected = found(&parts(&lines.join("\n")));
    assert!(expected.len() >= 5, "{expected:?}");
    for shape in Shape::ALL {
        // Without the names of its values, an event says nothing to a rule.
        if shape == Shape::PowerShell {
            continue;
        }
        let found = found(&parts(&shape.file(&events)));
        // Rules that group by the version, the opcode or the keywords find nothing in shapes that don't say them.
        if matches!(shape, Shape::AzureEvent | Shape::EvtxECmd) {
            println!("{shape:?}: {} of {} rules", found.len(), expected.len());
            assert!(found.len() * 2 > expected.len(), "{shape:?}: {found:?}");
            assert!(
                found.iter().all(|(rule, count)| expected.get(rule) == Some(count)),
                "{shape:?}: {found:?}"
            );
        } else {
            assert_eq!(found, expected, "{shape:?}");
        }
    }
    println!("{expected:#?}");
}
