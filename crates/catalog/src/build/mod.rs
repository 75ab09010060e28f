//! From loaded content to the page model.
//!
//! Rules are read one by one and side by side, each as far as it tells itself; what they have in common is counted
//! after that, in the order of the catalogue. One file for each section of a page.

mod attack;
mod compare;
mod computed;
mod condition;
mod counts;
mod entries;
mod events;
mod evidence;
mod indicators;
mod keys;
mod names;
mod never;
mod report;
mod rule;
mod sample;
mod similar;
mod stages;
mod uses;

use crate::model::{Catalog, Corpus, EvidenceState, Language, RulePage, Versions};
use grotto_content::{Content, Detection};
use grotto_detect::job::Job;
use grotto_detect::{Rule, RuleSet};
use grotto_knowledge::Knowledge;
use grotto_spl::MacroTable;
use keys::Keys;
pub use names::{Names, names};
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::path::PathBuf;
use uses::Uses;

/// What a catalogue is made of.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// What was loaded.
    pub content: &'a Content,
    /// Macros of rules, pack, add-ons and user.
    pub macros: &'a MacroTable,
    /// Search-time knowledge.
    pub knowledge: &'a Knowledge,
    /// The rules of the content, compiled.
    pub rules: &'a RuleSet,
    /// Where they come from; a rule belongs to the first folder that it lies in.
    pub folders: &'a [Folder],
    /// What became of the rules' tests; `None` when they were not run.
    pub tests: Option<Proof<'a>>,
}

/// What became of tests, and when.
#[derive(Clone, Copy)]
pub struct Proof<'a> {
    /// What became of them.
    pub results: &'a grotto_detect::testing::Results,
    /// The day on which they were run, as `2026-05-13`.
    pub day: &'a str,
}

/// A folder of rules, which is a corpus of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    /// Name of the corpus.
    pub name: String,
    /// The folder, as the content was loaded from it; empty takes every rule.
    pub path: PathBuf,
    /// Licence of its rules, where it is known.
    pub licence: Option<String>,
}

/// A rule, and what it uses.
pub(crate) struct Read<'a> {
    /// In [`RuleSet::rules`].
    number: usize,
    rule: &'a Rule,
    job: Option<&'a Job>,
    page: RulePage,
    uses: Uses,
    /// Names and numbers of arguments.
    macros: BTreeSet<(String, usize)>,
    /// The fields that it reads from events, without data model nodes.
    fields: BTreeSet<String>,
}

impl Read<'_> {
    fn detection(&self) -> &Detection {
        &self.rule.detection
    }
}

/// Makes the model.
pub fn build(input: &Input<'_>) -> Catalog {
    let mut reads = read(input);
    name(&mut reads);
    evidence::apply(&mut reads, input.tests);
    cover(&mut reads, input);
    entries::uses(&mut reads, input.content, input.macros);
    let stories = entries::stories(&reads, input.content);
    let macros = entries::macros(&reads, input.content, input.macros);
    let lookups = entries::lookups(&reads, input.content);
    let data_sources = entries::data_sources(&reads, input.content);
    let commands = entries::commands(&reads);
    let events = entries::events(&mut reads);
    let fields = entries::fields(&reads, &events);
    let loose = report::fields_without_event(&reads);
    let mut rules: Vec<RulePage> = reads.into_iter().map(|read| read.page).collect();
    let (techniques, tactics) = attack::entries(&mut rules);
    let indicators = counts::indicators(&mut rules);
    similar::find(&mut rules);
    let report = report::of(&rules, &techniques, &indicators, loose);
    Catalog {
        versions: Versions {
            grotto: env!("CARGO_PKG_VERSION").to_owned(),
            attack: grotto_content::attack::VERSION.to_owned(),
        },
        corpora: corpora(input.folders, &rules),
        rules,
        events,
        tactics,
        techniques,
        fields,
        indicators,
        stories,
        macros,
        lookups,
        data_sources,
        commands,
        report,
    }
}

/// All rules, in the order of the catalogue.
fn read<'a>(input: &Input<'a>) -> Vec<Read<'a>> {
    let models = input.knowledge.objects().models.values();
    let cx = rule::Cx {
        rules: input.rules,
        macros: input.macros,
        folders: input.folders,
        nodes: models.flat_map(|model| model.nodes.keys().cloned()).collect(),
    };
    let mut reads: Vec<Read<'a>> =
        input.rules.rules.par_iter().enumerate().map(|(i, one)| rule::read(i, one, &cx)).collect();
    reads.sort_by_cached_key(|Read { page, .. }| names::order(&page.section, &page.name, &page.id));
    reads
}

/// Gives rules their addresses.
fn name(reads: &mut [Read<'_>]) {
    let places = names::places(reads.iter().map(|read| (&*read.page.id, read.page.name.as_str())));
    for (read, (folder, slug)) in reads.iter_mut().zip(places) {
        (read.page.folder, read.page.slug) = (folder, slug);
    }
}

/// Finds the events that rules read.
fn cover(reads: &mut [Read<'_>], input: &Input<'_>) {
    let fields: BTreeSet<String> = reads.iter().flat_map(|read| read.fields.iter().cloned()).collect();
    let worlds = events::Worlds::new(input.knowledge, &fields);
    reads.par_iter_mut().for_each(|read| {
        read.page.events = events::cover(read, &worlds, input.content, input.knowledge);
    });
}

/// The corpora: folders of the same name are one.
fn corpora(folders: &[Folder], rules: &[RulePage]) -> Vec<Corpus> {
    let mut keys = Keys::default();
    let mut out: Vec<Corpus> = Vec::new();
    for folder in folders {
        if out.iter().any(|corpus| corpus.name == folder.name) {
            continue;
        }
        let count = |good: fn(EvidenceState) -> bool| {
            let own = rules.iter().filter(|rule| rule.corpus == folder.name);
            own.filter(|rule| good(rule.evidence.state)).count() as u32
        };
        out.push(Corpus {
            key: keys.of(&folder.name),
            name: folder.name.clone(),
            section: Language::Spl.name().to_owned(),
            language: Language::Spl,
            rules: count(|_| true),
            running: count(|state| state != EvidenceState::Cannot),
            proven: count(|state| state == EvidenceState::Fires),
            licence: folder.licence.clone(),
        });
    }
    out
}
