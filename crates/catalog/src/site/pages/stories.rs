//! Stories: the list, and a page for each.

use super::Page;
use super::fields::links_block;
use crate::model::StoryEntry;
use crate::site::article::{Article, Block, Cell, Section, rules_section};
use crate::site::cx::Cx;
use crate::site::frame::Menu;
use crate::site::links;
use crate::site::markdown::markdown;

/// The list and the pages.
pub(super) fn pages(cx: &Cx) -> Vec<Page> {
    let entry = |(i, story): (usize, &StoryEntry)| {
        let path = format!("{}index.html", links::story(&story.key));
        Page::html(path.clone(), move |cx| make(cx, &path, &cx.catalog.stories[i]))
    };
    let mut pages: Vec<_> = cx.catalog.stories.iter().enumerate().map(entry).collect();
    pages.push(Page::html("stories/index.html", list));
    pages
}

fn make(cx: &Cx, path: &str, story: &StoryEntry) -> Article {
    let frame = cx.frame(path, &story.name, Menu::Browse).with_description(&story.description);
    let mut page =
        Article::new(frame, &story.name).below(&[("Detection rules", ""), ("Stories", "stories/")]);
    page.lede = prose(&story.description);
    let references = story.references.iter().map(|url| Cell::text(url).to(url)).collect();
    page.sections = vec![
        rules_section(cx, &story.rules, "Rules of the story"),
        Section::new("narrative", "Narrative", prose(&story.narrative)),
        Section::new("references", "References", links_block(references)),
    ];
    page
}

/// Markdown as a block; nothing when it is empty.
pub(super) fn prose(text: &str) -> Vec<Block> {
    if text.trim().is_empty() { Vec::new() } else { vec![Block::Prose(markdown(text))] }
}

/// A page that is a list of links in columns.
pub(super) fn listing(cx: &Cx, path: &str, title: &str, lede: &str, cells: Vec<Cell>) -> Article {
    let mut page = Article::new(cx.frame(path, title, Menu::Browse), title)
        .below(&[("Detection rules", ""), ("Browse", "browse/")]);
    page.lede = vec![Block::Text(lede.to_owned())];
    page.sections = vec![Section::new(
        "all",
        crate::site::cx::counted(cells.len(), "entry").replace("entrys", "entries"),
        links_block(cells),
    )];
    page
}

fn list(cx: &Cx) -> Article {
    let cells = cx
        .catalog
        .stories
        .iter()
        .map(|s| Cell::text(&s.name).to(links::story(&s.key)).more(s.rules.len().to_string()))
        .collect();
    listing(
        cx,
        "stories/index.html",
        "Stories",
        "What attackers do, each with the rules that look for it.",
        cells,
    )
}
