//! `grotto catalog build`: the site as files.

use super::{BuildArgs, folder::Folder, load};
use crate::Ending;
use crate::setup;
use grotto_catalog::site::{Options, Page, Site};
use rayon::prelude::*;
use std::sync::Arc;
use std::time::Instant;

/// Runs the command.
pub(super) fn run(args: &BuildArgs) -> Ending {
    let started = Instant::now();
    let folder = match Folder::open(&args.out) {
        Ok(folder) => folder,
        Err(diagnostic) => {
            setup::report(&diagnostic, args.source.common.color);
            return Ending::Wrong;
        }
    };
    let Some(loaded) = load::catalog(&args.source) else { return Ending::Wrong };
    let rules = loaded.catalog.rules.len();
    let options = Options { base_url: args.source.base_url.clone() };
    let (site, diagnostics) = Site::new(Arc::new(loaded.catalog), options);
    for diagnostic in &diagnostics {
        setup::report(diagnostic, args.source.common.color);
    }
    let written = match write(&site, folder) {
        Ok(written) => written,
        Err(error) => {
            setup::say(&format!("error: can't write the site: {error}"));
            return Ending::Wrong;
        }
    };
    if args.source.base_url.is_none() {
        setup::say("note: no sitemap.xml, as --base-url does not say where the site will be");
    }
    setup::say(&format!(
        "{rules} rules, {} files in {} ({} new or changed, {} removed), {:.1} s",
        site.pages().len(),
        args.out.display(),
        written.changed,
        written.removed,
        started.elapsed().as_secs_f64()
    ));
    if loaded.faulty { Ending::Wrong } else { Ending::Done }
}

/// What was done.
pub(super) struct Written {
    changed: usize,
    removed: usize,
}

/// Writes the files, those that others need first: no page is there before what it is shown with.
pub(super) fn write(site: &Site, mut folder: Folder) -> std::io::Result<Written> {
    let pages = site.pages();
    folder.begin(pages.iter().map(|page| page.path.as_str()))?;
    let step = |page: &Page| match page.path.as_str() {
        path if path.starts_with("assets/") || path.starts_with("data/") => 0,
        "index.html" => 2,
        _ => 1,
    };
    let mut changed = 0;
    for number in 0..3 {
        let these = pages.par_iter().filter(|page| step(page) == number);
        let put = |page: &Page| -> std::io::Result<usize> {
            let content = site.make(page).map_err(std::io::Error::other)?;
            folder.put(&page.path, &content).map(usize::from)
        };
        changed += these.map(put).try_reduce(|| 0, |a, b| Ok(a + b))?;
    }
    Ok(Written { changed, removed: folder.finish()? })
}
