//! Files that pages are shown with, and the data of the index.

use super::Page;
use crate::site::assets::assets;
use crate::site::cx::Cx;

/// The files.
pub(super) fn pages(cx: &Cx) -> Vec<Page> {
    let mut pages: Vec<_> = assets()
        .iter()
        .map(|asset| Page::new(asset.path.clone(), move |_| Ok(asset.content.as_bytes().to_vec())))
        .collect();
    pages.push(Page::new(cx.data.facets.0.clone(), |cx| Ok(cx.data.facets.1.clone().into_bytes())));
    pages.push(Page::new(cx.data.text.0.clone(), |cx| Ok(cx.data.text.1.clone().into_bytes())));
    pages
}
