//! The engine on whole searches and on the public rules.

mod corpus;
