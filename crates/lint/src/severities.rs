//! What each lint weighs in a project.

use grotto_diag::Severity;
use std::collections::BTreeMap;

/// What a lint is set to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Not reported.
    Off,
    /// Reported with this severity.
    On(Severity),
}

impl Level {
    /// `off` or `allow`, `info`, `warn` or `warning`, `error` or `deny`.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name.trim().to_ascii_lowercase().as_str() {
            "off" | "allow" => Self::Off,
            "info" | "note" => Self::On(Severity::Info),
            "warn" | "warning" => Self::On(Severity::Warning),
            "error" | "deny" => Self::On(Severity::Error),
            _ => return None,
        })
    }
}

/// Levels by slug; what is not named keeps its own severity. `area/*` stands for all slugs of an area.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Severities {
    levels: BTreeMap<String, Level>,
}

impl Severities {
    /// Sets a level.
    pub fn set(&mut self, slug: impl Into<String>, level: Level) {
        self.levels.insert(slug.into(), level);
    }

    /// Those of `other` go before these.
    pub fn over(mut self, other: &Self) -> Self {
        self.levels.extend(other.levels.iter().map(|(slug, level)| (slug.clone(), *level)));
        self
    }

    /// The level that was set for a slug.
    pub fn get(&self, slug: &str) -> Option<Level> {
        let area = || slug.split_once('/').and_then(|(area, _)| self.levels.get(&format!("{area}/*")));
        self.levels.get(slug).or_else(area).copied()
    }

    /// The slugs that were named, as they were written.
    pub fn slugs(&self) -> impl Iterator<Item = &str> {
        self.levels.keys().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_goes_before_its_area_and_the_later_map_before_the_earlier() {
        let mut base = Severities::default();
        base.set("search/*", Level::Off);
        base.set("search/a", Level::On(Severity::Error));
        assert_eq!(base.get("search/a"), Some(Level::On(Severity::Error)));
        assert_eq!(base.get("search/b"), Some(Level::Off));
        assert_eq!(base.get("meta/b"), None);
        let mut later = Severities::default();
        later.set("search/a", Level::Off);
        assert_eq!(base.over(&later).get("search/a"), Some(Level::Off));
        assert_eq!(Level::named(" Warning"), Some(Level::On(Severity::Warning)));
        assert_eq!(Level::named("loud"), None);
    }
}
