//! What rule authors write: detections, macros, lookups, stories, data sources; loading a folder of them.
