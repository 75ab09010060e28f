//! `grotto catalog diff`: how two folders of rules differ.

use super::{DiffArgs, build, folder::Folder, load};
use crate::Ending;
use crate::setup;
use grotto_catalog::diff::{Change, Difference, diff};
use grotto_catalog::site::{Options, Site};
use std::io::Write;
use std::sync::Arc;

/// Runs the command.
pub(super) fn run(args: &DiffArgs) -> std::io::Result<Ending> {
    let folder = match args.out.as_deref().map(Folder::open).transpose() {
        Ok(folder) => folder,
        Err(diagnostic) => {
            setup::report(&diagnostic, args.common.color);
            return Ok(Ending::Wrong);
        }
    };
    let Some((old_name, old)) = load::one(&args.old, &args.common) else { return Ok(Ending::Wrong) };
    let Some((new_name, new)) = load::one(&args.new, &args.common) else { return Ok(Ending::Wrong) };
    let faulty = old.faulty || new.faulty;
    let new = Arc::new(new.catalog);
    if let Some(folder) = folder {
        let site = Site::of_difference((&old_name, &old.catalog), (&new_name, new), Options::default());
        build::write(&site, folder)?;
    } else {
        let mut out = std::io::stdout().lock();
        print(&mut out, &diff(&old.catalog, &new))?;
        out.flush()?;
    }
    Ok(if faulty { Ending::Wrong } else { Ending::Done })
}

fn print(out: &mut dyn Write, difference: &Difference) -> std::io::Result<()> {
    for rule in &difference.added {
        writeln!(out, "+ {} ({})", rule.name, rule.id)?;
    }
    for rule in &difference.removed {
        writeln!(out, "- {} ({})", rule.name, rule.id)?;
    }
    difference.changed.iter().try_for_each(|change| print_change(out, change))?;
    writeln!(
        out,
        "{} added, {} removed, {} changed, {} the same",
        difference.added.len(),
        difference.removed.len(),
        difference.changed.len(),
        difference.same
    )
}

fn print_change(out: &mut dyn Write, change: &Change) -> std::io::Result<()> {
    writeln!(out, "~ {} ({})", change.name, change.id)?;
    for part in &change.parts {
        match (part.old.as_str(), part.new.as_str()) {
            ("", "") => writeln!(out, "    {}", part.name)?,
            (old, new) => writeln!(out, "    {}: {old} -> {new}", part.name)?,
        }
    }
    let lines = change.search.iter().filter(|(mark, _)| mark.sign() != ' ');
    for (mark, line) in lines {
        writeln!(out, "      {} {line}", mark.sign())?;
    }
    Ok(())
}
