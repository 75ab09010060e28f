//! What each command does to the fields of rows.

use super::names::{capture, fill, name_of, of_aggregate};
use super::{Fields, of};
use grotto_spl::ast::{AggregateArg, Arg, Search, Stage, Word};
use std::collections::BTreeSet;

/// The fields after a stage.
pub(super) fn after(stage: &Stage, fields: Fields) -> Fields {
    let Some(command) = stage.command() else { return Fields::Any };
    match command.as_str() {
        // These change rows and values, not which fields there are.
        "search" | "where" | "regex" | "sort" | "dedup" | "head" | "tail" | "reverse" | "uniq" | "makemv"
        | "mvexpand" | "mvcombine" | "nomv" | "replace" | "outputlookup" | "collect" | "outputcsv"
        | "filldown" | "fieldformat" | "localop" | "sendemail" | "sendalert" | "highlight" | "abstract"
        | "outlier" | "makecontinuous" | "noop" => fields,
        "eval" => eval(stage, fields),
        "stats" | "sistats" => stats(stage, &fields),
        "tstats" => tstats(stage),
        "eventstats" | "streamstats" => added(stage, fields, aggregates(stage, &Fields::Any)),
        "chart" => chart(stage, &fields),
        "top" | "rare" => top(stage),
        "table" => table(stage, &fields),
        "fields" => keep(stage, fields),
        "rename" => rename(stage, fields),
        "rex" => rex(stage, fields),
        "lookup" => lookup(stage, fields),
        "fillnull" => added(stage, fields, Some(words(stage).map(name_of).collect())),
        "convert" | "bin" | "bucket" | "discretize" => renamed_copies(stage, fields),
        "spath" => match option(stage, "output") {
            Some(output) => added(stage, fields, Some(vec![name_of(output)])),
            None => Fields::Any,
        },
        "strcat" => added(stage, fields, words(stage).last().map(|word| vec![name_of(word)])),
        "addinfo" => {
            let names = ["info_min_time", "info_max_time", "info_search_time", "info_sid"];
            added(stage, fields, Some(names.map(str::to_owned).to_vec()))
        }
        "makeresults" => Fields::Only(["_time".to_owned()].into(), stage.at.0),
        "join" | "append" | "appendcols" | "appendpipe" => with_inner(stage, fields),
        "foreach" => foreach(stage, fields),
        _ => Fields::Any,
    }
}

fn words(stage: &Stage) -> impl DoubleEndedIterator<Item = &Word> {
    stage.args.iter().filter_map(Arg::word)
}

/// The word that an option is set to.
fn option<'s>(stage: &'s Stage, wanted: &str) -> Option<&'s Word> {
    stage.args.iter().find_map(|arg| match arg {
        Arg::Option { name, value, .. } if name.is_keyword(wanted) => value.word(),
        _ => None,
    })
}

/// With fields that the stage adds; [`Fields::Any`] when it is not known which.
fn added(_: &Stage, mut fields: Fields, names: Option<Vec<String>>) -> Fields {
    let Some(names) = names else { return Fields::Any };
    for name in names {
        fields.add(name);
    }
    fields
}

fn eval(stage: &Stage, fields: Fields) -> Fields {
    let mut names = Vec::new();
    for arg in &stage.args {
        let Arg::Assign { target, .. } = arg else { return Fields::Any };
        // `{field}` and `<<FIELD>>` stand for names that only the rows know.
        if target.raw.contains(['{', '<']) {
            return Fields::Any;
        }
        names.push(name_of(target));
    }
    added(stage, fields, Some(names))
}

