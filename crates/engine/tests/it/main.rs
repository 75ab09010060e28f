//! The engine on whole searches and on the public rules.

#![allow(clippy::print_stderr, reason = "a test that is left out says why")]

mod corpus;
