//! From what apps say to what runs.

use super::{Knowledge, Origin};
use crate::app::{
    AutoLookup, Delims, Extract, How, KvMode, LookupField, Macro, Objects, Part, Template, Transform,
};
use crate::conf::Placed;
use crate::derive::Derivation;
use crate::model::{self, Base};
use crate::node::Node;
use crate::steps::{self, Group, Pairs, Piece, Split, Step};
use crate::tagging::Tagging;
use grotto_diag::Diagnostic;
use grotto_engine::Context;
use grotto_engine::eval::{self, Expression};
use grotto_engine::lookup::{Join, Output};
use grotto_engine::pattern::Pattern;
use grotto_engine::predicate::Formula;
use grotto_spl::MacroTable;

pub(super) fn macros(objects: &Objects, context: &Context) -> MacroTable {
    let mut table = MacroTable::default();
    let context = context.clone();
    table.set_evaluator(move |text| eval::text(text, &context));
    objects.macros.values().map(Macro::to_definition).for_each(|definition| table.insert(definition));
    table
}

/// A search without pipes, its macros expanded. A diagnostic points at the whole setting.
fn formula(knowledge: &Knowledge, search: &Placed) -> Result<Formula, Box<Diagnostic>> {
    knowledge
        .macros
        .expand(&search.text)
        .and_then(|expanded| grotto_spl::parse_search_expression(&expanded.text))
        .and_then(|tree| Formula::compile(&tree, &knowledge.context))
        .map_err(|d| placed(&d, search))
}

fn expression(knowledge: &Knowledge, text: &Placed) -> Result<Expression, Box<Diagnostic>> {
    grotto_spl::parse_expression(&text.text)
        .and_then(|tree| Expression::compile(&tree, &knowledge.context))
        .map_err(|d| placed(&d, text))
}

/// The same diagnostic at the place of a setting.
fn placed(diagnostic: &Diagnostic, at: &Placed) -> Box<Diagnostic> {
    let mut out = at.error(diagnostic.slug, diagnostic.message.clone());
    out.help.clone_from(&diagnostic.help);
    Box::new(out)
}

pub(super) fn tagging(knowledge: &Knowledge, problems: &mut Vec<Diagnostic>) -> Tagging {
    let mut eventtypes = Vec::new();
    for (name, eventtype) in &knowledge.objects.eventtypes {
        match formula(knowledge, &eventtype.search) {
            Ok(formula) => eventtypes.push((name.clone(), formula)),
            Err(problem) => problems.push(*problem),
        }
    }
    Tagging::new(eventtypes, knowledge.objects.tags.clone())
}

pub(super) fn derivation(knowledge: &Knowledge, (source, host, sourcetype): &Origin) -> Derivation {
    let effective = knowledge.objects.props.effective(source, host, sourcetype);
    let mut extracts = Group::default();
    for extract in &effective.extracts {
        extracts.steps.extend(keep(knowledge, inline(extract)));
    }
    for name in effective.reports.iter().flat_map(|report| &report.transforms) {
        extracts.steps.extend(keep(knowledge, transform(knowledge, name)).flatten());
    }
    extracts.steps.extend(key_values(effective.kv_mode.as_ref(), sourcetype));
    let mut aliases = Group::default();
    aliases.steps.extend(effective.aliases.iter().map(|alias| Step::Alias {
        source: alias.source.clone(),
        target: alias.target.clone(),
        keep_existing: alias.keep_existing,
    }));
    let mut evals = Group { parallel: true, ..Group::default() };
    for (field, text) in &effective.evals {
        let made =
            expression(knowledge, text).map(|expression| Step::Eval { field: field.clone(), expression });
        evals.steps.extend(keep(knowledge, made));
    }
    let mut lookups = Group::default();
    lookups.steps.extend(effective.lookups.iter().filter_map(|lookup| auto_lookup(knowledge, lookup)));
    Derivation { groups: vec![extracts, aliases, evals, lookups] }
}

/// A step that could be made; one that could not is said.
fn keep<T>(knowledge: &Knowledge, made: Result<T, Box<Diagnostic>>) -> Option<T> {
    made.map_err(|problem| knowledge.say(*problem)).ok()
}

fn pattern(regex: &Placed) -> Result<Pattern, Box<Diagnostic>> {
    Pattern::new(&regex.text).map_err(|reason| {
        Box::new(regex.error("engine/bad-regex", format!("this regular expression can't be used: {reason}")))
    })
}

