//! Files that pages are shown with, and the data of the index.

use super::Page;
use crate::site::assets::assets;
use crate::site::cx::Cx;

/// The files that any page is shown with.
pub(super) fn pages() -> Vec<Page> {
    assets()
        .iter()
        .map(|asset| Page::new(asset.path.clone(), move |_| Ok(asset.content.as_bytes().to_vec())))
        .collect()
}

/// The data of the index.
pub(super) fn data(cx: &Cx) -> Vec<Page> {
    vec![
        Page::new(cx.data.facets.0.clone(), |cx| Ok(cx.data.facets.1.clone().into_bytes())),
        Page::new(cx.data.text.0.clone(), |cx| Ok(cx.data.text.1.clone().into_bytes())),
    ]
}
