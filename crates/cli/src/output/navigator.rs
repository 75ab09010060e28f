//! A layer of the ATT&CK Navigator: for each technique how many findings and hits there were, and of which rules.

use grotto_content::navigator::{Layer, Mark};
use grotto_detect::record::{Record, said_once};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

/// Writes the layer.
pub(super) fn report(out: &mut dyn Write, records: &[Record]) -> std::io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &layer(records))?;
    out.write_all(b"\n")
}

fn layer(records: &[Record]) -> Layer {
    let mut found: BTreeMap<&str, (u64, BTreeSet<&str>)> = BTreeMap::new();
    for rule in said_once(records).filter_map(Record::rule) {
        for id in &rule.mitre_attack_id {
            let (count, rules) = found.entry(id).or_default();
            *count += 1;
            rules.insert(&rule.name);
        }
    }
    let mark = |(id, (score, rules)): (&str, (u64, BTreeSet<&str>))| {
        let comment = rules.into_iter().collect::<Vec<_>>().join("; ");
        (id.to_owned(), Mark { score, comment })
    };
    let marks = found.into_iter().map(mark).collect();
    Layer::new("grotto scan", "Findings and hits of a scan, by technique", &marks)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{finding, hit};
    use super::*;

    #[test]
    fn techniques_count_what_was_found_once() {
        let records = [
            Record::Finding(finding("one", &["T1021.006", "T1059"])),
            Record::IntermediateFinding(finding("one", &["T1021.006", "T1059"])),
            Record::Hit(hit("two", &["T1059"])),
        ];
        let layer = serde_json::to_value(layer(&records)).unwrap();
        let of = |id: &str| {
            let all = layer["techniques"].as_array().unwrap();
            let one = all.iter().find(|t| t["techniqueID"] == id).unwrap();
            (one["score"].as_u64().unwrap(), one["comment"].as_str().unwrap().to_owned())
        };
        assert_eq!(of("T1021.006"), (1, "one".to_owned()));
        assert_eq!(of("T1059"), (2, "one; two".to_owned()));
    }
}