/// The named groups of a pattern as pairs of field and value, and the names of the fields. A group `_KEY_x` is the name
/// of the field whose value is the group `_VAL_x`.
fn named(pattern: &Pattern) -> (Vec<(Piece, Piece)>, Vec<String>) {
    let names: Vec<(usize, String)> =
        pattern.names().into_iter().enumerate().filter_map(|(group, name)| Some((group, name?))).collect();
    let value_of = |class: &str| names.iter().find(|(_, n)| n.strip_prefix("_VAL_") == Some(class));
    let (mut pairs, mut fields) = (Vec::new(), Vec::new());
    for (group, name) in &names {
        let value = name.strip_prefix("_KEY_").and_then(value_of);
        let is_value = name
            .strip_prefix("_VAL_")
            .is_some_and(|c| names.iter().any(|(_, n)| n.strip_prefix("_KEY_") == Some(c)));
        match value {
            Some((value, _)) => pairs.push((Piece(vec![Err(*group)]), Piece(vec![Err(*value)]))),
            None if is_value => {}
            None => {
                pairs.push((Piece(vec![Ok(name.clone())]), Piece(vec![Err(*group)])));
                fields.push(name.clone());
            }
        }
    }
    (pairs, fields)
}

fn inline(extract: &Extract) -> Result<Step, Box<Diagnostic>> {
    let pattern = pattern(&extract.regex)?;
    let (pairs, makes) = named(&pattern);
    let field = extract.field.clone();
    Ok(Step::Extract(steps::Extract {
        pattern,
        field,
        pairs,
        makes: Some(makes),
        repeat: false,
        multivalue: false,
        keep_empty: false,
        clean: false,
    }))
}

/// The step of `KV_MODE`, which is `auto` unless said. Events of Windows have all that is in their text already.
fn key_values(mode: Option<&KvMode>, sourcetype: &str) -> Option<Step> {
    let windows = ["xmlwineventlog", "wineventlog"];
    if windows.iter().any(|name| sourcetype.to_ascii_lowercase().starts_with(name)) {
        return None;
    }
    let how = match mode {
        None | Some(KvMode::Auto { .. }) => Split::Auto,
        Some(KvMode::Json) => Split::Json,
        Some(KvMode::Xml) => Split::Xml,
        Some(KvMode::None | KvMode::Multi(_)) => return None,
    };
    let multivalue = !matches!(how, Split::Auto);
    let field = "_raw".to_owned();
    Some(Step::Pairs(Pairs { field, how, multivalue, keep_empty: false, clean: true }))
}

/// The step of a named transform; `None` when nothing defines it, which was said when the apps were read.
fn transform(knowledge: &Knowledge, name: &Placed) -> Result<Option<Step>, Box<Diagnostic>> {
    let Some(transform) = knowledge.objects.transforms.get(&name.text) else { return Ok(None) };
    let (regex, written) = match &transform.how {
        How::Regex { regex, pairs } => (regex, pairs),
        How::Delims(delims) => return Ok(Some(Step::Pairs(split(transform, delims)))),
    };
    let pattern = pattern(regex)?;
    let (mut pairs, mut makes) = named(&pattern);
    // A name that is a group comes from the event.
    let mut makes_any = pairs.iter().any(|(name, _)| matches!(name.0.as_slice(), [Err(_)]));
    for (field, value) in written {
        match field.as_text() {
            Some(text) => makes.push(text.to_owned()),
            None => makes_any = true,
        }
        pairs.push((piece(field), piece(value)));
    }
    Ok(Some(Step::Extract(steps::Extract {
        pattern,
        field: transform.source.clone(),
        pairs,
        makes: (!makes_any).then_some(makes),
        // A FORMAT whose field names come from the event applies to every match.
        repeat: makes_any || transform.add_values,
        multivalue: transform.add_values,
        keep_empty: transform.keep_empty,
        clean: transform.clean_keys && makes_any,
    })))
}

/// The step of a transform with `DELIMS`.
fn split(transform: &Transform, delims: &Delims) -> Pairs {
    let between = delims.between_pairs.clone();
    let how = if delims.between_key_and_value.is_empty() {
        Split::Columns { between, names: delims.fields.clone() }
    } else {
        Split::Delims { pairs: between, keys: delims.between_key_and_value.clone() }
    };
    Pairs {
        field: transform.source.clone(),
        how,
        multivalue: transform.add_values,
        keep_empty: transform.keep_empty,
        clean: transform.clean_keys,
    }
}

fn piece(template: &Template) -> Piece {
    let part = |part: &Part| match part {
        Part::Text(text) => Ok(text.clone()),
        Part::Group(group) => Err(*group),
    };
    Piece(template.parts.iter().map(part).collect())
}

fn auto_lookup(knowledge: &Knowledge, lookup: &AutoLookup) -> Option<Step> {
    let pairs = |fields: &[LookupField]| fields.iter().map(|f| (f.column.clone(), f.field.clone())).collect();
    let output = if lookup.keep_existing { Output::KeepExisting } else { Output::Overwrite };
    let context = &knowledge.context;
    let made = context
        .lookups
        .open(&lookup.table.text)
        .and_then(|table| Join::new(table, pairs(&lookup.matches), pairs(&lookup.outputs), output, context));
    keep(knowledge, made.map(Step::Lookup).map_err(|problem| placed(&problem, &lookup.table)))
}

