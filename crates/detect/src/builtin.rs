//! The pack of rules that the binary carries.

use grotto_content::Content;
use grotto_diag::Diagnostic;

/// Path below `rules/` and text of every file of the pack.
static FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/rules.rs"));

/// Name and bytes of the data that the tests of the pack name.
static DATA: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/data.rs"));

/// The data that a test of the pack names (`../../../examples/…`), under the name that it has in the project.
pub fn data(named: &str) -> Option<(&'static str, &'static [u8])> {
    let name = named.trim_start_matches("../");
    DATA.iter().find(|(known, _)| *known == name).copied()
}

/// The pack, and what is wrong with it (nothing, the tests hold).
pub fn content() -> (Content, Vec<Diagnostic>) {
    Content::embedded(FILES)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_data_of_the_pack_is_there_and_nothing_else() {
        let (content, _) = super::content();
        let named: Vec<&str> = content
            .detections
            .iter()
            .flat_map(|d| &d.tests)
            .flat_map(|t| &t.attack_data)
            .map(|data| data.data.as_str())
            .collect();
        assert!(named.iter().all(|name| super::data(name).is_some_and(|(_, bytes)| !bytes.is_empty())));
        let used = |known: &str| named.iter().any(|name| name.trim_start_matches("../") == known);
        assert!(super::DATA.iter().all(|(known, _)| used(known)));
        assert!(super::data("examples/none").is_none());
    }

    #[test]
    fn the_pack_loads_without_a_remark() {
        let (content, diagnostics) = super::content();
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        assert!(content.detections.len() >= 10, "{}", content.detections.len());
    }
}
