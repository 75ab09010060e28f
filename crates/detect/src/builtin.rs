//! The pack of rules that the binary carries.

use grotto_content::Content;
use grotto_diag::Diagnostic;

/// Path below `rules/` and text of every file of the pack.
static FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/rules.rs"));

/// The pack, and what is wrong with it (nothing, the tests hold).
pub fn content() -> (Content, Vec<Diagnostic>) {
    Content::embedded(FILES)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_pack_loads_without_a_remark() {
        let (content, diagnostics) = super::content();
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        assert!(content.detections.len() >= 10, "{}", content.detections.len());
    }
}