/// Makes a node of a data model ready.
pub(super) fn node(knowledge: &Knowledge, model: &str, node: Option<&str>) -> Result<Node, Box<Diagnostic>> {
    let unknown = |what: String, names: Vec<&str>| {
        let error = Diagnostic::error("engine/unknown-data-model", what);
        Box::new(error.help(format!("known are: {}", names.join(", "))))
    };
    let models = &knowledge.objects.models;
    let Some(found) = models.get(model) else {
        let names = models.keys().map(String::as_str).collect();
        return Err(unknown(format!("no add-on defines a data model called {model}"), names));
    };
    let chosen = match node {
        Some(name) => {
            // A search expression compares without regard to letter case, and so does `nodename=…`.
            found
                .node(name)
                .or_else(|| found.nodes.values().find(|node| node.name.eq_ignore_ascii_case(name)))
        }
        None => match found.roots().collect::<Vec<_>>().as_slice() {
            [root] => Some(*root),
            roots => {
                let names = roots.iter().map(|root| root.name.as_str()).collect();
                return Err(unknown(
                    format!("data model {model} has several roots; name a node of it"),
                    names,
                ));
            }
        },
    };
    let Some(chosen) = chosen else {
        let names = found.nodes.keys().map(String::as_str).collect();
        return Err(unknown(format!("data model {model} has no node {}", node.unwrap_or_default()), names));
    };
    let mut calculations = Vec::new();
    let constraint = constraint(knowledge, chosen, &mut calculations)?;
    for calculation in &chosen.calculations {
        calculate(knowledge, calculation, &mut calculations)?;
    }
    let fields = chosen.all_fields().map(|field| (field.qualified(), field.name.clone())).collect();
    Ok(Node::new(constraint, fields, calculations, model, &chosen.lineage))
}

/// The steps of a calculated field.
fn calculate(
    knowledge: &Knowledge,
    calculation: &model::Calculation,
    steps: &mut Vec<Step>,
) -> Result<(), Box<Diagnostic>> {
    match &calculation.how {
        model::How::Eval(text) => {
            for output in &calculation.outputs {
                steps.push(Step::Eval {
                    field: output.name.clone(),
                    expression: expression(knowledge, text)?,
                });
            }
        }
        model::How::Rex { input, regex } => {
            let (class, regex, field) = (String::new(), regex.clone(), input.clone());
            steps.push(inline(&Extract { class, regex, field })?);
        }
        model::How::Lookup { table, matches, outputs } => {
            let fields = |pairs: &[(String, String)]| {
                pairs
                    .iter()
                    .map(|(column, field)| LookupField { column: column.clone(), field: field.clone() })
                    .collect()
            };
            let lookup = AutoLookup {
                class: String::new(),
                table: table.clone(),
                matches: fields(matches),
                outputs: fields(outputs),
                keep_existing: false,
            };
            steps.extend(auto_lookup(knowledge, &lookup));
        }
        // Where an address is takes a database that grotto does not carry; the fields stay missing.
        model::How::GeoIp { .. } => {}
    }
    Ok(())
}

/// All constraints of a node as one condition. A base search may go on with `eval`, whose fields are then calculated.
fn constraint(
    knowledge: &Knowledge,
    node: &model::Node,
    steps: &mut Vec<Step>,
) -> Result<Formula, Box<Diagnostic>> {
    let mut all: Vec<Formula> = Vec::new();
    if let Base::Search(search) = &node.base {
        let expanded = knowledge.macros.expand(&search.text).map_err(|d| placed(&d, search))?;
        let tree = grotto_spl::parse(&expanded.text).map_err(|d| placed(&d, search))?;
        for (number, stage) in tree.stages.iter().enumerate() {
            for arg in &stage.args {
                match (number, arg) {
                    (0, grotto_spl::ast::Arg::Search(tree)) => {
                        all.push(Formula::compile(tree, &knowledge.context).map_err(|d| placed(&d, search))?);
                    }
                    (_, grotto_spl::ast::Arg::Assign { target, value }) => steps.push(Step::Eval {
                        field: grotto_spl::text::field(target),
                        expression: Expression::compile(value, &knowledge.context)
                            .map_err(|d| placed(&d, search))?,
                    }),
                    // An event with several values stays one row; BY counts it once for each value all the same.
                    _ if stage.command().as_deref() == Some("mvexpand") => {
                        knowledge.say(
                            search
                                .warning(
                                    "app/mvexpand",
                                    format!(
                                        "the base search of {} has mvexpand, which is left out",
                                        node.name
                                    ),
                                )
                                .help("an event with several values is one row with a multivalue field"),
                        );
                    }
                    _ => {
                        let message =
                            format!("the base search of {} has a command that grotto can't run", node.name);
                        return Err(Box::new(search.error("engine/unsupported-data-model", message)));
                    }
                }
            }
        }
    }
    for constraint in &node.constraints {
        all.push(formula(knowledge, constraint)?);
    }
    Ok(Formula::and(all))
}
