//! One file for each lint, and what several of them share.

mod allow_reason;
mod allow_unused;
mod attack_parent;
mod attack_retired;
mod attack_unknown;
mod drilldown_dropped;
mod drilldown_form;
mod drilldown_missing;
mod drilldown_search;
mod equality;
mod fields;
mod finding_dropped;
mod finding_entity_twice;
mod finding_entity_type;
mod finding_matrix;
mod finding_no_token;
mod finding_not_in_search;
mod finding_score;
mod finding_threat_type;
mod finding_token_form;
mod lookup_form;
mod lookup_matches;
mod lookup_table;
mod macro_arguments;
mod meta_asset_type;
mod meta_atomic_guid;
mod meta_author;
mod meta_category;
mod meta_cve;
mod meta_date;
mod meta_deprecation;
mod meta_description;
mod meta_explanations;
mod meta_file_name;
mod meta_generation;
mod meta_id;
mod meta_key_order;
mod meta_name_length;
mod meta_product;
mod meta_references;
mod meta_security_domain;
mod meta_status;
mod meta_story;
mod meta_unique_name;
mod meta_unknown_key;
mod meta_version;
mod search_backticks;
mod search_bad_regex;
mod search_by_null_field;
mod search_contradiction;
mod search_ctime_compare;
mod search_dedup_first;
mod search_dropped_field;
mod search_filter_macro;
mod search_join_options;
mod search_leading_wildcard;
mod search_like_asterisk;
mod search_mixed;
mod search_quoted_field;
mod search_sort_limit;
mod search_subsearch_limit;
mod search_tautology;
mod search_twice;
mod search_unknown_command;
mod search_unknown_field;
mod search_unknown_function;
mod search_unknown_lookup;
mod search_unknown_macro;
mod search_unknown_model_field;
mod search_unsupported;
mod search_where_wildcard;
mod source_form;
mod source_output_fields;
mod source_unknown;
mod story_form;
mod story_unused;
mod test_data;
mod test_form;
mod test_missing;
mod throttle_dropped;
mod throttle_form;
mod words;

use crate::Lint;
use crate::cx::Cx;
use crate::rule::Rule;
use grotto_diag::{Diagnostic, Severity};

pub(crate) use allow_reason::LINT as ALLOW_WITHOUT_REASON;
pub(crate) use allow_unused::LINT as ALLOW_UNUSED;
use fields::{always_there, comes_otherwise, entities, messages, read_by, tokens, wanted_fields};
use words::{is_day, is_uuid, stem_of, suggest, suggest_field, suggest_name};

/// The file name, without ending, that a detection of this name has.
#[cfg(test)]
pub(crate) fn stem(name: &str) -> String {
    stem_of(name)
}

/// The usual order of keys.
#[cfg(test)]
pub(crate) use meta_key_order::ORDER as KEY_ORDER;

/// All lints, by name.
pub static LINTS: &[&Lint] = &[
    &allow_reason::LINT,
    &allow_unused::LINT,
    &attack_parent::LINT,
    &attack_retired::LINT,
    &attack_unknown::LINT,
    &drilldown_dropped::LINT,
    &drilldown_form::LINT,
    &drilldown_missing::LINT,
    &drilldown_search::LINT,
    &finding_dropped::LINT,
    &finding_entity_twice::LINT,
    &finding_entity_type::LINT,
    &finding_matrix::LINT,
    &finding_no_token::LINT,
    &finding_not_in_search::LINT,
    &finding_score::LINT,
    &finding_threat_type::LINT,
    &finding_token_form::LINT,
    &lookup_form::LINT,
    &lookup_matches::LINT,
    &lookup_table::LINT,
    &macro_arguments::LINT,
    &meta_asset_type::LINT,
    &meta_atomic_guid::LINT,
    &meta_author::LINT,
    &meta_category::LINT,
    &meta_cve::LINT,
    &meta_date::LINT,
    &meta_deprecation::LINT,
    &meta_description::LINT,
    &meta_explanations::LINT,
    &meta_file_name::LINT,
    &meta_generation::LINT,
    &meta_id::LINT,
    &meta_key_order::LINT,
    &meta_name_length::LINT,
    &meta_product::LINT,
    &meta_references::LINT,
    &meta_security_domain::LINT,
    &meta_status::LINT,
    &meta_story::LINT,
    &meta_unique_name::LINT,
    &meta_unknown_key::LINT,
    &meta_version::LINT,
    &search_backticks::LINT,
    &search_bad_regex::LINT,
    &search_by_null_field::LINT,
    &search_contradiction::LINT,
    &search_ctime_compare::LINT,
    &search_dedup_first::LINT,
    &search_dropped_field::LINT,
    &search_filter_macro::LINT,
    &search_join_options::LINT,
    &search_leading_wildcard::LINT,
    &search_like_asterisk::LINT,
    &search_mixed::LINT,
    &search_quoted_field::LINT,
    &search_sort_limit::LINT,
    &search_subsearch_limit::LINT,
    &search_tautology::LINT,
    &search_twice::LINT,
    &search_unknown_command::LINT,
    &search_unknown_field::LINT,
    &search_unknown_function::LINT,
    &search_unknown_lookup::LINT,
    &search_unknown_macro::LINT,
    &search_unknown_model_field::LINT,
    &search_unsupported::LINT,
    &search_where_wildcard::LINT,
    &source_form::LINT,
    &source_output_fields::LINT,
    &source_unknown::LINT,
    &story_form::LINT,
    &story_unused::LINT,
    &test_data::LINT,
    &test_form::LINT,
    &test_missing::LINT,
    &throttle_dropped::LINT,
    &throttle_form::LINT,
];

