//! What the shipped add-ons make of events, from the XML to the field.

mod classic;
mod examples;
mod linux;
mod listed;
mod others;
mod security;
mod sysmon;

use grotto_engine::Context;
use grotto_engine::pipeline::FieldSet;
use grotto_events::{Batch, Cell, Input, ReadOptions, plan};
use grotto_knowledge::Knowledge;

fn knowledge() -> Knowledge {
    let (knowledge, problems) = Knowledge::load(&[], &Context::default());
    let said: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(said, [""; 0]);
    knowledge
}

/// The event with all fields that the add-ons give it.
fn derive(knowledge: &Knowledge, xml: &str) -> Batch {
    try_derive(knowledge, xml).unwrap_or_else(|| panic!("{xml}"))
}

/// As [`derive`]; `None` if the text is not one whole event.
fn try_derive(knowledge: &Knowledge, xml: &str) -> Option<Batch> {
    let input = Input::memory("events.xml", xml.as_bytes().to_vec());
    let mut batches = Vec::new();
    for part in plan(&input).unwrap() {
        part.read(&ReadOptions::default(), &mut |batch| batches.push(batch));
    }
    match batches.as_slice() {
        [batch] => Some(knowledge.derive(batch, &FieldSet::all())),
        _ => None,
    }
}

/// The values of a cell as text.
fn texts(cell: Cell<'_>) -> Vec<String> {
    match cell {
        Cell::Null => Vec::new(),
        Cell::Text(text) => vec![text.to_owned()],
        Cell::Int(number) | Cell::Time(number) => vec![number.to_string()],
        Cell::Float(number) => vec![number.to_string()],
        Cell::List(values, from, to) => (from..to).map(|at| values.value(at).to_owned()).collect(),
    }
}

/// An event of this provider, id, channel and keywords with these data fields.
fn xml(provider: &str, id: u32, channel: &str, keywords: &str, data: &[(&str, &str)]) -> String {
    let data: Vec<String> = data.iter().map(|(k, v)| format!("<Data Name='{k}'>{v}</Data>")).collect();
    let data = data.concat();
    format!(
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='{provider}' \
         Guid='{{0-0}}'/><EventID>{id}</EventID><Version>1</Version><Level>4</Level><Task>13824</Task><Opcode>0</Opcode>\
         <Keywords>{keywords}</Keywords><TimeCreated SystemTime='2024-01-01T00:00:00.1234567Z'/>\
         <EventRecordID>7</EventRecordID><Correlation/><Execution ProcessID='4' ThreadID='8'/><Channel>{channel}</Channel>\
         <Computer>host.example</Computer><Security UserID='S-1-5-18'/></System><EventData>{data}</EventData></Event>"
    )
}

fn sysmon(id: u32, data: &[(&str, &str)]) -> String {
    xml("Microsoft-Windows-Sysmon", id, "Microsoft-Windows-Sysmon/Operational", "0x8000000000000000", data)
}

fn security(id: u32, success: bool, data: &[(&str, &str)]) -> String {
    let keywords = if success { "0x8020000000000000" } else { "0x8010000000000000" };
    xml("Microsoft-Windows-Security-Auditing", id, "Security", keywords, data)
}

/// Checks fields of an event; an empty text means that there is no such field, `|` stands between several values.
fn check(knowledge: &Knowledge, xml: &str, want: &[(&str, &str)]) {
    let batch = derive(knowledge, xml);
    for (field, value) in want {
        assert_eq!(texts(batch.cell(field, 0)).join("|"), *value, "{field} of {xml}");
    }
}
