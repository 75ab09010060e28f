//! Which fields rows have at each stage of a search, as far as that is certain.
//!
//! Events may have any field, so a search begins with [`Fields::Any`]. Commands such as `stats` and `table` say which
//! fields there are from then on: [`Fields::Only`]. A command that this module does not follow makes it `Any` again:
//! nothing is claimed that could be wrong.

mod names;
mod stages;

pub(crate) use names::{matches, name_of};

use grotto_diag::Span;
use grotto_spl::ast::{Search, Stage};
use std::collections::BTreeSet;

/// The fields that rows may have.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Fields {
    /// Any.
    #[default]
    Any,
    /// Any but these.
    AnyBut(BTreeSet<String>),
    /// None but these; a name may hold wildcards. The place is that of the stage that decided it.
    Only(BTreeSet<String>, Span),
}

impl Fields {
    /// Whether rows may have the field.
    pub fn may_have(&self, name: &str) -> bool {
        match self {
            Self::Any => true,
            Self::AnyBut(gone) => !gone.contains(name),
            Self::Only(names, _) => {
                names.contains(name) || names.iter().any(|each| each.contains('*') && matches(each, name))
            }
        }
    }

    /// The names, when it is certain which there are at most.
    pub fn only(&self) -> Option<(&BTreeSet<String>, Span)> {
        match self {
            Self::Only(names, at) => Some((names, *at)),
            _ => None,
        }
    }

    fn add(&mut self, name: String) {
        match self {
            Self::Any => {}
            Self::AnyBut(gone) => {
                gone.remove(&name);
            }
            Self::Only(names, _) => {
                names.insert(name);
            }
        }
    }

    fn remove(&mut self, name: &str) {
        match self {
            Self::Any => *self = Self::AnyBut(std::iter::once(name.to_owned()).collect()),
            Self::AnyBut(gone) => {
                gone.insert(name.to_owned());
            }
            Self::Only(names, _) => {
                names.remove(name);
            }
        }
    }

    /// Rows of either kind.
    fn or(self, other: &Self) -> Self {
        match (self, other) {
            (Self::Only(mut names, at), Self::Only(more, _)) => {
                names.extend(more.iter().cloned());
                Self::Only(names, at)
            }
            _ => Self::Any,
        }
    }
}

/// The fields at each stage.
#[derive(Debug, Clone, Default)]
pub struct Flow {
    /// Before each stage of the search itself.
    pub before: Vec<Fields>,
    /// At the end.
    pub end: Fields,
}

/// Follows a search.
pub fn of(search: &Search) -> Flow {
    let mut flow = Flow::default();
    let mut fields = Fields::Any;
    for stage in &search.stages {
        flow.before.push(fields.clone());
        fields = after(stage, fields);
    }
    flow.end = fields;
    flow
}

/// The fields after a stage that rows with these fields go into.
pub fn after(stage: &Stage, fields: Fields) -> Fields {
    stages::after(stage, fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The fields at the end: `*`, `* -gone`, or names.
    fn end(spl: &str) -> String {
        match of(&grotto_spl::parse(spl).unwrap()).end {
            Fields::Any => "*".to_owned(),
            Fields::AnyBut(gone) => format!("* -{}", gone.into_iter().collect::<Vec<_>>().join(" -")),
            Fields::Only(names, _) => names.into_iter().collect::<Vec<_>>().join(" "),
        }
    }

    #[test]
    fn fields_are_followed() {
        for (spl, expected) in [
            ("a=1 | eval b=2", "*"),
            ("a=1 | fields - x, y | eval y=1", "* -x"),
            ("a=1 | rename x as y", "* -x"),
            ("a=1 | table a, b* | eval c=1 | where c=1", "a b* c"),
            ("a=1 | fields a b", "_raw _time a b"),
            ("a=1 | stats count dc(x) values(y) as z by u v", "count dc(x) u v z"),
            (
                "a=1 | stats count by u | eventstats max(count) as m | streamstats count as n by u",
                "count m n u",
            ),
            ("a=1 | stats values(*) as * by u", "*"),
            ("a=1 | stats count values(p) as p by u | stats values(*) as x_* by u", "u x_count x_p x_u"),
            (
                "| tstats count min(_time) as f from datamodel=E.P where P.a=1 by P.dest P.user _time span=1h \
                 | rename P.* as *",
                "_time count dest f user",
            ),
            (
                "a=1 | stats count by u | rex field=u \"(?<d>x)(?P<e>y)\" | rex mode=sed \"s/a/b/\"",
                "count d e u",
            ),
            ("a=1 | stats count by u | lookup t k as u OUTPUT v as w, x | fillnull q", "count q u w x"),
            ("a=1 | stats count by u | lookup t u", "*"),
            ("a=1 | top limit=3 a by c", "a c count percent"),
            ("a=1 | stats count by u | join u [search x | stats max(y) as y by u]", "count u y"),
            ("a=1 | stats count by u | append [| inputlookup z]", "*"),
            ("a=1 | stats count by u | convert ctime(count) as c | bin _time span=1h as t", "c count t u"),
            ("a=1 | stats count by u | foreach * [eval x_<<FIELD>>=1]", "*"),
            ("a=1 | stats count by u | foreach * [eval n=1]", "count n u"),
            ("a=1 | table x | eval {x}=1", "*"),
            ("a=1 | chart count by u", "count u"),
            ("a=1 | chart count by u v", "*"),
            ("a=1 | stats count by u | spath input=u path=a output=b", "b count u"),
            ("| makeresults | eval a=1", "_time a"),
            (
                "a=1 | stats sparkline(count) AS s, count BY 'x y' | addinfo | fields - info_sid",
                "count info_max_time info_min_time info_search_time s x y",
            ),
            ("a=1 | table a | whatisthis", "*"),
            ("a=1 | table a b c | strcat a b d | fields - b*", "a c d"),
        ] {
            assert_eq!(end(spl), expected, "{spl}");
        }
    }

    #[test]
    fn what_rows_may_have() {
        let flow = of(&grotto_spl::parse("x=1 | table a, b* | fields - a").unwrap());
        assert!(flow.before[1].may_have("q") && !flow.end.may_have("a") && flow.end.may_have("bcd"));
        assert_eq!(flow.before.len(), 3);
    }
}
