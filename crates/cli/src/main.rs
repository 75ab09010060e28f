//! The `grotto` binary: arguments, progress, output.

fn main() {}
