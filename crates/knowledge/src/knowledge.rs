//! All search-time knowledge of a run. What an event type needs is compiled when its first event comes.

mod compile;

use crate::app::{self, App, Objects};
use crate::assets;
use crate::derive::Derivation;
use crate::lookups;
use crate::node::Node;
use crate::tagging::{Certain, EVENTTYPE, TAG, Tagging};
use grotto_content::Content;
use grotto_diag::phase::{self, Phase};
use grotto_diag::{Diagnostic, Severity};
use grotto_engine::Context;
use grotto_engine::lookup::Lookups;
use grotto_engine::pipeline::FieldSet;
use grotto_engine::predicate::Predicate;
use grotto_engine::value::cell_text;
use grotto_events::{Batch, Cell, Column};
use grotto_spl::{MacroDefinition, MacroTable};
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// What is certain of all events of an event type.
#[derive(Debug)]
pub struct Settled {
    /// The fields that have the same value in each, as one row.
    pub fields: Batch,
    certain: Certain,
}

impl Settled {
    /// Whether a predicate holds for each event, or for none; `None` when that depends on the event.
    pub fn holds(&self, predicate: &Predicate) -> Option<bool> {
        of_known(&self.fields, predicate).or_else(|| self.certain.holds(predicate))
    }
}

fn of_known(known: &Batch, predicate: &Predicate) -> Option<bool> {
    let column = known.column(predicate.field()).filter(|column| !column.all_null())?;
    Some(predicate.holds(column.cell(0)))
}

/// Source, host and source type of events.
type Origin = (String, String, String);

/// What is made of events is known for so many sources, hosts and source types at once.
const MOST_ORIGINS: usize = 4096;

/// All search-time knowledge of a run; shared by threads.
pub struct Knowledge {
    objects: Objects,
    macros: MacroTable,
    /// With the lookups that the user gives before all others.
    context: Context,
    /// The lookups that the user gives.
    given: Lookups,
    /// Those of apps, and those that need none.
    own: Lookups,
    tagging: Tagging,
    derivations: Mutex<FxHashMap<Origin, Arc<Derivation>>>,
    nodes: Mutex<FxHashMap<String, Arc<Node>>>,
    problems: Mutex<Vec<Diagnostic>>,
}

impl Knowledge {
    /// grotto's own add-ons and, over them, the apps in these folders. What can't be read is said; the rest is there.
    pub fn load(folders: &[PathBuf], context: &Context) -> (Self, Vec<Diagnostic>) {
        Self::load_tuned(folders, &[], context)
    }

    /// Likewise, with macros of the user that go before those of the apps in eventtypes and data models.
    pub fn load_tuned(
        folders: &[PathBuf],
        tuned: &[MacroDefinition],
        context: &Context,
    ) -> (Self, Vec<Diagnostic>) {
        let _phase = phase::enter(Phase::Knowledge);
        let (mut apps, mut problems) = app::shipped();
        apps.push(assets::app(&context.lookups));
        for folder in folders {
            let (app, said) = App::load(folder);
            apps.push(app);
            problems.extend(said);
        }
        let (knowledge, said) = Self::of_apps_tuned(&apps, tuned, context);
        problems.extend(said);
        (knowledge, problems)
    }

    /// The knowledge of these apps alone.
    pub fn of_apps(apps: &[App], context: &Context) -> (Self, Vec<Diagnostic>) {
        Self::of_apps_tuned(apps, &[], context)
    }

    fn of_apps_tuned(apps: &[App], tuned: &[MacroDefinition], context: &Context) -> (Self, Vec<Diagnostic>) {
        let (objects, mut problems) = Objects::layered(apps);
        let own = lookups::of_apps(&objects).over(&lookups::builtin());
        let mut knowledge = Self {
            macros: compile::macros(&objects, context),
            objects,
            context: Context { lookups: context.lookups.over(&own), ..context.clone() },
            given: context.lookups.clone(),
            own,
            tagging: Tagging::default(),
            derivations: Mutex::default(),
            nodes: Mutex::default(),
            problems: Mutex::default(),
        };
        for definition in tuned {
            knowledge.macros.insert(definition.clone());
        }
        knowledge.tagging = compile::tagging(&knowledge, &mut problems);
        (knowledge, problems)
    }

