//! What HTML asks for beyond its syntax: which elements may stand in which, and what each page has to have
//! (<https://html.spec.whatwg.org/multipage/dom.html#content-models>).

use markup5ever_rcdom::{Handle, NodeData};

/// Elements that hold text and what stands in a line of text, and nothing else.
const PHRASING_ONLY: [&str; 27] = [
    "abbr", "b", "bdi", "button", "cite", "code", "dfn", "em", "h1", "h2", "h3", "h4", "i", "kbd", "label",
    "mark", "p", "pre", "q", "s", "small", "span", "strong", "sub", "sup", "time", "var",
];

/// Elements that can't stand in a line of text.
const FLOW: [&str; 26] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "details",
    "dialog",
    "div",
    "dl",
    "fieldset",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "header",
    "hr",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "ul",
];

/// What may be clicked, and may not hold another of its kind.
const CLICKED: [&str; 6] = ["a", "button", "details", "input", "select", "textarea"];

/// What an element has to stand in.
const PARENTS: [(&str, &[&str]); 9] = [
    ("li", &["ul", "ol"]),
    ("dt", &["dl", "div"]),
    ("dd", &["dl", "div"]),
    ("summary", &["details"]),
    ("caption", &["table"]),
    ("thead", &["table"]),
    ("tbody", &["table"]),
    ("td", &["tr"]),
    ("th", &["tr"]),
];

/// What may stand in an element directly.
const CHILDREN: [(&str, &[&str]); 5] = [
    ("ul", &["li"]),
    ("ol", &["li"]),
    ("dl", &["dt", "dd", "div"]),
    ("tr", &["td", "th"]),
    ("table", &["caption", "colgroup", "thead", "tbody", "tfoot"]),
];

/// What a page was seen to have.
#[derive(Default)]
struct Page {
    main: usize,
    titles: usize,
    /// The headings, by level.
    headings: Vec<usize>,
    language: bool,
}

/// Says what is wrong with the elements of a page.
pub(crate) fn check(document: &Handle, faults: &mut Vec<String>) {
    let mut page = Page::default();
    walk(document, &mut Vec::new(), &mut page, faults);
    if page.main != 1 || page.headings.iter().filter(|level| **level == 1).count() != 1 {
        faults.push("not one main and one first heading".to_owned());
    }
    if page.titles != 1 || !page.language {
        faults.push("no title or no language".to_owned());
    }
    let mut last = 0;
    for level in page.headings {
        if level > last + 1 {
            faults.push(format!("a heading of level {level} after one of level {last}"));
        }
        last = level;
    }
}

fn walk(node: &Handle, above: &mut Vec<String>, page: &mut Page, faults: &mut Vec<String>) {
    let children = node.children.borrow();
    let NodeData::Element { name, .. } = &node.data else {
        children.iter().for_each(|child| walk(child, above, page, faults));
        return;
    };
    let name = name.local.to_string();
    // The inside of a drawing has other rules.
    if name == "svg" {
        return;
    }
    note(node, &name, page);
    places(&name, above, faults);
    let allowed = CHILDREN.iter().find(|(parent, _)| *parent == name);
    for (child, (_, allowed)) in children.iter().filter_map(element).zip(allowed.iter().cycle()) {
        if !allowed.contains(&child.as_str()) && child != "script" && child != "template" {
            faults.push(format!("{child} in {name}"));
        }
    }
    match name.as_str() {
        "table" => rows(node, faults),
        "details" if children.iter().find_map(element).as_deref() != Some("summary") => {
            faults.push("details without a summary".to_owned());
        }
        "dl" if children.iter().all(|child| element(child).is_none()) => {
            faults.push(format!("{name} without anything in it"));
        }
        _ => {}
    }
    above.push(name);
    children.iter().for_each(|child| walk(child, above, page, faults));
    above.pop();
}

/// Keeps what a page has to have once.
fn note(node: &Handle, name: &str, page: &mut Page) {
    match name {
        "main" => page.main += 1,
        "title" if !text(node).trim().is_empty() => page.titles += 1,
        "html" => page.language = attribute(node, "lang").is_some_and(|language| !language.is_empty()),
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => page.headings.push(name[1..].parse().unwrap_or(0)),
        _ => {}
    }
}

