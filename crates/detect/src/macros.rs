//! The macros of a run: those of the add-ons and those of the rules.

use grotto_content::Content;
use grotto_knowledge::Knowledge;
use grotto_spl::MacroTable;

/// All macros. What the rules' folders define goes before what grotto's own pack defines, and that before what add-ons
/// define; a rule's own filter macro that nobody defines is `search *`.
pub fn table(content: &Content, knowledge: &Knowledge) -> MacroTable {
    let mut table = MacroTable::default();
    let pack = crate::builtin::content().0.macros;
    let pack = pack.iter().map(grotto_content::Macro::to_definition);
    knowledge
        .macros()
        .chain(pack)
        .chain(content.macro_definitions())
        .for_each(|definition| table.insert(definition));
    table
}
