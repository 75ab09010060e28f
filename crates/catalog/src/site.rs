//! The site: which files it has and what is in them.
//!
//! [`Site::new`] lists all pages of a catalogue, each with its path and the function that makes it; nothing is made
//! before it is asked for, so that a builder makes them side by side and a server one at a time. Paths hold only
//! letters, digits, `-`, `_` and `.`: what rules say can't lead out of a folder. Links are relative.

mod article;
mod assets;
mod cx;
mod difference;
mod facets;
mod frame;
mod highlight;
pub mod links;
mod markdown;
mod pack;
mod pages;
mod query;
mod room;
mod rule;
mod words;

pub(crate) use article::level;
pub use assets::asset;
pub(crate) use cx::thousands;
pub use cx::{Cx, Options};
pub use frame::{Frame, Menu, POLICY};
pub use query::Query;

use crate::model::Catalog;
use grotto_diag::Diagnostic;
use std::sync::Arc;

/// Makes what is in a file.
type Make = Box<dyn Fn(&Cx) -> Result<Vec<u8>, askama::Error> + Send + Sync>;

/// A file of the site.
pub struct Page {
    /// Path below the site's top, with `/` between its parts: `rules/<id>/index.html`.
    pub path: String,
    /// Whether it only leads to another page, and gives way where both have the same path.
    leads_on: bool,
    make: Make,
}

impl Page {
    /// A page that is made by a function.
    fn new(
        path: impl Into<String>,
        make: impl Fn(&Cx) -> Result<Vec<u8>, askama::Error> + Send + Sync + 'static,
    ) -> Self {
        Self { path: path.into(), leads_on: false, make: Box::new(make) }
    }

    /// A page that is a template.
    fn html<T: askama::Template>(
        path: impl Into<String>,
        template: impl Fn(&Cx) -> T + Send + Sync + 'static,
    ) -> Self {
        Self::new(path, move |cx| Ok(template(cx).render()?.into_bytes()))
    }

    /// The same, giving way to other pages.
    fn leading_on(mut self) -> Self {
        self.leads_on = true;
        self
    }
}

/// A site.
pub struct Site {
    cx: Cx,
    pages: Vec<Page>,
}

impl Site {
    /// The site of a catalogue, and what could not be given a page.
    pub fn new(catalog: Arc<Catalog>, options: Options) -> (Self, Vec<Diagnostic>) {
        let cx = Cx::new(catalog, options);
        let (pages, diagnostics) = tidy(pages::all(&cx));
        (Self { cx, pages }, diagnostics)
    }

    /// A site with nothing but the page that tells how two catalogues differ, which are called by these names.
    pub fn of_difference(old: (&str, &Catalog), new: (&str, Arc<Catalog>), options: Options) -> Self {
        let difference = crate::diff::diff(old.1, &new.1);
        let names = (old.0.to_owned(), new.0.to_owned());
        let cx = Cx::new(new.1, options);
        let mut pages = pages::assets();
        pages.push(Page::html("index.html", move |cx| difference::page(cx, &difference, &names.0, &names.1)));
        let (pages, _) = tidy(pages);
        Self { cx, pages }
    }

    /// All files, by path.
    pub fn pages(&self) -> &[Page] {
        &self.pages
    }

    /// What is in a file.
    ///
    /// # Errors
    ///
    /// A template fails, which only a full memory makes it do.
    pub fn make(&self, page: &Page) -> Result<Vec<u8>, askama::Error> {
        (page.make)(&self.cx)
    }

    /// The page at the path of an address, without its first `/`: that of a folder is its `index.html`.
    pub fn find(&self, path: &str) -> Option<&Page> {
        let index;
        let path = if path.is_empty() || path.ends_with('/') {
            index = format!("{path}index.html");
            &index
        } else {
            path
        };
        let at = self.pages.binary_search_by(|page| page.path.as_str().cmp(path)).ok()?;
        self.pages.get(at)
    }

    /// The index with what a query leaves of it and with its facets as links, as a server gives it.
    ///
    /// # Errors
    ///
    /// As of [`Site::make`].
    pub fn index(&self, query: &Query) -> Result<Vec<u8>, askama::Error> {
        pages::index(&self.cx, Some(query))
    }
}

/// Sorts pages by path, and leaves out what is no safe path and what another page has, whatever the letter case: there
/// are file systems that don't tell them apart.
fn tidy(mut pages: Vec<Page>) -> (Vec<Page>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let mut seen = rustc_hash::FxHashSet::default();
    pages.retain(|page| {
        let safe = links::is_safe_path(&page.path);
        let new = safe && seen.insert(page.path.to_ascii_lowercase());
        // Addresses that only lead on may meet others; the pages that they lead to have their own.
        if !safe || (!new && !page.leads_on) {
            let why = if safe { "another page has the same address" } else { "it is no safe address" };
            diagnostics.push(
                Diagnostic::warning(
                    "catalog/address",
                    format!("no page at `{}`: {why}", page.path.escape_debug()),
                )
                .help("two things whose names differ in signs only share a page"),
            );
        }
        new
    });
    pages.sort_by(|a, b| a.path.cmp(&b.path));
    (pages, diagnostics)
}
