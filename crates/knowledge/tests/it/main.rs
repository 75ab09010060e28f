//! What grotto ships, and how much of what public rules read it covers.

mod coverage;
mod shipped;
mod spl_fields;
