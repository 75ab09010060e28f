//! What stands around every page.

use super::assets::asset;
use super::links;

/// What stands around a page; `templates/base.html` shows it.
#[derive(Debug, Clone, Default)]
pub struct Frame {
    /// The way to the site's top, with `/` at its end: `../../`.
    pub root: String,
    /// Title of the window.
    pub title: String,
    /// What search engines show; may be empty.
    pub description: String,
    /// The entry of the menu that is marked.
    pub section: Menu,
    /// What stands at the foot.
    pub footer: String,
    /// Whether the page is all there is, so that there is no menu.
    pub alone: bool,
    /// Whether the field for searching is at the top; the index has its own.
    pub search: bool,
    /// The site's address, with `/` at its end.
    base: Option<String>,
    /// The page's path.
    path: String,
}

/// An entry of the menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Menu {
    /// None.
    #[default]
    None,
    /// All rules.
    Rules,
    /// The ATT&CK matrix.
    Attack,
    /// The event matrix.
    Events,
    /// Shared indicators.
    Indicators,
    /// All else that rules share.
    Browse,
    /// Commands and functions.
    Language,
    /// What is odd.
    Report,
}

/// An entry of the menu as it is shown.
pub struct MenuItem {
    /// Address below the site's top.
    pub href: &'static str,
    /// Name.
    pub name: &'static str,
    /// Whether the page is in this part of the site.
    pub current: bool,
}

/// The menu: entry, address, name.
const MENU: [(Menu, &str, &str); 7] = [
    (Menu::Rules, "", "Rules"),
    (Menu::Attack, "attack/", "ATT&CK"),
    (Menu::Events, "events/", "Events"),
    (Menu::Indicators, "indicators/", "Indicators"),
    (Menu::Browse, "browse/", "Browse"),
    (Menu::Language, "language/", "Language"),
    (Menu::Report, "report/", "Report"),
];

impl Frame {
    /// The frame of the page at a path.
    pub fn new(path: &str, title: impl Into<String>, section: Menu) -> Self {
        Self {
            root: links::root_of(path),
            title: title.into(),
            section,
            search: true,
            path: path.to_owned(),
            ..Self::default()
        }
    }

    /// With the site's address and the words at its foot.
    pub fn on_site(mut self, base: Option<&str>, footer: &str) -> Self {
        self.base = base.map(|base| format!("{}/", base.trim_end_matches('/')));
        footer.clone_into(&mut self.footer);
        self
    }

    /// With a description, cut to a length that search engines show.
    pub fn with_description(mut self, text: &str) -> Self {
        let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
        self.description = match flat.char_indices().nth(200) {
            Some((at, _)) => format!("{}…", &flat[..at]),
            None => flat,
        };
        self
    }

    /// As the frame of an address that only leads to another path, which is the page's own.
    pub(super) fn lead_to(&mut self, path: &str) {
        path.clone_into(&mut self.path);
    }

    /// The page's own address, where that of the site is known.
    pub fn canonical(&self) -> Option<String> {
        let path = self.path.strip_suffix("index.html").unwrap_or(&self.path);
        self.base.as_ref().map(|base| format!("{base}{path}"))
    }

    /// The address of an asset, by its name.
    pub fn asset(&self, name: &str) -> String {
        format!("{}{}", self.root, asset(name).map_or("", |asset| &asset.path))
    }

    /// The menu.
    pub fn menu(&self) -> impl Iterator<Item = MenuItem> + use<> {
        let section = self.section;
        MENU.into_iter().map(move |(entry, href, name)| MenuItem { href, name, current: entry == section })
    }

    /// What a page may load and run: only what lies in the site.
    pub fn policy(&self) -> &'static str {
        POLICY
    }
}

/// The content security policy of all pages.
pub const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_knows_its_way() {
        let frame = Frame::new("rules/x/index.html", "X", Menu::Rules).on_site(Some("https://a.example"), "");
        assert_eq!(frame.root, "../../");
        assert_eq!(frame.canonical().as_deref(), Some("https://a.example/rules/x/"));
        assert!(frame.asset("catalog.css").starts_with("../../assets/catalog-"));
        assert_eq!(frame.menu().filter(|item| item.current).count(), 1);
    }

    #[test]
    fn descriptions_are_flat_and_short() {
        let frame = Frame::default().with_description(&"ä \n".repeat(500));
        assert_eq!(frame.description.chars().count(), 201);
        assert!(!frame.description.contains('\n'));
    }
}
