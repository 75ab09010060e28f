//! The files that pages are shown with. Their names hold a hash of their content, so that they may be kept for ever.

use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::sync::LazyLock;

/// A file that pages are shown with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// The name by which it is asked for: `catalog.css`.
    pub name: &'static str,
    /// Path below the site's top: `assets/catalog-1f2e3d4c5b.css`.
    pub path: String,
    /// Content.
    pub content: &'static str,
}

static ASSETS: LazyLock<Vec<Asset>> = LazyLock::new(|| {
    [
        ("catalog.css", include_str!("../../assets/catalog.css")),
        ("catalog.js", include_str!("../../assets/catalog.js")),
        ("icon.svg", include_str!("../../assets/icon.svg")),
        ("theme.js", include_str!("../../assets/theme.js")),
    ]
    .into_iter()
    .map(|(name, content)| Asset {
        name,
        path: format!("assets/{}", hashed(name, content.as_bytes())),
        content,
    })
    .collect()
});

/// The asset of this name: `catalog.css`, `catalog.js`, `icon.svg`, `theme.js`.
pub fn asset(name: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.name == name)
}

/// All assets.
pub(super) fn assets() -> &'static [Asset] {
    &ASSETS
}

/// A file name with ten digits of the content's hash before its ending.
pub(super) fn hashed(name: &str, content: &[u8]) -> String {
    let hash = Sha256::digest(content);
    let mut digits = String::new();
    for byte in hash.iter().take(5) {
        let _ = write!(digits, "{byte:02x}");
    }
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, "bin"));
    format!("{stem}-{digits}.{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_content() {
        assert_eq!(hashed("a.js", b""), "a-e3b0c44298.js");
        assert_ne!(hashed("a.js", b"1"), hashed("a.js", b"2"));
        for asset in assets() {
            assert!(super::super::links::is_safe_path(&asset.path), "{}", asset.path);
        }
        assert!(asset("catalog.css").is_some() && asset("nothing.css").is_none());
    }
}
