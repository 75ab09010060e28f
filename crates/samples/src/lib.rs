//! Writes sample Windows event logs, attack and benign, as XmlWinEventLog text and as EVTX, deterministic by seed.
