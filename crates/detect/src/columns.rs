//! Which columns of the events a pass reads, and no more than those.

use crate::driver::PARTITION;
use grotto_engine::pipeline::FieldSet;
use grotto_events::{EventType, Wanted};
use grotto_knowledge::Knowledge;
use std::sync::Arc;

/// What [script blocks](crate::blocks) are put together from.
const BLOCKS: [&str; 5] = ["ScriptBlockText", "MessageNumber", "MessageTotal", "ScriptBlockId", "Computer"];

/// The fields of the events themselves from which the wanted fields of an event type are made. Its constants are in the
/// order of [`PARTITION`].
pub(crate) fn base(constants: &[Option<&str>], wanted: &FieldSet, knowledge: &Knowledge) -> FieldSet {
    let constant = |name: &str| {
        let at = PARTITION.iter().position(|field| *field == name)?;
        constants.get(at).copied().flatten()
    };
    let of = (constant("source").unwrap_or_default(), constant("sourcetype").unwrap_or_default());
    let mut fields = knowledge.base_fields(of, wanted);
    fields.extend(PARTITION);
    if constant("EventCode").is_none_or(|code| code == "4104") {
        fields.extend(BLOCKS);
    }
    fields
}

/// What is known of an event type before its events are decoded, in the order of [`PARTITION`].
pub(crate) fn constants<'e>(event: &EventType<'e>) -> [Option<&'e str>; PARTITION.len()] {
    let EventType { source, sourcetype, index, channel, id, provider } = *event;
    [Some(source), Some(sourcetype), Some(index), channel, id, id, provider]
}

/// These fields, or nothing where nobody reads the events.
pub(crate) fn wanted(fields: Option<&Arc<FieldSet>>) -> Wanted {
    match fields {
        None => Wanted::Nothing,
        Some(fields) => {
            let fields = Arc::clone(fields);
            Wanted::Fields(Arc::new(move |field| fields.contains(field)))
        }
    }
}
