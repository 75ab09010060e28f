//! What SPL means, as cases with sources: the Markdown pages under `conformance/` at the root of the repository.
//!
//! Every case runs in full: macros, the rows as events through the one pass, twice with different splits. All failures are
//! told before the test fails. `CONFORMANCE=stats.md` or a part of a title runs some only; `CONFORMANCE_UPDATE=1`
//! writes the tables of `conformance/README.md` anew.

mod page;
mod readme;
mod run;

use page::{Case, Page};
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// The folder of the pages.
fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../conformance"))
}

/// All pages in order of their names; a malformed one fails the test with its place.
fn pages() -> Vec<Page> {
    let entries = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = entries
        .filter(|path| path.extension().is_some_and(|e| e == "md") && !path.ends_with("README.md"))
        .collect();
    files.sort();
    let (mut pages, mut wrong) = (Vec::new(), Vec::new());
    for path in files {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        match page::parse(&name, &std::fs::read_to_string(&path).unwrap()) {
            Ok(page) => pages.push(page),
            Err(error) => wrong.push(format!("conformance/{name}:{}: {}", error.line, error.message)),
        }
    }
    assert!(wrong.is_empty(), "malformed pages:\n{}", wrong.join("\n"));
    pages
}

fn told(page: &Page, case: &Case, difference: &str) -> String {
    let why = case.sources.iter().map(|url| format!("  {url}\n"));
    let why = why.chain(case.assumptions.iter().map(|name| format!("  assumption {name}\n")));
    let why: String = why.collect();
    format!("conformance/{}:{}: {}\n{difference}{why}", page.file, case.line, case.title)
}

#[test]
fn every_case_gives_what_the_documentation_says() {
    let pages = pages();
    let only = std::env::var("CONFORMANCE").unwrap_or_default();
    let wanted = |page: &Page, case: &Case| page.file == only || case.title.contains(&only);
    let cases: Vec<(&Page, &Case)> = pages
        .iter()
        .flat_map(|page| page.cases.iter().map(move |case| (page, case)))
        .filter(|(page, case)| wanted(page, case))
        .collect();
    let shipped = run::shipped();
    let failures: Vec<(&str, String)> = cases
        .par_iter()
        .filter_map(|(page, case)| {
            let difference = run::run(case, &shipped).err()?;
            Some((page.file.as_str(), told(page, case, &difference)))
        })
        .collect();
    for (_, failure) in &failures {
        println!("{failure}");
    }
    for page in &pages {
        let all = cases.iter().filter(|(p, _)| p.file == page.file).count();
        let failed = failures.iter().filter(|(file, _)| *file == page.file).count();
        println!("{:>4}/{all:<4} {}", all - failed, page.file);
    }
    println!("{:>4}/{:<4} conformance cases", cases.len() - failures.len(), cases.len());
    assert!(!cases.is_empty(), "no case is called {only}");
    assert!(failures.is_empty(), "{} of {} conformance cases fail", failures.len(), cases.len());
}

#[test]
fn every_assumption_is_pinned_by_a_case() {
    let pages = pages();
    let pinned: BTreeSet<&str> = pages
        .iter()
        .flat_map(|page| &page.cases)
        .flat_map(|case| case.assumptions.iter().map(String::as_str))
        .collect();
    let loose: Vec<&str> = grotto_engine::assumptions::ASSUMPTIONS
        .iter()
        .map(|assumption| assumption.name)
        .filter(|name| !pinned.contains(name))
        .collect();
    assert!(loose.is_empty(), "no conformance case pins {loose:?}: add one with `- assumption: NAME`");
}

#[test]
fn the_readme_tells_which_cases_cover_which_point() {
    let path = folder().join("README.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let updated = readme::updated(&text, &pages()).unwrap_or_else(|wrong| panic!("{wrong}"));
    if std::env::var_os("CONFORMANCE_UPDATE").is_some() {
        std::fs::write(&path, updated).unwrap();
    } else {
        assert!(text == updated, "conformance/README.md is not up to date: run with CONFORMANCE_UPDATE=1");
    }
}