    /// What it was made for: the time of the run and its time zone.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// The macros that add-ons define.
    pub fn macros(&self) -> impl Iterator<Item = MacroDefinition> + '_ {
        self.objects.macros.values().map(app::Macro::to_definition)
    }

    /// The lookups that searches of a run with these rules may name: those that the user gives before those of the
    /// rules, those before the apps', and those before grotto's own.
    pub fn lookups(&self, content: &Content) -> Lookups {
        self.given.over(&lookups::of_content(content)).over(&self.own)
    }

    /// The objects that the apps define.
    pub fn objects(&self) -> &Objects {
        &self.objects
    }

    /// The batch with the wanted fields that add-ons make of its events. Asking for every field makes all of them.
    pub fn derive(&self, base: &Batch, wanted: &FieldSet) -> Batch {
        let _phase = phase::enter(Phase::Derive);
        if self.objects.props.has_host_stanzas()
            && base.rows() > 1
            && let Some(host @ Column::Text(_)) = base.column("host")
            && host.as_constant().is_none()
        {
            return self.derive_by_host(base, host, wanted);
        }
        self.derive_from(self.origin(base), base, wanted)
    }

    /// As [`derive`](Self::derive), of events that come from the same place.
    fn derive_from(&self, origin: Option<Origin>, base: &Batch, wanted: &FieldSet) -> Batch {
        let mut fields = wanted.clone();
        let tags = self.tagging.makes_any(wanted);
        if tags && !fields.is_all() {
            self.tagging.reads(&mut fields);
        }
        let mut batch = match origin {
            Some(origin) => self.derivation(origin).run(base, &fields),
            None => base.clone(),
        };
        if tags {
            self.tagging.run(&mut batch, wanted);
        }
        batch
    }

    /// As [`derive`](Self::derive), where hosts differ and so may what is made of their events.
    fn derive_by_host(&self, base: &Batch, hosts: &Column, wanted: &FieldSet) -> Batch {
        let mut by_host: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
        for row in 0..base.rows() {
            let host = if let Cell::Text(host) = hosts.cell(row) { host } else { "" };
            by_host.entry(host).or_default().push(row as u32);
        }
        let mut pieces = Vec::with_capacity(by_host.len());
        for (host, rows) in &by_host {
            let piece = base.take(rows);
            let origin = self.origin(&piece);
            let origin = origin.map(|(source, _, sourcetype)| (source, (*host).to_owned(), sourcetype));
            pieces.push(self.derive_from(origin, &piece, wanted));
        }
        // Back in the order in which they were.
        let mut places: Vec<(u32, u32)> = by_host.into_values().flatten().zip(0..).collect();
        places.sort_unstable();
        let places: Vec<u32> = places.into_iter().map(|(_, place)| place).collect();
        Batch::concat(&pieces, cell_text).take(&places)
    }

    /// Adds to the fields that events of a source and source type have those that add-ons can make of them. `false` when
    /// there may be more: names that only the text of an event knows.
    pub fn gives(&self, source: &str, sourcetype: &str, fields: &mut BTreeSet<String>) -> bool {
        let origin = (source.to_owned(), String::new(), sourcetype.to_owned());
        self.derivation(origin).gives(fields)
    }

    /// The fields of events of this source and source type that the wanted fields are made from, and these themselves, which
    /// an event can have.
    pub fn base_fields(&self, (source, sourcetype): (&str, &str), wanted: &FieldSet) -> FieldSet {
        let mut fields = wanted.clone();
        if fields.is_all() {
            return fields;
        }
        if self.tagging.makes_any(wanted) {
            self.tagging.reads(&mut fields);
        }
        if self.objects.props.has_host_stanzas() {
            // Which stanzas apply is not known before a host is; theirs may read anything.
            return FieldSet::all();
        }
        let origin = (source.to_owned(), String::new(), sourcetype.to_owned());
        self.derivation(origin).needed(&fields)
    }

    /// What is certain of all events in which some fields have certain values. `known` has one row; without `source` and
    /// `sourcetype` nothing is certain.
    pub fn settle(&self, known: &Batch) -> Settled {
        let whence = ["source", "sourcetype"].iter().all(|field| known.column(field).is_some());
        let fields = match self.origin(known).filter(|_| whence) {
            // Hosts may differ between the events, and so may what is made of them.
            Some(_) if self.objects.props.has_host_stanzas() => Batch::new(1),
            Some(origin) => self.derivation(origin).settle(known),
            // The stanzas for their source can't be known.
            None => Batch::new(1),
        };
        let mut holds = |predicate: &Predicate| of_known(&fields, predicate);
        let certain = self.tagging.settle(&fields, &mut holds);
        let mut fields = fields;
        for made in [EVENTTYPE, TAG] {
            fields.remove(made);
        }
        Settled { fields, certain }
    }

    /// Whether a field of a batch's events is another one under a second name.
    pub fn is_alias(&self, batch: &Batch, field: &str) -> bool {
        self.origin(batch).is_some_and(|origin| self.derivation(origin).is_alias(field))
    }

    /// A node of a data model; the model's first root when no node is named.
    ///
    /// # Errors
    /// `engine/unknown-data-model`, and what is wrong with the definition of the node.
    pub fn node(&self, model: &str, node: Option<&str>) -> Result<Arc<Node>, Box<Diagnostic>> {
        let key = format!("{model}.{}", node.unwrap_or_default());
        let mut nodes = self.nodes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(node) = nodes.get(&key) {
            return Ok(Arc::clone(node));
        }
        let made = Arc::new(compile::node(self, model, node)?);
        nodes.insert(key, Arc::clone(&made));
        Ok(made)
    }

    /// What was found to be wrong with the add-ons since the last call: an expression that can't be compiled, a table
    /// that can't be read. Also what searches of this run had to say of lookups. Each is said once, in the order of
    /// files and places, whichever thread found it first.
    pub fn problems(&self) -> Vec<Diagnostic> {
        let mut problems = std::mem::take(&mut *self.problems.lock().unwrap_or_else(PoisonError::into_inner));
        problems.sort_by_cached_key(|problem| {
            let file = problem.source.as_ref().map(|source| source.name.clone());
            let start = problem.labels.first().map(|label| label.span.start);
            (file, start, problem.slug, problem.message.clone())
        });
        problems.extend(self.context.lookups.remarks());
        problems
    }

    /// Where the events of a batch come from; batches are of one event type, so the first event speaks for all.
    fn origin(&self, batch: &Batch) -> Option<Origin> {
        let field = |name: &str| {
            let column: &Column = batch.column(name)?;
            (0..column.len()).find_map(|row| match column.cell(row) {
                Cell::Text(text) => Some(text.to_owned()),
                _ => None,
            })
        };
        let host = batch.column("host").and_then(Column::as_constant).unwrap_or_default().to_owned();
        let host = if self.objects.props.has_host_stanzas() { host } else { String::new() };
        Some((field("source").unwrap_or_default(), host, field("sourcetype")?))
    }

    fn derivation(&self, origin: Origin) -> Arc<Derivation> {
        let mut known = self.derivations.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(derivation) = known.get(&origin) {
            return Arc::clone(derivation);
        }
        // There may be any number of hosts.
        if known.len() >= MOST_ORIGINS {
            known.clear();
        }
        let made = Arc::new(compile::derivation(self, &origin));
        known.insert(origin, Arc::clone(&made));
        made
    }

    fn say(&self, diagnostic: Diagnostic) {
        let diagnostic = Diagnostic { severity: Severity::Warning, ..diagnostic };
        let mut problems = self.problems.lock().unwrap_or_else(PoisonError::into_inner);
        if !problems.contains(&diagnostic) {
            problems.push(diagnostic);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Origin as AppOrigin;

    fn knowledge(files: &[(&str, &str)]) -> Knowledge {
        let (app, problems) = App::from_files("t", AppOrigin::Given, files.iter().copied());
        assert_eq!(problems, []);
        let (knowledge, problems) = Knowledge::of_apps(&[app], &Context::default());
        assert_eq!(problems, []);
        knowledge
    }

    fn event(fields: &[(&str, &str)]) -> Batch {
        let mut batch = Batch::new(1);
        for (name, value) in [("source", "s"), ("sourcetype", "t")].iter().chain(fields) {
            batch.set(*name, Column::constant(value, 1));
        }
        batch
    }

    /// The fields of the only row.
    fn derive(knowledge: &Knowledge, fields: &[(&str, &str)], wanted: &FieldSet) -> Vec<(String, String)> {
        let out = knowledge.derive(&event(fields), wanted);
        assert_eq!(knowledge.problems(), []);
        out.columns().skip(2 + fields.len()).map(|(n, c)| (n.to_string(), cell_text(c.cell(0)))).collect()
    }

    fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
        list.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
    }

    #[test]
    fn the_steps_follow_splunks_order() {
        let knowledge = knowledge(&[
            (
                "default/props.conf",
                "[t]\nEXTRACT-a = (?<first>\\w+)-(?<second>\\w+) in text\nREPORT-h = hashes\n\
                 FIELDALIAS-a = first AS one missing AS gone second ASNEW kept\n\
                 EVAL-joined = one.\".\".second\nEVAL-blind = joined\nLOOKUP-l = codes code OUTPUT meaning AS what\n",
            ),
            (
                "default/transforms.conf",
                "[hashes]\nREGEX = (\\w+)=(\\w+)\nFORMAT = $1::$2\nSOURCE_KEY = hashes\n\
                 [codes]\nfilename = codes.csv\ncase_sensitive_match = false\n",
            ),
            ("lookups/codes.csv", "code,meaning\nA1,alpha\nB2,beta\n"),
        ]);
        let fields = [("text", "x1-y2"), ("hashes", "MD5=aa,SHA1=bb"), ("kept", "k"), ("code", "a1")];
        assert_eq!(
            derive(&knowledge, &fields, &FieldSet::all()),
            pairs(&[
                ("first", "x1"),
                ("second", "y2"),
                ("MD5", "aa"),
                ("SHA1", "bb"),
                ("one", "x1"),
                ("joined", "x1.y2"),
                ("what", "alpha"),
            ]),
            "a calculated field does not see another one; ASNEW keeps what is there; AS of a missing field removes"
        );
        assert_eq!(derive(&knowledge, &fields, &FieldSet::of(["what"])).last().unwrap().1, "alpha");
        let one = derive(&knowledge, &fields, &FieldSet::of(["one"]));
        assert!(one.iter().all(|(name, _)| name != "joined" && name != "what"), "{one:?}");
    }

    #[test]
    fn the_fields_that_events_can_have_follow_from_those_that_they_have() {
        let knowledge = knowledge(&[(
            "default/props.conf",
            "[t]\nEXTRACT-a = (?<first>x) in text\nFIELDALIAS-a = first AS one missing AS gone\n\
             EVAL-joined = one.missing\nEVAL-blind = joined\nEVAL-fixed = 1\n[xmlwineventlog]\nEVAL-w = a\n",
        )]);
        let gives = |sourcetype, names: &[&str]| {
            let mut fields: BTreeSet<String> = names.iter().map(|name| (*name).to_owned()).collect();
            let all = knowledge.gives("s", sourcetype, &mut fields);
            (all, fields.into_iter().collect::<Vec<_>>().join(" "))
        };
        assert_eq!(gives("t", &["text"]).1, "first fixed joined one text");
        assert_eq!(
            gives("t", &["_raw"]),
            (false, "_raw fixed".to_owned()),
            "KV_MODE finds names in the text"
        );
        assert_eq!(gives("xmlwineventlog", &["a"]), (true, "a w".to_owned()));
    }

    #[test]
    fn eventtypes_give_tags() {
        let knowledge = knowledge(&[
            ("default/props.conf", "[t]\nFIELDALIAS-a = code AS EventCode\n"),
            (
                "default/eventtypes.conf",
                "[logon]\nsearch = EventCode=4624 `where_from`\n[any]\nsearch = source=*\n",
            ),
            ("default/macros.conf", "[where_from]\ndefinition = source=s\n"),
            (
                "default/tags.conf",
                "[eventtype=logon]\nauthentication = enabled\nold = disabled\n[code=46*]\nnumber = enabled\n",
            ),
        ]);
        let wanted = FieldSet::of(["tag", "eventtype"]);
        let got = derive(&knowledge, &[("code", "4624")], &wanted);
        let expected =
            pairs(&[("EventCode", "4624"), ("eventtype", "logon\nany"), ("tag", "authentication\nnumber")]);
        assert_eq!(got, expected);
        let single = derive(&knowledge, &[("code", "4624")], &FieldSet::of(["tag::code"]));
        assert_eq!(single.last().unwrap(), &("tag::code".to_owned(), "number".to_owned()));
        let other = derive(&knowledge, &[("code", "1")], &wanted);
        assert_eq!(other, pairs(&[("EventCode", "1"), ("eventtype", "any")]));
    }

    #[test]
    fn a_tuned_macro_goes_before_that_of_an_app_in_eventtypes() {
        let files = [
            ("default/eventtypes.conf", "[logon]\nsearch = `logons`\n"),
            ("default/macros.conf", "[logons]\ndefinition = code=1\n"),
        ];
        let (app, _) = App::from_files("t", AppOrigin::Given, files);
        let tuned = MacroDefinition {
            name: "logons".into(),
            arguments: Vec::new(),
            definition: "code=2".into(),
            iseval: false,
        };
        for (tuned, code) in [(vec![], "1"), (vec![tuned], "2")] {
            let (knowledge, problems) =
                Knowledge::of_apps_tuned(std::slice::from_ref(&app), &tuned, &Context::default());
            assert_eq!(problems, []);
            let got = derive(&knowledge, &[("code", code)], &FieldSet::of(["eventtype"]));
            assert_eq!(got, pairs(&[("eventtype", "logon")]));
        }
    }

    #[test]
    fn stanzas_of_hosts_apply_to_their_events_whatever_others_are_in_the_batch() {
        let text = "[t]\nEVAL-who = \"event\"\n[host::h1]\nEVAL-who = \"host\"\n";
        let knowledge = knowledge(&[("default/props.conf", text)]);
        let hosts = [Some("h1"), Some("h2"), None, Some("h1"), Some("h3")];
        let mut batch = Batch::new(hosts.len());
        for (name, value) in [("source", "s"), ("sourcetype", "t")] {
            batch.set(name, Column::constant(value, hosts.len()));
        }
        batch.set("host", Column::text(hosts));
        batch.set("n", Column::Int((0..5).collect::<Vec<i64>>().into()));
        let who = |batch: &Batch| -> Vec<String> {
            (0..batch.rows())
                .map(|row| ["n", "host", "who"].map(|field| cell_text(batch.cell(field, row))).join(" "))
                .collect()
        };
        let wanted = FieldSet::of(["who"]);
        let all = who(&knowledge.derive(&batch, &wanted));
        assert_eq!(all, ["0 h1 host", "1 h2 event", "2  event", "3 h1 host", "4 h3 event"]);
        for from in 0..5 {
            assert_eq!(who(&knowledge.derive(&batch.slice(from, 5 - from), &wanted)), all[from..]);
        }
        assert_eq!(knowledge.derive(&batch.slice(0, 0), &wanted).names().count(), batch.names().count());
    }

    #[test]
    fn an_unknown_data_model_is_named() {
        let knowledge = knowledge(&[]);
        let error = knowledge.node("Nothing", None).unwrap_err();
        assert_eq!(error.slug, "engine/unknown-data-model");
    }

    #[test]
    fn problems_stand_in_the_order_of_places_whichever_came_first() {
        let text = "[t]\nEVAL-a = nosuch(a)\n[u]\nEVAL-a = nosuch(a)\n";
        for origins in [["t", "u"], ["u", "t"]] {
            let knowledge = knowledge(&[("default/props.conf", text)]);
            for origin in origins {
                let mut batch = event(&[("a", "x")]);
                batch.set("sourcetype", Column::constant(origin, 1));
                knowledge.derive(&batch, &FieldSet::all());
            }
            let lines = knowledge.problems().iter().filter_map(|p| Some(p.place()?.line)).collect::<Vec<_>>();
            assert_eq!(lines, [2, 4]);
        }
    }

    #[test]
    fn a_wrong_expression_is_said_once_and_the_rest_goes_on() {
        let text = "[t]\nEVAL-bad = nosuchfunction(a)\nEVAL-good = upper(a)\n";
        let knowledge = knowledge(&[("default/props.conf", text)]);
        for _ in 0..2 {
            let out = knowledge.derive(&event(&[("a", "x")]), &FieldSet::all());
            assert_eq!(cell_text(out.cell("good", 0)), "X");
        }
        let problems = knowledge.problems();
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].place().map(|p| p.line), Some(2));
    }
}
