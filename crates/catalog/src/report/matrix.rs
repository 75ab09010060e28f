//! The techniques that were hit, by tactic.

use super::found::Found;
use super::text;
use crate::site::{level, links};
use grotto_content::attack;
use std::collections::{BTreeMap, BTreeSet};

/// A tactic with techniques that were hit.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Column {
    /// Name.
    pub(crate) name: String,
    /// What was hit, by id.
    pub(crate) cells: Vec<Cell>,
}

/// A technique that was hit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cell {
    /// Id.
    pub(crate) id: String,
    /// Name; of a sub-technique its own.
    pub(crate) name: String,
    /// How much that is, 1 to 4.
    pub(crate) level: u8,
    /// How many things were found.
    pub(crate) n: usize,
    /// How many rules found them, in words.
    pub(crate) says: String,
    /// Whether it is a sub-technique.
    pub(crate) sub: bool,
    /// Address of its page.
    pub(crate) href: Option<String>,
}

/// The matrix: tactics in their order, then what no tactic is known of.
pub(crate) fn matrix(found: &[Found<'_>], catalog: Option<&str>) -> Vec<Column> {
    let mut hit: BTreeMap<String, (usize, BTreeSet<&str>)> = BTreeMap::new();
    for one in found {
        let ids: BTreeSet<String> =
            one.rule.mitre_attack_id.iter().map(|id| id.trim().to_ascii_uppercase()).collect();
        for id in ids {
            let (count, rules) = hit.entry(id).or_default();
            *count += 1;
            rules.insert(&one.rule.id);
        }
    }
    let most = hit.values().map(|(count, _)| *count).max().unwrap_or(0);
    let cell = |id: &str| -> Option<Cell> {
        let (n, rules) = hit.get(id)?;
        let known = attack::technique(id);
        Some(Cell {
            id: text::line(id, 20),
            name: known.map_or_else(|| text::line(id, 20), |t| t.name.to_owned()),
            level: level(*n, most),
            n: *n,
            says: format!(
                "{}: {} of {}",
                text::line(id, 20),
                text::counted(*n, "finding"),
                text::counted(rules.len(), "rule")
            ),
            sub: known.is_some() && id.contains('.'),
            href: known.and(catalog).map(|url| format!("{url}{}", links::technique(id))),
        })
    };
    let mut columns: Vec<Column> = attack::tactics()
        .iter()
        .map(|tactic| {
            let of = |id: &&String| {
                attack::technique(id).is_some_and(|t| t.tactics().any(|of| of.id == tactic.id))
            };
            Column {
                name: tactic.name.to_owned(),
                cells: hit.keys().filter(of).filter_map(|id| cell(id)).collect(),
            }
        })
        .collect();
    let homeless = |id: &&String| attack::technique(id).is_none_or(|t| t.tactics().next().is_none());
    let cells = hit.keys().filter(homeless).filter_map(|id| cell(id)).collect();
    columns.push(Column { name: "Not in ATT&CK".to_owned(), cells });
    columns.retain(|column| !column.cells.is_empty());
    columns
}

#[cfg(test)]
mod tests {
    use super::super::tests::finding;
    use super::*;
    use grotto_detect::record::Record;

    #[test]
    fn techniques_stand_under_all_their_tactics() {
        let mut one = finding("r", "high", "ws", "2024-01-01T00:00:00Z");
        one.rule.mitre_attack_id = ["T1078", "t1021.006", "X<1>", "T1078 "].map(str::to_owned).to_vec();
        let records = [Record::Finding(one.clone()), Record::Finding(one)];
        let columns = matrix(&Found::all(&records), Some("https://c.example/"));
        let names: Vec<_> = columns.iter().map(|c| (c.name.as_str(), c.cells.len())).collect();
        assert!(names.contains(&("Lateral Movement", 1)), "{names:?}");
        assert_eq!(names.last(), Some(&("Not in ATT&CK", 1)));
        let of_accounts: Vec<_> =
            columns.iter().filter(|c| c.cells.iter().any(|cell| cell.id == "T1078")).collect();
        assert_eq!(of_accounts.len(), attack::technique("T1078").unwrap().tactics().count());
        let cell = &of_accounts[0].cells[0];
        assert_eq!((cell.n, cell.says.as_str()), (2, "T1078: 2 findings of 1 rule"));
        assert_eq!(cell.href.as_deref(), Some("https://c.example/techniques/T1078/"));
        assert_eq!(columns.last().unwrap().cells[0].href, None);
    }
}