/// The names of a stage's aggregations over rows with these fields.
fn aggregates(stage: &Stage, input: &Fields) -> Option<Vec<String>> {
    let mut names = Vec::new();
    for arg in &stage.args {
        let aggregate = match arg {
            Arg::Aggregate(aggregate) => aggregate,
            Arg::Macro(_) => return None,
            _ => continue,
        };
        let pattern = aggregate.args.iter().find_map(|arg| match arg {
            AggregateArg::Field(word) if word.raw.contains('*') => Some(name_of(word)),
            _ => None,
        });
        let name = of_aggregate(aggregate);
        match pattern {
            None => names.push(name),
            Some(pattern) => {
                let (known, _) = input.only()?;
                for each in known {
                    let Some(captured) = capture(&pattern, each) else { continue };
                    names.push(fill(&name, &captured));
                }
            }
        }
    }
    Some(names)
}

/// The fields of `BY` clauses.
fn by(stage: &Stage) -> Option<Vec<String>> {
    let mut names = Vec::new();
    for arg in &stage.args {
        let Arg::By(list) = arg else { continue };
        for each in list {
            match each {
                Arg::Word(word) => names.push(name_of(word)),
                Arg::Option { .. } => {}
                _ => return None,
            }
        }
    }
    Some(names)
}

fn stats(stage: &Stage, fields: &Fields) -> Fields {
    let (Some(mut names), Some(by)) = (aggregates(stage, fields), by(stage)) else { return Fields::Any };
    names.extend(by);
    Fields::Only(names.into_iter().collect(), stage.at.0)
}

fn tstats(stage: &Stage) -> Fields {
    let keeps =
        |name: &str| option(stage, name).is_some_and(|w| !matches!(w.raw.as_str(), "f" | "false" | "0"));
    if keeps("prestats") || keeps("append") {
        return Fields::Any;
    }
    stats(stage, &Fields::Any)
}

fn chart(stage: &Stage, fields: &Fields) -> Fields {
    let over = stage.args.iter().filter(|arg| matches!(arg, Arg::Over(_))).count();
    // Split by a second field the columns are called after values.
    if over + by(stage).map_or(2, |names| names.len()) != 1 {
        return Fields::Any;
    }
    let over =
        stage.args.iter().find_map(|arg| if let Arg::Over(word) = arg { Some(name_of(word)) } else { None });
    match stats(stage, fields) {
        Fields::Only(mut names, at) => {
            names.extend(over);
            Fields::Only(names, at)
        }
        other => other,
    }
}

fn top(stage: &Stage) -> Fields {
    let Some(by) = by(stage) else { return Fields::Any };
    let mut names: BTreeSet<String> = words(stage).map(name_of).chain(by).collect();
    for (setting, default) in [("countfield", "count"), ("percentfield", "percent")] {
        names.insert(option(stage, setting).map_or_else(|| default.to_owned(), name_of));
    }
    Fields::Only(names, stage.at.0)
}

/// The words of a stage as names, each cut down to those that there can be.
fn selected(stage: &Stage, fields: &Fields) -> Option<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for arg in &stage.args {
        let Arg::Word(word) = arg else { return None };
        let name = name_of(word);
        match fields {
            Fields::Only(known, _) if name.contains('*') => {
                names.extend(known.iter().filter(|each| capture(&name, each).is_some()).cloned());
            }
            _ if fields.may_have(&name) => {
                names.insert(name);
            }
            _ => {}
        }
    }
    Some(names)
}

fn table(stage: &Stage, fields: &Fields) -> Fields {
    selected(stage, fields).map_or(Fields::Any, |names| Fields::Only(names, stage.at.0))
}

fn keep(stage: &Stage, mut fields: Fields) -> Fields {
    let Some(sign) = words(stage).next().filter(|w| matches!(w.raw.as_str(), "-" | "+")) else {
        return kept(stage, &fields);
    };
    let mut rest = stage.clone();
    rest.args.remove(0);
    if sign.raw == "+" {
        return kept(&rest, &fields);
    }
    for name in words(&rest).map(name_of) {
        if !name.contains('*') {
            fields.remove(&name);
        } else if let Fields::Only(known, _) = &mut fields {
            known.retain(|each| capture(&name, each).is_none());
        }
    }
    fields
}

