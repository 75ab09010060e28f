//! What rules are called and where their pages are, which is known before anything else of a page is made.

use super::keys::{self, Keys};
use super::{Folder, rule};
use crate::model::Language;
use grotto_content::Detection;
use grotto_detect::RuleSet;

/// What a rule is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    /// As [`RulePage::id`](crate::model::RulePage::id).
    pub id: String,
    /// Name for people.
    pub name: String,
    /// As [`RulePage::slug`](crate::model::RulePage::slug).
    pub slug: String,
    /// As [`RulePage::folder`](crate::model::RulePage::folder).
    pub folder: String,
    /// As [`Facts::file`](crate::model::Facts::file).
    pub file: String,
}

/// The names of all rules, in the order of the catalogue: those that their pages will have.
pub fn names(rules: &RuleSet, folders: &[Folder]) -> Vec<Names> {
    let of = |detection: &Detection| Names {
        id: rule::id(detection),
        name: detection.name.clone(),
        slug: String::new(),
        folder: String::new(),
        file: rule::file(detection, rule::folder(detection, folders)),
    };
    let mut all: Vec<Names> = rules.rules.iter().map(|rule| of(&rule.detection)).collect();
    all.sort_by_cached_key(|one| order(Language::Spl.name(), &one.name, &one.id));
    let places: Vec<_> = places(all.iter().map(|one| (one.id.as_str(), one.name.as_str())));
    for (one, (folder, slug)) in all.iter_mut().zip(places) {
        (one.folder, one.slug) = (folder, slug);
    }
    all
}

/// What decides the place of a rule in the catalogue.
pub(super) fn order(section: &str, name: &str, id: &str) -> (String, String, String) {
    (section.to_owned(), name.to_lowercase(), id.to_owned())
}

/// Folder and slug of rules of these ids and names, which are in the order of the catalogue.
pub(super) fn places<'a>(rules: impl Iterator<Item = (&'a str, &'a str)> + Clone) -> Vec<(String, String)> {
    let mut keys = Keys::default();
    // Folders go first: an address by name gives way to one by id.
    let folders: Vec<String> = rules.clone().map(|(id, _)| keys::folder(id, &mut keys)).collect();
    folders.into_iter().zip(rules.map(|(_, name)| keys.of(name))).collect()
}