/// The lint of this slug.
pub fn find(slug: &str) -> Option<&'static Lint> {
    LINTS.iter().copied().find(|lint| lint.slug == slug)
}

/// The pages of all lints as one, in Markdown: `docs/lints.md` is this text.
pub fn pages() -> String {
    use std::fmt::Write;
    let mut out = "# Lints\n\nWhat `grotto lint` looks for. `grotto lint --explain SLUG` prints one of these pages; severities are set in \
                   [`grotto.toml`](configuration.md).\nA comment `# grotto: allow(SLUG) reason` holds for its file, \
                   `` ```grotto: allow(SLUG) reason``` `` in a search for that search.\n\nThis page is made by \
                   `grotto lint --markdown`.\n\n| Lint | Severity | Finds |\n|---|---|---|\n"
        .to_owned();
    for lint in LINTS {
        let anchor = lint.slug.replace('/', "");
        let _ =
            writeln!(out, "| [`{}`](#{anchor}) | {} | {} |", lint.slug, lint.severity.name(), lint.summary);
    }
    for lint in LINTS {
        // One level deeper: the page has a title of its own.
        out.push('\n');
        let mut fenced = false;
        for line in lint.page().lines() {
            fenced ^= line.starts_with("```");
            if !fenced && line.starts_with('#') {
                out.push('#');
            }
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

/// The slug that a wrong one may have meant.
pub fn nearest(slug: &str) -> Option<&'static str> {
    let named = |name: &&&Lint| name.slug.split_once('/').is_some_and(|(_, short)| short == slug);
    let short = LINTS.iter().find(named).map(|lint| lint.slug);
    short.or_else(|| grotto_engine::commands::nearest(slug, LINTS.iter().map(|lint| lint.slug)))
}

/// What the engine had to say when it made the rule ready, as far as no lint says it better.
pub(crate) fn of_compilation(rule: &Rule<'_>, cx: &Cx<'_>) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    for note in rule.compiled.notes.iter().filter(|note| note.slug == "scan/unknown-model-field") {
        out.push(said_by(&search_unknown_model_field::LINT, note));
    }
    for reason in rule.problems(cx.context) {
        out.extend(of_problem(reason));
    }
    out
}

/// Why a rule can't run, unless a lint says it.
fn of_problem(reason: &Diagnostic) -> Option<Diagnostic> {
    match reason.slug {
        "engine/bad-regex"
        | "spl/unknown-command"
        | "spl/unknown-aggregation"
        | "eval/unknown-function"
        | "engine/lookup-unknown" => None,
        slug if search_unknown_macro::REPLACES.contains(&slug) => None,
        "eval/unsupported-function" => Some(said_by(&search_unsupported::LINT, reason)),
        slug if slug.starts_with("engine/") => Some(said_by(&search_unsupported::LINT, reason)),
        _ => Some(reason.clone()),
    }
}

/// A diagnostic under the name and weight of a lint.
fn said_by(lint: &'static Lint, diagnostic: &Diagnostic) -> Diagnostic {
    let severity: Severity = lint.severity;
    Diagnostic { slug: lint.slug, severity, ..diagnostic.clone() }
}

#[cfg(test)]
mod tests;
