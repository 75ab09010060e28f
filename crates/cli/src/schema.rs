//! `grotto schema`: JSON Schemas of the files that users write.

use crate::Ending;
use crate::args::{SchemaArgs, SchemaKind};
use grotto_content::Generation;
use grotto_content::schema::{SchemaOf, schema};
use std::io::Write;

/// Runs the command.
pub(crate) fn run(args: &SchemaArgs) -> std::io::Result<Ending> {
    let schema = match args.kind {
        SchemaKind::Rule => schema(SchemaOf::Rule(match args.generation {
            1 => Generation::One,
            2 => Generation::Two,
            _ => Generation::Three,
        })),
        SchemaKind::Macro => schema(SchemaOf::Macro),
        SchemaKind::Lookup => schema(SchemaOf::Lookup),
        SchemaKind::Story => schema(SchemaOf::Story),
        SchemaKind::DataSource => schema(SchemaOf::DataSource),
        SchemaKind::Config => crate::config::schema(),
    };
    writeln!(std::io::stdout().lock(), "{schema:#}")?;
    Ok(Ending::Done)
}
