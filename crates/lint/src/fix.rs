//! Changes that need no judgement.

use crate::edit;
use grotto_diag::{Diagnostic, Fix, Source};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A file with the changes made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fixed {
    /// The file as it was.
    pub source: Arc<Source>,
    /// Its new text.
    pub text: String,
    /// How many changes were made.
    pub changes: usize,
}

/// The files that the changes of these diagnostics touch, by name. Bytes outside of the changes stay as they are; where
/// changes overlap one is made, and the rest is for the next round.
pub fn apply(diagnostics: &[Diagnostic]) -> Vec<Fixed> {
    let mut files: BTreeMap<&str, (&Arc<Source>, Vec<&Fix>)> = BTreeMap::new();
    for diagnostic in diagnostics {
        let (Some(source), Some(fix)) = (&diagnostic.source, &diagnostic.fix) else { continue };
        let (_, fixes) = files.entry(&source.name).or_insert_with(|| (source, Vec::new()));
        fixes.push(fix);
    }
    let all = files.into_values().map(|(source, fixes)| {
        let (text, changes) = edit::apply(&source.text, &fixes);
        Fixed { source: Arc::clone(source), text, changes }
    });
    all.filter(|fixed| fixed.text != fixed.source.text).collect()
}
