//! The kinds of pages, one file each. A file says which pages of its kind there are and makes them.

mod attack;
mod browse;
mod data_sources;
mod events;
mod exports;
mod fields;
mod index;
mod indicators;
mod language;
mod lookups;
mod machine;
mod macros;
mod missing;
mod report;
mod rules;
mod sections;
mod static_files;
mod stories;
mod tactics;
mod techniques;

pub(super) use exports::escaped;
pub(super) use fields::links_block;
pub(super) use sections::way;

use super::cx::Cx;
use super::{Page, Query};

/// All pages of a site.
pub(super) fn all(cx: &Cx) -> Vec<Page> {
    [
        attack::pages(cx),
        browse::pages(cx),
        data_sources::pages(cx),
        events::pages(cx),
        exports::pages(cx),
        fields::pages(cx),
        index::pages(cx),
        indicators::pages(cx),
        language::pages(cx),
        lookups::pages(cx),
        machine::pages(cx),
        macros::pages(cx),
        missing::pages(cx),
        report::pages(cx),
        sections::pages(cx),
        static_files::pages(),
        static_files::data(cx),
        stories::pages(cx),
        tactics::pages(cx),
        techniques::pages(cx),
        // Last, as addresses that only lead on give way to others.
        rules::pages(cx),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The index, as a server gives it for a query.
pub(super) fn index(cx: &Cx, query: Option<&Query>) -> Result<Vec<u8>, askama::Error> {
    index::make(cx, query)
}

/// The files that any page is shown with.
pub(super) fn assets() -> Vec<Page> {
    static_files::pages()
}
