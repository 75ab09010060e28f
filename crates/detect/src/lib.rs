//! Rules times events: the one-pass scan, findings, drilldowns.
