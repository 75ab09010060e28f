//! The limit on the rows that a subsearch gives.

use super::{Command, Env, FieldSet, Kind, Stop};
use grotto_diag::Diagnostic;
use grotto_events::Batch;

/// Keeps the first rows of a subsearch, and says so when there are more.
pub(crate) struct Cap(pub(crate) usize);

impl Command for Cap {
    fn kind(&self) -> Kind {
        Kind::CentralisedStreaming
    }

    fn needs(&self, after: &FieldSet) -> FieldSet {
        after.clone()
    }

    fn run(&self, rows: Batch) -> Result<Batch, Box<Diagnostic>> {
        Ok(if rows.rows() > self.0 { rows.slice(0, self.0) } else { rows })
    }

    fn run_in(&self, rows: Batch, env: &mut Env<'_>) -> Result<Batch, Stop> {
        if rows.rows() > self.0 {
            // How many there are is not known: those that can't matter were not kept.
            let message =
                format!("the subsearch gives more than {0} rows; only the first {0} are used", self.0);
            env.warn(Diagnostic::warning("engine/subsearch-cut", message).help(
                "narrow the subsearch down, or aggregate in it; maxout=… raises the limit of append and join",
            ));
        }
        Ok(self.run(rows)?)
    }

    fn first_rows(&self) -> Option<usize> {
        // One more, to see that there are more.
        Some(self.0.saturating_add(1))
    }

    fn prunes(&self) -> bool {
        self.0 < usize::MAX
    }

    fn prune(&self, rows: &Batch) -> Batch {
        // One more, to see that there are more.
        rows.slice(0, self.0.saturating_add(1))
    }
}
