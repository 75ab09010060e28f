//! The meaning of SPL: values, eval functions, commands, aggregations, search predicates, lookups.