/// Whether an element may stand where it does.
fn places(name: &str, above: &[String], faults: &mut Vec<String>) {
    let parent = above.last().map_or("", String::as_str);
    if let Some((_, parents)) = PARENTS.iter().find(|(child, _)| *child == name)
        && !parents.contains(&parent)
    {
        faults.push(format!("{name} in {parent}"));
    }
    if FLOW.contains(&name)
        && let Some(line) = above.iter().find(|outer| PHRASING_ONLY.contains(&outer.as_str()))
    {
        faults.push(format!("{name} in {line}"));
    }
    let outer = above.iter().find(|outer| matches!(outer.as_str(), "a" | "button"));
    if let Some(outer) = outer.filter(|_| CLICKED.contains(&name)) {
        faults.push(format!("{name} in {outer}"));
    }
}

/// Whether all rows of a table are as wide as its first, with the cells of rows above that reach into them.
fn rows(table: &Handle, faults: &mut Vec<String>) {
    let mut widths = Vec::new();
    for group in table.children.borrow().iter() {
        // Width, and rows still to come, of cells that reach down; they end with their group.
        let mut reaching: Vec<(usize, usize)> = Vec::new();
        for row in group.children.borrow().iter().filter(|row| element(row).as_deref() == Some("tr")) {
            let span = |cell, key| attribute(cell, key).map_or(1, |n| n.parse::<usize>().unwrap_or(0));
            let cells = row.children.borrow();
            let cells = cells.iter().filter(|cell| element(cell).is_some());
            let cells: Vec<_> = cells.map(|cell| (span(cell, "colspan"), span(cell, "rowspan"))).collect();
            widths.push(cells.iter().chain(&reaching).map(|(wide, _)| wide).sum::<usize>());
            reaching = cells.into_iter().chain(reaching).map(|(wide, tall)| (wide, tall - 1)).collect();
            reaching.retain(|(_, tall)| *tall > 0);
        }
        if !reaching.is_empty() {
            faults.push("a cell reaches below its table".to_owned());
        }
    }
    if widths.iter().any(|width| *width != widths[0]) {
        faults.push(format!("a table with rows of different widths: {widths:?}"));
    }
}

/// The name of an element; `None` for text and comments.
fn element(node: &Handle) -> Option<String> {
    if let NodeData::Element { name, .. } = &node.data { Some(name.local.to_string()) } else { None }
}

fn attribute(node: &Handle, key: &str) -> Option<String> {
    let NodeData::Element { attrs, .. } = &node.data else { return None };
    attrs.borrow().iter().find(|a| &*a.name.local == key).map(|a| a.value.to_string())
}

fn text(node: &Handle) -> String {
    match &node.data {
        NodeData::Text { contents } => contents.borrow().to_string(),
        _ => node.children.borrow().iter().map(text).collect(),
    }
}

#[test]
fn what_is_wrong_is_found() {
    let page = |body: &str| {
        let html = format!(
            "<!doctype html><html lang=en><head><title>t</title></head><body><main><h1>h</h1>{body}</main></body></html>"
        );
        crate::check::parse(html.as_bytes()).errors
    };
    assert_eq!(page("<ul><li><a href=x>y</a></li></ul><dl><dt>a</dt><dd>b</dd></dl>"), [""; 0]);
    assert_eq!(
        page("<table><tr><td rowspan=2>a<td>b<tr><td>c<tr><td colspan=2>d</table>"),
        [""; 0],
        "cells that reach over others"
    );
    for (body, fault) in [
        ("<p>a</div>", "Unexpected token"),
        ("<span><div>a</div></span>", "div in span"),
        ("<code><ul><li>a</li></ul></code>", "ul in code"),
        ("<ul><p>a</p></ul>", "p in ul"),
        ("<dl></dl>", "dl without anything"),
        ("<li>a</li>", "li in main"),
        ("<h3>a</h3>", "level 3 after one of level 1"),
        ("<h1>a</h1>", "not one main and one first heading"),
        ("<details><p>a</p></details>", "details without a summary"),
        ("<button><a href=x>y</a></button>", "a in button"),
        ("<table><tr><td>a<td>b<tr><td>c</table>", "different widths"),
        ("<table><tr><td rowspan=3>a<td>b<tr><td>c</table>", "reaches below"),
        ("<p id=a id=b>x</p>", "uplicate attribute"),
        ("<p>&nosuch;</p>", "character reference"),
    ] {
        let errors = page(body);
        assert!(errors.iter().any(|error| error.contains(fault)), "{body}: {errors:?}");
    }
}
