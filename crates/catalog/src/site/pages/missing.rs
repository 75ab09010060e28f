//! The page for addresses that lead nowhere.

use super::Page;
use crate::site::article::{Article, Block};
use crate::site::cx::Cx;
use crate::site::frame::Menu;

/// The page.
pub(super) fn pages(_: &Cx) -> Vec<Page> {
    vec![Page::html("404.html", |cx| {
        let mut frame = cx.frame("404.html", "Not found", Menu::None);
        // It is shown at any address, so that links have to start at the site's top.
        frame.root = cx
            .options
            .base_url
            .as_ref()
            .map_or_else(|| "/".to_owned(), |base| format!("{}/", base.trim_end_matches('/')));
        let mut page = Article::new(frame, "There is no such page");
        page.lede = vec![Block::Text(
            "The rule may have been removed, or the address has a fault. All rules are on the first page."
                .to_owned(),
        )];
        page
    })]
}
