//! The knowledge objects of several apps laid over each other.

use super::props::group_names;
use super::{
    App, CONF_FILES, Effective, EventType, Lookup, LookupFile, LookupSource, Macro, Props, TagRule, Transform,
};
use super::{eventtypes, lookups, macros, tags, transforms};
use crate::conf::Conf;
use crate::model::DataModel;
use grotto_diag::Diagnostic;
use indexmap::IndexMap;
use std::collections::{BTreeMap, BTreeSet};

/// Everything that apps say about searches, with the precedence that [`crate::app`] describes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Objects {
    /// What events get by source, host and source type.
    pub props: Props,
    /// Extractions by name.
    pub transforms: IndexMap<String, Transform>,
    /// Definitions of lookups by name.
    pub lookups: IndexMap<String, Lookup>,
    /// Eventtypes by name.
    pub eventtypes: IndexMap<String, EventType>,
    /// Tags of values.
    pub tags: Vec<TagRule>,
    /// Macros by full name, such as `m(2)`.
    pub macros: IndexMap<String, Macro>,
    /// Data models by name.
    pub models: BTreeMap<String, DataModel>,
    /// Lookup tables by file name.
    pub lookup_files: BTreeMap<String, LookupFile>,
}

impl Objects {
    /// Lays apps over each other and reads what they say. Diagnostics name what can't be understood, and names
    /// that nothing defines.
    pub fn layered<'a>(apps: impl IntoIterator<Item = &'a App>) -> (Self, Vec<Diagnostic>) {
        let mut apps: Vec<&App> = apps.into_iter().collect();
        // From the lowest to the highest: what is laid later wins. The sort is stable: of two apps of one name the
        // one that was given later wins.
        apps.sort_by_key(|app| (app.origin, app.name.as_str()));
        let mut confs: BTreeMap<&str, Conf> = BTreeMap::new();
        let mut objects = Self::default();
        let mut problems = Vec::new();
        for app in &apps {
            for name in CONF_FILES {
                if let Some(conf) = app.conf(name) {
                    confs.entry(name).or_default().overlay(conf.clone());
                }
            }
            objects.lookup_files.extend(app.lookup_files.iter().map(|(k, v)| (k.clone(), v.clone())));
            for (name, source) in &app.models {
                let (model, said) = DataModel::parse(name, source);
                problems.extend(said);
                objects.models.extend(model.map(|m| (name.clone(), m)));
            }
        }
        objects.read(&confs, &mut problems);
        objects.check_names(&mut problems);
        (objects, problems)
    }

    /// The macro of this name that takes this many arguments.
    pub fn macro_named(&self, name: &str, arguments: usize) -> Option<&Macro> {
        match arguments {
            0 => self.macros.get(name).or_else(|| self.macros.get(&format!("{name}(0)"))),
            n => self.macros.get(&format!("{name}({n})")),
        }
    }

    /// The tags of a value of a field, in the order in which they are written, each once.
    pub fn tags_of(&self, field: &str, value: &str) -> Vec<&str> {
        let mut found = Vec::new();
        for rule in self.tags.iter().filter(|r| r.field == field && r.value == value) {
            for tag in &rule.tags {
                if !found.contains(&tag.as_str()) {
                    found.push(tag.as_str());
                }
            }
        }
        found
    }

    /// The fields that events of these settings can have besides those of their text, as far as they are written
    /// down: a transform that takes names from the event is not.
    pub fn fields_of<'a>(&'a self, effective: &'a Effective) -> BTreeSet<&'a str> {
        let mut fields = BTreeSet::new();
        fields.extend(effective.extracts.iter().flat_map(|e| group_names(&e.regex.text)));
        let transforms = effective.reports.iter().flat_map(|r| &r.transforms);
        fields
            .extend(transforms.filter_map(|t| self.transforms.get(&t.text)).flat_map(Transform::field_names));
        fields.extend(effective.aliases.iter().map(|a| a.target.as_str()));
        fields.extend(effective.evals.iter().map(|(field, _)| field.as_str()));
        fields.extend(effective.lookups.iter().flat_map(|l| &l.outputs).map(|o| o.field.as_str()));
        fields
    }

    fn read(&mut self, confs: &BTreeMap<&str, Conf>, problems: &mut Vec<Diagnostic>) {
        let none = Conf::default();
        let conf = |name: &str| confs.get(name).unwrap_or(&none);
        let (props, said) = Props::new(conf("props"));
        problems.extend(said);
        self.props = props;
        self.transforms = transforms::read(conf("transforms"), problems);
        self.lookups = lookups::read(conf("transforms"), problems);
        self.eventtypes = eventtypes::read(conf("eventtypes"), problems);
        self.tags = tags::read(conf("tags"), problems);
        self.macros = macros::read(conf("macros"), problems);
    }

    /// Names that are used and that nothing defines. An installed app may lean on another one, so these are
    /// warnings.
    fn check_names(&self, problems: &mut Vec<Diagnostic>) {
        for (reference, is_lookup) in self.props.references() {
            let name = reference.text.as_str();
            let (known, kind) = if is_lookup {
                (self.lookups.contains_key(name), "lookup")
            } else {
                (self.transforms.contains_key(name), "transform")
            };
            if !known {
                problems.push(
                    reference.warning("app/unknown-name", format!("no {kind} has the name {name}")).help(
                        "it must be a stanza of transforms.conf, in this app or in another one that is given",
                    ),
                );
            }
        }
        for lookup in self.lookups.values() {
            if let LookupSource::File(file) = &lookup.source
                && !self.lookup_files.contains_key(file)
            {
                problems.push(
                    lookup
                        .name
                        .warning("app/unknown-name", format!("no app has a file lookups/{file}"))
                        .help("a search that uses the lookup will be refused"),
                );
            }
        }
        for rule in
            self.tags.iter().filter(|r| r.field == "eventtype" && !self.eventtypes.contains_key(&r.value))
        {
            problems.push(
                rule.place.warning("app/unknown-name", format!("no eventtype has the name {}", rule.value)),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Origin;

    fn app(name: &str, origin: Origin, files: &[(&str, &str)]) -> App {
        let (app, problems) = App::from_files(name, origin, files.iter().copied());
        assert_eq!(problems, []);
        app
    }

    fn macro_app(name: &str, origin: Origin, definition: &str) -> App {
        app(name, origin, &[("default/macros.conf", &format!("[m]\ndefinition = {definition}\n"))])
    }

    #[test]
    fn given_apps_win_over_shipped_ones_and_later_names_over_earlier_ones() {
        let apps = [
            macro_app("B", Origin::Given, "B"),
            macro_app("z", Origin::Shipped, "shipped"),
            macro_app("b", Origin::Given, "b"),
            app("z", Origin::Shipped, &[("default/macros.conf", "[n]\ndefinition = n\n")]),
        ];
        let (objects, problems) = Objects::layered(&apps);
        assert_eq!(problems, []);
        assert_eq!(objects.macro_named("m", 0).unwrap().definition.text, "b");
        assert_eq!(objects.macro_named("n", 0).unwrap().definition.text, "n");
        assert_eq!(objects.macro_named("m", 1), None);
        let (objects, _) = Objects::layered(&apps[..2]);
        assert_eq!(objects.macro_named("m", 0).unwrap().definition.text, "B");
    }

    #[test]
    fn a_stanza_is_laid_over_setting_by_setting() {
        let lower = app(
            "a",
            Origin::Shipped,
            &[
                ("default/transforms.conf", "[l]\nfilename = l.csv\nmax_matches = 1\n"),
                ("lookups/l.csv", "a,b\n"),
            ],
        );
        let upper = app("b", Origin::Given, &[("local/transforms.conf", "[l]\nmax_matches = 7\n")]);
        let (objects, problems) = Objects::layered([&upper, &lower]);
        assert_eq!(problems, []);
        assert_eq!(objects.lookups["l"].max_matches, 7);
        assert_eq!(objects.lookups["l"].source, LookupSource::File("l.csv".to_owned()));
    }

    #[test]
    fn names_that_nothing_defines_are_said() {
        let one = app(
            "a",
            Origin::Given,
            &[
                ("default/props.conf", "[t]\nREPORT-a = there, gone\nLOOKUP-a = lost x OUTPUT y\n"),
                ("default/transforms.conf", "[there]\nREGEX = (?<a>.)\n[l]\nfilename = l.csv\n"),
                ("default/tags.conf", "[eventtype=e]\na = enabled\n[host=h]\nb = enabled\n"),
            ],
        );
        let (_, problems) = Objects::layered([&one]);
        let messages: Vec<&str> = problems.iter().map(|p| p.message.as_str()).collect();
        assert_eq!(
            messages,
            [
                "no lookup has the name lost",
                "no transform has the name gone",
                "no app has a file lookups/l.csv",
                "no eventtype has the name e"
            ]
        );
    }

    #[test]
    fn fields_of_settings() {
        let one = app(
            "a",
            Origin::Given,
            &[
                (
                    "default/props.conf",
                    "[t]\nREPORT-a = r\nEXTRACT-a = (?<x>.)\nFIELDALIAS-a = x AS y\nEVAL-z = 1\n\
                     LOOKUP-a = l y OUTPUT c AS w\n",
                ),
                ("default/transforms.conf", "[r]\nREGEX = (.)\nFORMAT = v::$1\n[l]\nfilename = l.csv\n"),
                ("lookups/l.csv", "y,c\n"),
            ],
        );
        let (objects, problems) = Objects::layered([&one]);
        assert_eq!(problems, []);
        let effective = objects.props.effective("", "", "t");
        assert_eq!(objects.fields_of(&effective).into_iter().collect::<Vec<_>>(), ["v", "w", "x", "y", "z"]);
        assert_eq!(objects.fields_of(&objects.props.effective("", "", "u")).len(), 0);
    }

    #[test]
    fn tags_add_up() {
        let text = "[eventtype=e]\na = enabled\nb = enabled\n";
        let more = "[eventtype=e]\nb = disabled\nc = enabled\n[default]\n";
        let lower = app(
            "a",
            Origin::Shipped,
            &[("default/tags.conf", text), ("default/eventtypes.conf", "[e]\nsearch = x\n")],
        );
        let upper = app("a", Origin::Given, &[("default/tags.conf", more)]);
        let (objects, problems) = Objects::layered([&upper, &lower]);
        assert_eq!(problems, []);
        assert_eq!(objects.tags_of("eventtype", "e"), ["a", "c"]);
        assert_eq!(objects.tags_of("eventtype", "x"), [""; 0]);
    }
}
