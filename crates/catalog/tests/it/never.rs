//! Rules of which the report says that they can never fire, held against a scan: made-up searches over every event that
//! could tell two of them apart.

use crate::corpus::of;
use grotto_content::Content;
use grotto_detect::record::{Files, Record};
use grotto_detect::{Evaluation, RuleSet};
use grotto_engine::Context;
use grotto_events::{Batch, Column, Part};
use grotto_knowledge::Knowledge;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::time::Duration;

/// How many rules are made.
const RULES: usize = 1_500;
/// Values of fields in events; `None` for an event without the field.
const VALUES: [Option<&str>; 8] =
    [None, Some("x"), Some("y"), Some("1"), Some("01"), Some("1.0"), Some("2"), Some("z")];

/// Numbers that are always the same (Knuth, MMIX).
struct Chance(u64);

impl Chance {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len() as u64) as usize]
    }
}

/// A comparison.
fn leaf(chance: &mut Chance, simple: bool) -> String {
    let field = chance.of(&["a", "b"]);
    if simple {
        return format!("{field}={}", chance.of(&["x", "y", "1", "2", "X"]));
    }
    let value = chance.of(&["x", "y", "1", "01", "1.0", "2", "X"]);
    match chance.below(8) {
        0 => format!("{field}!={value}"),
        1 => format!("{field}=*"),
        2 => format!("{field}=\"{value}*\""),
        3 => format!("{field} IN ({value}, y)"),
        4 => format!("{field}=CASE({value})"),
        _ => format!("{field}={value}"),
    }
}

/// A condition of a depth.
fn condition(chance: &mut Chance, depth: u32) -> String {
    if depth == 0 || chance.below(4) == 0 {
        return leaf(chance, false);
    }
    let parts: Vec<String> = (0..2 + chance.below(2)).map(|_| condition(chance, depth - 1)).collect();
    match chance.below(5) {
        0 => format!("NOT ({})", parts.join(" OR ")),
        1 => format!("NOT ({})", parts.join(" ")),
        2 => format!("({})", parts.join(" OR ")),
        _ => format!("({})", parts.join(" ")),
    }
}

/// Every event with two fields.
fn events() -> Part {
    let all = VALUES.iter().flat_map(|a| VALUES.iter().map(move |b| (*a, *b)));
    let batches = all.map(|(a, b)| {
        let mut batch = Batch::new(1);
        for (name, value) in [("a", a), ("b", b)] {
            if let Some(value) = value {
                batch.set(name, Column::text([Some(value)]));
            }
        }
        batch
    });
    Part::of_batches("all", batches.collect())
}

/// The names of the rules that fire.
fn fired(content: &Content) -> BTreeSet<String> {
    let context = Context::default();
    let (knowledge, _) = Knowledge::load(&[], &context);
    let macros = grotto_detect::macros::table(content, &knowledge);
    let mut rules = RuleSet::compile(content, &macros, &knowledge, &context);
    rules.evaluation = Evaluation::Full;
    let outcome = grotto_detect::scan(&rules, &[events()], &knowledge, &|_| {});
    let records = outcome.records(&rules, &[], Files::default(), Duration::ZERO);
    let hit =
        |record: &Record| if let Record::Hit(hit) = record { Some(hit.rule.name.clone()) } else { None };
    records.iter().filter_map(hit).collect()
}

#[test]
fn rules_that_can_never_fire_do_not_and_plain_contradictions_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let (mut chance, mut searches) = (Chance(11), Vec::new());
    for n in 0..RULES {
        // A third are nothing but equalities: of these all contradictions have to be found.
        let search = if n % 3 == 0 {
            (0..2 + chance.below(3)).map(|_| leaf(&mut chance, true)).collect::<Vec<_>>().join(" ")
        } else {
            condition(&mut chance, 3)
        };
        let mut rule = String::new();
        let _ = write!(
            rule,
            "name: r{n}\nid: 00000000-0000-4000-8000-{n:012}\nversion: 1\ntype: Hunting\ndata_source: []\nsearch: '{search} | table a b'\n"
        );
        std::fs::write(folder.path().join(format!("r{n}.yml")), rule).unwrap();
        searches.push(search);
    }
    let paths = [folder.path().to_owned()];
    let (content, _) = Content::load(&paths);
    let catalog = of(&content, &paths);
    assert_eq!((catalog.rules.len(), catalog.report.cannot_run.len()), (RULES, 0));
    let fired = fired(&content);
    let said: BTreeSet<String> =
        catalog.report.never.iter().map(|note| catalog.rule(&note.rule).unwrap().name.clone()).collect();
    println!("{} rules fire, {} are said never to", fired.len(), said.len());
    assert!(fired.len() > 500 && said.len() > 200, "the test tests little");
    for (n, search) in searches.iter().enumerate() {
        let name = format!("r{n}");
        assert!(!(said.contains(&name) && fired.contains(&name)), "it fires: {search}");
        assert!(n % 3 > 0 || fired.contains(&name) || said.contains(&name), "it never fires: {search}");
    }
}