/// `fields` keeps the time and the text of events unless told otherwise.
fn kept(stage: &Stage, fields: &Fields) -> Fields {
    let Some(mut names) = selected(stage, fields) else { return Fields::Any };
    names.extend(["_time", "_raw"].into_iter().filter(|name| fields.may_have(name)).map(str::to_owned));
    Fields::Only(names, stage.at.0)
}

fn rename(stage: &Stage, mut fields: Fields) -> Fields {
    for arg in &stage.args {
        let Arg::As { what, name } = arg else { return Fields::Any };
        let Some(from) = what.word().map(name_of) else { return Fields::Any };
        let to = name_of(name);
        if from.contains('*') {
            match &fields {
                Fields::Only(known, at) => {
                    let renamed = known.iter().map(|each| match capture(&from, each) {
                        Some(captured) => fill(&to, &captured),
                        None => each.clone(),
                    });
                    fields = Fields::Only(renamed.collect(), *at);
                }
                _ => return Fields::Any,
            }
        } else if fields.may_have(&from) {
            fields.remove(&from);
            fields.add(to);
        }
    }
    fields
}

fn rex(stage: &Stage, fields: Fields) -> Fields {
    if option(stage, "mode").is_some_and(|mode| mode.is_keyword("sed")) {
        return fields;
    }
    let Some(pattern) = words(stage).last() else { return Fields::Any };
    let mut names: Vec<String> = groups(&pattern.raw).map(str::to_owned).collect();
    names.extend(option(stage, "offset_field").map(name_of));
    added(stage, fields, Some(names))
}

/// The names of a regular expression's groups: `(?<name>` and `(?P<name>`.
fn groups(pattern: &str) -> impl Iterator<Item = &str> {
    pattern.match_indices("(?").filter_map(move |(at, _)| {
        let after = &pattern[at + 2..];
        let inner = after.strip_prefix('P').unwrap_or(after).strip_prefix('<')?;
        let (name, _) = inner.split_once('>')?;
        name.chars().all(|c| c.is_alphanumeric() || c == '_').then_some(name)
    })
}

fn lookup(stage: &Stage, fields: Fields) -> Fields {
    let keyword =
        |arg: &&Arg| arg.word().is_some_and(|word| word.is_keyword("OUTPUT") || word.is_keyword("OUTPUTNEW"));
    let Some(at) = stage.args.iter().position(|arg| keyword(&arg)) else { return Fields::Any };
    let mut names = Vec::new();
    for arg in &stage.args[at + 1..] {
        match arg {
            Arg::Word(word) => names.push(name_of(word)),
            Arg::As { name, .. } => names.push(name_of(name)),
            _ => return Fields::Any,
        }
    }
    added(stage, fields, Some(names))
}

/// `convert … AS name`, `bin … AS name`.
fn renamed_copies(stage: &Stage, mut fields: Fields) -> Fields {
    let mut next = false;
    for arg in &stage.args {
        match arg {
            Arg::As { name, .. } => fields.add(name_of(name)),
            Arg::Word(word) if next => fields.add(name_of(word)),
            Arg::Macro(_) => return Fields::Any,
            _ => {}
        }
        next = matches!(arg, Arg::Word(word) if word.is_keyword("as"));
    }
    fields
}

fn inner(stage: &Stage) -> Option<&Search> {
    stage.args.iter().find_map(|arg| if let Arg::Subsearch(search) = arg { Some(search) } else { None })
}

/// With the rows or fields of a search in brackets.
fn with_inner(stage: &Stage, fields: Fields) -> Fields {
    let Some(search) = inner(stage) else { return Fields::Any };
    if stage.command().as_deref() == Some("appendpipe") {
        let end = search.stages.iter().fold(fields.clone(), |fields, stage| after(stage, fields));
        return fields.or(&end);
    }
    fields.or(&of(search).end)
}

fn foreach(stage: &Stage, mut fields: Fields) -> Fields {
    let Some(search) = inner(stage) else { return Fields::Any };
    for stage in &search.stages {
        fields = after(stage, fields);
    }
    fields
}
