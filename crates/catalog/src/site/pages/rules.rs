//! The pages of rules, their files, and the addresses that lead to them.

use super::Page;
use crate::model::RulePage;
use crate::site::cx::Cx;
use crate::site::frame::{Frame, Menu};
use crate::site::links;
use crate::site::rule::RuleView;
use askama::Template;
use rayon::prelude::*;
use rustc_hash::FxHashSet;

/// A page that leads to another.
#[derive(Template)]
#[template(path = "redirect.html")]
struct Redirect {
    frame: Frame,
    name: String,
    href: String,
}

/// For each rule its page, its file, its page as JSON, and the address with its name; for rules that don't fit on their page
/// another that has everything.
pub(super) fn pages(cx: &Cx) -> Vec<Page> {
    let long: FxHashSet<usize> =
        (0..cx.catalog.rules.len()).into_par_iter().filter(|i| is_long(cx, *i)).collect();
    let of = |(i, rule): (usize, &RulePage)| {
        let folder = links::rule(rule);
        let (page, full) = (format!("{folder}index.html"), format!("{folder}full/index.html"));
        let slug = format!("rules/{}/index.html", rule.slug);
        let everything = long.contains(&i).then(|| {
            Page::new(full.clone(), move |cx| {
                Ok(RuleView::full(cx, &full, &cx.catalog.rules[i]).render()?.into_bytes())
            })
        });
        let own = [
            Page::new(page.clone(), move |cx| RuleView::bounded(cx, &page, &cx.catalog.rules[i])),
            Page::new(format!("{folder}rule.yml"), move |cx| {
                Ok(cx.catalog.rules[i].body.file.as_bytes().to_vec())
            }),
            Page::new(format!("{folder}rule.json"), move |cx| Ok(super::machine::json(&cx.catalog.rules[i]))),
            Page::html(slug.clone(), move |cx| redirect(cx, &slug, &cx.catalog.rules[i])).leading_on(),
        ];
        own.into_iter().chain(everything)
    };
    let mut pages: Vec<_> = cx.catalog.rules.iter().enumerate().flat_map(of).collect();
    // Pages before addresses that only lead on, which give way where both have the same path.
    pages.sort_by_key(|page| page.leads_on);
    pages
}

/// Whether a rule's page leaves something out.
fn is_long(cx: &Cx, i: usize) -> bool {
    let rule = &cx.catalog.rules[i];
    let path = format!("{}index.html", links::rule(rule));
    RuleView::is_long(cx, &path, rule)
}

fn redirect(cx: &Cx, path: &str, rule: &RulePage) -> Redirect {
    let mut frame = cx.frame(path, &rule.name, Menu::Rules);
    frame.lead_to(&format!("{}index.html", links::rule(rule)));
    Redirect { href: format!("{}{}", frame.root, links::rule(rule)), frame, name: rule.name.clone() }
}
