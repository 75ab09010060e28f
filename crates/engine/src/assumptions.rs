//! Assumptions.
