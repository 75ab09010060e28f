//! What log files hold: readers, the decoder, the event batch, the table of known events.
