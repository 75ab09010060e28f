//! The pages of rules, their files, and the addresses that lead to them.

use super::Page;
use crate::model::RulePage;
use crate::site::cx::Cx;
use crate::site::frame::{Frame, Menu};
use crate::site::links;
use crate::site::rule::RuleView;
use askama::Template;

/// A page that leads to another.
#[derive(Template)]
#[template(path = "redirect.html")]
struct Redirect {
    frame: Frame,
    name: String,
    href: String,
}

/// For each rule its page, its file, its page as JSON, and the address with its name.
pub(super) fn pages(cx: &Cx) -> Vec<Page> {
    let of = |(i, rule): (usize, &RulePage)| {
        let folder = links::rule(rule);
        let page = format!("{folder}index.html");
        let slug = format!("rules/{}/index.html", rule.slug);
        [
            Page::new(page.clone(), move |cx| {
                Ok(RuleView::new(cx, &page, &cx.catalog.rules[i]).render()?.into_bytes())
            }),
            Page::new(format!("{folder}rule.yml"), move |cx| {
                Ok(cx.catalog.rules[i].body.file.as_bytes().to_vec())
            }),
            Page::new(format!("{folder}rule.json"), move |cx| Ok(super::machine::json(&cx.catalog.rules[i]))),
            Page::html(slug.clone(), move |cx| redirect(cx, &slug, &cx.catalog.rules[i])).leading_on(),
        ]
    };
    let mut pages: Vec<_> = cx.catalog.rules.iter().enumerate().flat_map(of).collect();
    // Pages before addresses that only lead on, which give way where both have the same path.
    pages.sort_by_key(|page| page.leads_on);
    pages
}

fn redirect(cx: &Cx, path: &str, rule: &RulePage) -> Redirect {
    let mut frame = cx.frame(path, &rule.name, Menu::Rules);
    frame.lead_to(&format!("{}index.html", links::rule(rule)));
    Redirect { href: format!("{}{}", frame.root, links::rule(rule)), frame, name: rule.name.clone() }
}
