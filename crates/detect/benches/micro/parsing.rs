//! From the text of rules to plans: the corpus where it lies beside the project, else the built-in pack.

use divan::Bencher;
use divan::counter::ItemsCount;
use grotto_content::Content;
use grotto_detect::RuleSet;
use grotto_engine::Context;
use grotto_knowledge::Knowledge;
use std::path::PathBuf;

const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpus/escu-2024");

fn content() -> Content {
    let corpus = PathBuf::from(CORPUS);
    if corpus.is_dir() { Content::load(&[corpus]).0 } else { grotto_detect::builtin::content().0 }
}

#[divan::bench(sample_count = 10)]
fn load(bencher: Bencher<'_, '_>) {
    let rules = content().detections.len();
    bencher.counter(ItemsCount::new(rules)).bench_local(content);
}

#[divan::bench(sample_count = 10)]
fn expand_and_parse(bencher: Bencher<'_, '_>) {
    let content = content();
    let (knowledge, _) = Knowledge::load(&[], &Context::default());
    let macros = grotto_detect::macros::table(&content, &knowledge);
    bencher.counter(ItemsCount::new(content.detections.len())).bench_local(|| {
        let parsed = |search: &str| grotto_spl::parse(&macros.expand(search)?.text);
        content.detections.iter().filter(|rule| parsed(&rule.search).is_ok()).count()
    });
}

#[divan::bench(sample_count = 10)]
fn compile(bencher: Bencher<'_, '_>) {
    let content = content();
    let mut context = Context::default();
    let (knowledge, _) = Knowledge::load(&[], &context);
    context.lookups = knowledge.lookups(&content);
    let macros = grotto_detect::macros::table(&content, &knowledge);
    bencher
        .counter(ItemsCount::new(content.detections.len()))
        .bench_local(|| RuleSet::compile(&content, &macros, &knowledge, &context).jobs.len());
}
