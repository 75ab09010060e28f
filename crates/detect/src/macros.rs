//! The macros of a run: those of the add-ons and those of the rules.

use grotto_content::Content;
use grotto_knowledge::Knowledge;
use grotto_spl::{MacroDefinition, MacroTable};
use std::sync::LazyLock;

/// The macros of grotto's own pack; reading it takes longer than many a search.
static PACK: LazyLock<Vec<MacroDefinition>> = LazyLock::new(|| {
    let (content, _) = crate::builtin::content();
    content.macros.iter().map(grotto_content::Macro::to_definition).collect()
});

/// All macros. What the rules' folders define goes before what grotto's own pack defines, and that before what add-ons
/// define; a rule's own filter macro that nobody defines is `search *`.
pub fn table(content: &Content, knowledge: &Knowledge) -> MacroTable {
    let mut table = MacroTable::default();
    let context = knowledge.context().clone();
    table.set_evaluator(move |text| grotto_engine::eval::text(text, &context));
    let pack = PACK.iter().cloned();
    knowledge
        .macros()
        .chain(pack)
        .chain(content.macro_definitions())
        .for_each(|definition| table.insert(definition));
    table
}
