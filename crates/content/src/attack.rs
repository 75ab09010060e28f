//! The table of MITRE ATT&CK for Enterprise that comes with grotto: techniques and tactics, their names, and how they
//! belong together.
//!
//! Facts out of ATT&CK, see `data/README.md` for their source and terms.
//!
//! ```
//! let technique = grotto_content::attack::technique("T1021.006").unwrap();
//! assert_eq!(technique.name, "Windows Remote Management");
//! assert_eq!(technique.tactics().map(|t| t.name).collect::<Vec<_>>(), ["Lateral Movement"]);
//! ```

use std::collections::HashMap;
use std::sync::LazyLock;

/// Version of ATT&CK that the table was taken from.
pub const VERSION: &str = "18.1";

/// A technique or sub-technique.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Technique {
    /// `T1021` or `T1021.006`.
    pub id: &'static str,
    /// Name; of a sub-technique only its own.
    pub name: &'static str,
    /// Whether it is still in use.
    pub state: TechniqueState,
    tactics: Vec<&'static str>,
}

/// Whether a technique is still in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TechniqueState {
    /// In use.
    Current,
    /// Replaced by another.
    Revoked,
    /// No longer kept up.
    Deprecated,
}

impl Technique {
    /// The tactics that it serves, in the order of the table.
    pub fn tactics(&self) -> impl Iterator<Item = &'static Tactic> {
        self.tactics.iter().filter_map(|id| tactic(id))
    }

    /// The technique that a sub-technique belongs to.
    pub fn parent(&self) -> Option<&'static Technique> {
        technique(self.id.split_once('.')?.0)
    }

    /// Name for people: of a sub-technique with that of its technique before it.
    pub fn full_name(&self) -> String {
        self.parent().map_or_else(|| self.name.to_owned(), |p| format!("{}: {}", p.name, self.name))
    }
}

/// A tactic: what an attacker wants to reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tactic {
    /// `TA0008`.
    pub id: &'static str,
    /// `lateral-movement`.
    pub shortname: &'static str,
    /// `Lateral Movement`.
    pub name: &'static str,
}

/// The whole table.
struct Table {
    techniques: Vec<Technique>,
    by_id: HashMap<&'static str, usize>,
    tactics: Vec<Tactic>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let tactics = rows(include_str!("../data/attack_tactics.csv"))
        .map(|[id, shortname, name]| Tactic { id, shortname, name })
        .collect();
    let techniques: Vec<_> = rows(include_str!("../data/attack.csv")).map(technique_of).collect();
    let by_id = techniques.iter().enumerate().map(|(i, t)| (t.id, i)).collect();
    Table { techniques, by_id, tactics }
});

fn technique_of([id, name, tactics, state]: [&'static str; 4]) -> Technique {
    let state = match state {
        "" => TechniqueState::Current,
        "deprecated" => TechniqueState::Deprecated,
        _ => TechniqueState::Revoked,
    };
    Technique { id, name, state, tactics: tactics.split_whitespace().collect() }
}

/// The rows of a table after its header. A field may be quoted, and then holds commas but no quotes.
fn rows<const N: usize>(table: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    table.lines().skip(1).filter_map(|line| {
        let mut fields = [""; N];
        let mut rest = line;
        for field in &mut fields {
            let (value, after) = match rest.strip_prefix('"') {
                Some(quoted) => {
                    let (value, after) = quoted.split_once('"')?;
                    (value, after.strip_prefix(',').unwrap_or(after))
                }
                None => rest.split_once(',').unwrap_or((rest, "")),
            };
            (*field, rest) = (value, after);
        }
        Some(fields)
    })
}

/// The technique of this id, such as `T1021` or `t1021.006`.
pub fn technique(id: &str) -> Option<&'static Technique> {
    let id = id.trim().to_ascii_uppercase();
    TABLE.by_id.get(id.as_str()).and_then(|i| TABLE.techniques.get(*i))
}

/// All techniques and sub-techniques by id, also those no longer in use.
pub fn techniques() -> &'static [Technique] {
    &TABLE.techniques
}

/// The tactic of this id, such as `TA0008`.
pub fn tactic(id: &str) -> Option<&'static Tactic> {
    TABLE.tactics.iter().find(|t| t.id.eq_ignore_ascii_case(id.trim()))
}

/// All tactics in the order of the Enterprise matrix.
pub fn tactics() -> &'static [Tactic] {
    &TABLE.tactics
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        assert_eq!((techniques().len(), tactics().len()), (835, 14));
        for technique in techniques() {
            assert!(!technique.name.is_empty() && technique.id.starts_with('T'), "{technique:?}");
            assert_eq!(technique.tactics().count(), technique.tactics.len(), "unknown tactic: {technique:?}");
            assert_eq!(technique.parent().is_some(), technique.id.contains('.'), "{technique:?}");
            if technique.state == TechniqueState::Current {
                assert!(technique.tactics().count() > 0, "{technique:?}");
            }
        }
        assert!(techniques().is_sorted_by_key(|t| t.id), "the table is ordered by id");
    }

    #[test]
    fn techniques_are_found() {
        let found = technique(" t1021.006").unwrap();
        assert_eq!(found.full_name(), "Remote Services: Windows Remote Management");
        assert_eq!(found.tactics().map(|t| t.shortname).collect::<Vec<_>>(), ["lateral-movement"]);
        assert_eq!(technique("T1015").unwrap().state, TechniqueState::Revoked);
        assert_eq!(technique("T1548").unwrap().tactics().count(), 2);
        for unknown in ["", "T0", "T1021.999", "TA0008"] {
            assert_eq!(technique(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn tactics_are_in_the_order_of_the_matrix() {
        assert_eq!(tactics()[0].name, "Reconnaissance");
        assert_eq!(tactics()[13].name, "Impact");
        assert_eq!(tactic("ta0008").map(|t| t.name), Some("Lateral Movement"));
        assert_eq!(tactic("T1021"), None);
    }

    #[test]
    fn quoted_fields_may_hold_commas() {
        let found: Vec<[&str; 3]> = rows("h\na,\"b, c\",d\n\"x\",,\n\"open,b,c\n").collect();
        assert_eq!(found, [["a", "b, c", "d"], ["x", "", ""]]);
    }
}
