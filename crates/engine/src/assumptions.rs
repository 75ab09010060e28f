//! Choices made where Splunk's documentation is silent or contradicts itself.
//!
//! Each has a name, so that a result can say on which choices it hangs, and a test that pins it. A recorded result of
//! a real Splunk settles one.

/// A choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assumption {
    /// Its name.
    pub name: &'static str,
    /// What grotto does, in one sentence.
    pub choice: &'static str,
    /// Why.
    pub reason: &'static str,
    /// The page of the documentation that leaves it open.
    pub url: &'static str,
}

/// The assumption of a name.
pub fn find(name: &str) -> Option<&'static Assumption> {
    ASSUMPTIONS.iter().find(|assumption| assumption.name == name)
}

/// All assumptions, by name.
pub static ASSUMPTIONS: &[Assumption] = &[
    Assumption {
        name: "anomaly-cutoff",
        choice: "`anomalydetection` finds what lies below the first quartile of the logarithms of probabilities by more than three times the range between the quartiles, or 1.5 times with `cutoff=false`.",
        reason: "The documentation gives the formula for `cutoff=false` and says that the other finds fewer.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/anomalydetection",
    },
    Assumption {
        name: "anomaly-histogram",
        choice: "The histogram of numbers in `anomalydetection` has as many bins of one width as the root of the number of values, at most 100; a row without a field's value gets nothing for that field.",
        reason: "The documentation speaks of a histogram and not of its bins.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/anomalydetection",
    },
    Assumption {
        name: "append-limit",
        choice: "`append`, `appendcols`, `set` and `union` use the first 50,000 rows of another search, unless `maxout` says otherwise.",
        reason: "The page of `append` names 10,000 for subsearches in general and 50,000 as the default of `maxout`.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/append",
    },
    Assumption {
        name: "appendcols-more-rows",
        choice: "When the other search of `appendcols` gives more rows than there are, the rest become rows of their own.",
        reason: "The documentation speaks of rows that both have only; dropping values in silence would be worse.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/appendcols",
    },
    Assumption {
        name: "avg-not-rounded",
        choice: "The eval function `avg` gives the average with its fraction.",
        reason: "The documentation says that the result is an integer and shows averages that are whole.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/evaluation-functions/statistical-eval-functions",
    },
    Assumption {
        name: "bins-of-nice-sizes",
        choice: "Without a span, numbers are put into bins as wide as the smallest power of ten that makes no more bins than wanted, times into the smallest of 1, 5, 10, 30 seconds, 1, 5, 10, 30 minutes, 1 hour, 1 day, 1 month, 1 year.",
        reason: "The documentation gives the steps for times, and for numbers only the most bins there can be.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/bin",
    },
    Assumption {
        name: "bits-of-53",
        choice: "The bitwise functions work on whole numbers of 53 bits and give null for anything else.",
        reason: "The documentation gives no width; whole numbers have 53 bits in Splunk.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/evaluation-functions/bitwise-functions",
    },
    Assumption {
        name: "chart-bins-time-only",
        choice: "`chart` puts the field of its rows into bins when it is `_time` or when options ask for it.",
        reason: "The documentation says that `chart` calls `bin` by itself and shows number fields that are left as they are.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/chart",
    },
    Assumption {
        name: "chart-order-of-columns",
        choice: "Columns of series are sorted by value, numbers before text; then come NULL and OTHER. Several aggregations stand in the order in which they are written, each with all its series.",
        reason: "The documentation names no order.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/chart",
    },
    Assumption {
        name: "chart-where-cells",
        choice: "WHERE of `chart` and `timechart` tests the cells of the first aggregation: their sum, average, minimum or maximum; `count` is the number of rows.",
        reason: "The documentation leaves open over what the aggregation is taken.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/timechart",
    },
    Assumption {
        name: "classic-source-alias",
        choice: "A condition on the source or source type `WinEventLog:X` also takes events of the source `XmlWinEventLog:X`, unless the search names that too.",
        reason: "Splunk would not match; but EVTX files are read as XML, and the macros of published rules name the source of one setup, to be replaced by one's own. Rules that this touches say so.",
        url: "https://docs.splunk.com/Documentation/Splunk/latest/Data/MonitorWindowseventlogdata",
    },
    Assumption {
        name: "compare-looks-numeric",
        choice: "In eval and where, two values that both look like numbers are compared as numbers, all others by their characters.",
        reason: "The documentation compares numbers as numbers and text as text, and says nothing of a number beside text.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/where",
    },
    Assumption {
        name: "concurrency-ends-included",
        choice: "`concurrency` counts a row as going on from its start to its end, both included.",
        reason: "The documentation says between start and end.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/concurrency",
    },
    Assumption {
        name: "contingency-order",
        choice: "`contingency` gives rows and columns by their totals, the largest first, of the same total by their characters.",
        reason: "The documentation shows tables without saying what orders them.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/contingency",
    },
    Assumption {
        name: "convert-unreadable",
        choice: "`convert` leaves a value that it can't convert as it is, except that `num` takes it away.",
        reason: "Only `auto` and `num` are described for values that do not convert.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/convert",
    },
    Assumption {
        name: "dedup-sorts-before",
        choice: "`dedup … sortby` sorts the rows first and keeps the first of each combination in that order.",
        reason: "The documentation says that results are sorted and not whether that decides which rows stay.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/dedup",
    },
    Assumption {
        name: "empty-text-is-a-value",
        choice: "An empty text is a value: `field=\"\"` finds it, `stats` groups by it, and `fillnull` leaves it.",
        reason: "The documentation speaks of fields without a value and does not say whether an empty text is one.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/stats",
    },
    Assumption {
        name: "eventstats-keeps-null-by",
        choice: "`eventstats` keeps rows that lack a BY field and gives them no results.",
        reason: "The documentation does not say what becomes of such rows; dropping rows would be the work of `stats`.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/eventstats",
    },
    Assumption {
        name: "extract-overwrites",
        choice: "`extract`, where it finds a pair, replaces what the field held before; of several values of a key it keeps the first unless `mv_add` is true.",
        reason: "The documentation says what `mv_add` does among the pairs and nothing of fields that are there already.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/extract",
    },
    Assumption {
        name: "fillnull-declared-fields",
        choice: "`fillnull` without a field list also fills fields that events declare and leave empty, such as `<Data Name='Path'></Data>`.",
        reason: "Splunk fills fields of the result set that have a value in some row; without this choice a rule that groups by such a field finds nothing when all rows leave it empty.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/fillnull",
    },
    Assumption {
        name: "foreach-named-fields",
        choice: "`foreach` runs for a field that is named without wildcards whether or not any row has it.",
        reason: "The documentation describes lists of names as wildcard fields and says nothing of missing ones; rules that give a default value to each of some fields rely on it.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/foreach",
    },
    Assumption {
        name: "fromjson-members",
        choice: "`fromjson` makes fields of the members of the outermost object only; nulls make none, and arrays become multivalue fields.",
        reason: "The documentation shows an object of single values.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/fromjson",
    },
    Assumption {
        name: "gentimes-end",
        choice: "`gentimes` without an end goes to the begin of today.",
        reason: "The documentation of the default speaks of midnight before the current time.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/gentimes",
    },
    Assumption {
        name: "in-ignores-null-items",
        choice: "`IN` and `in()` pass over items that are null; only a null value to look for makes the result null.",
        reason: "The documentation describes literal items only; a list with a missing field would otherwise never be false.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/evaluation-functions/comparison-and-conditional-functions",
    },
    Assumption {
        name: "inputlookup-max-before-where",
        choice: "`start` and `max` of `inputlookup` count rows of the file, of which WHERE then takes some.",
        reason: "The documentation says that they are about the events that are read, and not how WHERE comes in.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/inputlookup",
    },
    Assumption {
        name: "join-aliases",
        choice: "With `left=L right=R` the fields of the result are called `L.field` and `R.field`; internal fields keep their names.",
        reason: "The documentation says that the aliases avoid collisions of names and does not show what the fields are called.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/join",
    },
    Assumption {
        name: "join-common-fields",
        choice: "`join` without fields compares all fields that both sides have a value of in some row, but for internal ones such as `_time`.",
        reason: "The documentation says all common fields; rows of two searches hardly ever have the same time.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/join",
    },
    Assumption {
        name: "join-keeps-values",
        choice: "With `overwrite=true` a field that the other search's row lacks keeps the value that it has.",
        reason: "The documentation speaks of values that overwrite, and an absent one is none.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/join",
    },
    Assumption {
        name: "json-booleans-as-text",
        choice: "`json_extract` gives true and false of a document as the texts true and false.",
        reason: "The documentation calls the result a boolean, which no field can hold.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/evaluation-functions/json-functions",
    },
    Assumption {
        name: "json-types-of-fields",
        choice: "Inside JSON, a field that looks like a number is a number, a text in quotes is a string, and text that is an object or an array is taken as such.",
        reason: "The documentation shows literal arguments and objects that were made before.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/evaluation-functions/json-functions",
    },
    Assumption {
        name: "like-has-no-escape",
        choice: "In a pattern of `LIKE` a backslash is a backslash and takes no wildcard away.",
        reason: "Patterns of Windows paths such as `%\\\\temp\\\\%` would otherwise lose their wildcards.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/evaluation-functions/comparison-and-conditional-functions",
    },
    Assumption {
        name: "lookup-csv-blanks",
        choice: "Blanks around a value or column name of a CSV table do not belong to it unless they are in quotes.",
        reason: "It is not documented; public rules read tables that are written with a blank behind each comma.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/lookup",
    },
    Assumption {
        name: "lookup-empty-cell",
        choice: "An empty cell of a lookup table is no value: it matches nothing and gives nothing.",
        reason: "The documentation does not tell an empty cell from a missing value.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/lookup",
    },
    Assumption {
        name: "lookup-miss-keeps",
        choice: "Where no row of a lookup matches and it has no default, fields that the event has stay, also with OUTPUT.",
        reason: "The documentation says that OUTPUT overwrites what exists, and that without a match nothing is output.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/lookup",
    },
    Assumption {
        name: "lookup-missing-key",
        choice: "An event that lacks one of the match fields is not looked up and gets no default.",
        reason: "The documentation speaks of values that are input to the table; such an event has none.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/lookup",
    },
    Assumption {
        name: "lookup-multivalue-key",
        choice: "Each value of a multivalue match field is looked up, with several such fields each combination; what is found is put together in order.",
        reason: "The documentation describes matching for single values only.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/lookup",
    },
    Assumption {
        name: "lookup-outputnew-by-field",
        choice: "OUTPUTNEW fills those output fields that an event lacks and leaves the others.",
        reason: "The documentation says that the lookup is not done for events in which the output fields exist, and nothing of events that have some of them.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/lookup",
    },
    Assumption {
        name: "macros-in-quotes",
        choice: "A macro inside double quotes is expanded where the text between the backticks names a macro that exists.",
        reason: "The documentation says that it is not, but published rules rely on it.",
        url: "https://help.splunk.com/en/splunk-enterprise/manage-knowledge-objects/knowledge-management-manual/10.0/use-search-macros/use-search-macros-in-searches",
    },
    Assumption {
        name: "makecontinuous-begins",
        choice: "`makecontinuous` names bins of numbers by their begins and puts rows without the field last.",
        reason: "The documentation shows times only.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/makecontinuous",
    },
    Assumption {
        name: "makeresults-data",
        choice: "Rows of `makeresults format=json` have `_raw` and `_time`; arrays become multivalue fields and objects stay JSON. Rows of CSV have the columns alone, and empty values are missing.",
        reason: "The documentation shows objects with texts and numbers only.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/makeresults",
    },
    Assumption {
        name: "map-skips-missing",
        choice: "`map` leaves out rows that lack a field of its search, and says how many.",
        reason: "The documentation does not say what is run for such a row; failing the whole search would lose the other rows.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/map",
    },
    Assumption {
        name: "map-values-quoted",
        choice: "A value that `map` fills in outside of quotes is put into quotes unless it is made of letters, digits and `_.:-`; inside quotes its quotes and backslashes are escaped.",
        reason: "The documentation only says that the variable is replaced; a value from a log must not be able to add commands.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/map",
    },
    Assumption {
        name: "min-max-numeric",
        choice: "`min` and `max` compare numbers as numbers and put all of them before text.",
        reason: "The page sorts 10, 9, 70, 100 as text in one place and promises numbers in another.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/statistical-and-charting-functions/aggregate-functions",
    },
    Assumption {
        name: "mode-ties",
        choice: "Of several most frequent values `mode` gives the one that sorts first by its characters.",
        reason: "The documentation does not say which; this one does not depend on the order of rows.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/statistical-and-charting-functions/aggregate-functions",
    },
    Assumption {
        name: "month-ends",
        choice: "A month before or after a day that the other month lacks is that month's last day.",
        reason: "The documentation does not say what a month before the 31st of March is.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/time-format-variables-and-modifiers/time-modifiers",
    },
    Assumption {
        name: "multikv-tables",
        choice: "`multikv` keeps an event in which it finds no table as it is, and takes the first line of capitalised words as the title line, else the first line of several words.",
        reason: "The documentation says only what such lines look like.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/multikv",
    },
    Assumption {
        name: "multisearch-same-time",
        choice: "Events of several searches that have the same time come in the order in which the searches are written.",
        reason: "The documentation says that results are interleaved by time.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/multisearch",
    },
    Assumption {
        name: "multivalue-compares-any",
        choice: "A comparison with a multivalue field holds if it holds for any of its values, `!=` too.",
        reason: "The documentation says so for `=` in searches and is silent on the rest.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/search",
    },
    Assumption {
        name: "multivalue-operands-are-null",
        choice: "Arithmetic and concatenation with a multivalue field give null.",
        reason: "The documentation points to `mvmap` for this and does not say what happens without it.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/eval",
    },
    Assumption {
        name: "mvexpand-keeps-missing",
        choice: "`mvexpand` keeps a row that lacks the field as it is.",
        reason: "The documentation describes only rows that have the field.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/mvexpand",
    },
    Assumption {
        name: "mvindex-cuts-ranges",
        choice: "`mvindex` with a range that reaches past an end gives the values that there are.",
        reason: "The documentation says null for an index out of range and does not mention ranges that are so in part.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/evaluation-functions/multivalue-eval-functions",
    },
    Assumption {
        name: "not-of-null-is-null",
        choice: "In eval and where, `NOT` of a comparison that is null is null, so that `where` drops the row.",
        reason: "The documentation describes `NOT` with missing fields for searches only.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/where",
    },
    Assumption {
        name: "number-digits",
        choice: "Calculated numbers are written with the fewest digits that read back as the same number, without an exponent.",
        reason: "The documentation says that `exact` shows more digits than usual and not how many that are.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/evaluation-functions/mathematical-functions",
    },
    Assumption {
        name: "numbers-by-looks",
        choice: "`isnum`, `isint`, `isstr` and `typeof` judge by what a value looks like, whether it was written in quotes or not.",
        reason: "Fields of events are text to the engine, and the documentation treats those that look like numbers as numbers.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/evaluation-functions/informational-functions",
    },
    Assumption {
        name: "outlier-quartiles",
        choice: "The quartiles of `outlier` are found as `perc25` and `perc75` are, by nearest rank.",
        reason: "The documentation names percentiles and not how they are found.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/outlier",
    },
    Assumption {
        name: "perc-nearest-rank",
        choice: "`perc` gives an actual value of the field, by nearest rank.",
        reason: "The text promises nearest rank below 1,000 different values while the examples of the same page interpolate.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/statistical-and-charting-functions/aggregate-functions",
    },
    Assumption {
        name: "plus-adds-number-looking-text",
        choice: "`+` adds when both sides look like numbers and joins in all other cases.",
        reason: "The documentation adds two numbers and joins two strings, and leaves open what a field of digits beside text is.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/eval",
    },
    Assumption {
        name: "printf-unfit-values",
        choice: "`printf` gives null when a value is missing or is not what its letter wants; what looks like a whole number is one.",
        reason: "The documentation shows values that fit.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/evaluation-functions/conversion-functions",
    },
    Assumption {
        name: "random-each-run",
        choice: "`random` gives other numbers in each run, also over the same events.",
        reason: "The documentation names the range and no seed; a number that only seemed to be by chance would hide that a rule hangs on it.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/evaluation-functions/statistical-eval-functions",
    },
    Assumption {
        name: "regex-not-equal-missing",
        choice: "`regex field!=…` keeps rows that lack the field.",
        reason: "The documentation says that it removes results that match, and a row without the field does not match.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/regex",
    },
    Assumption {
        name: "reltime-units",
        choice: "`reltime` names the largest unit that fits whole, cut and not rounded; a month has 30 days, a year 365.",
        reason: "The documentation shows examples only.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/reltime",
    },
    Assumption {
        name: "rex-multivalue-values",
        choice: "`rex` looks at the values of a multivalue field one after the other, and `max_match` counts the matches in all of them.",
        reason: "The documentation describes fields with one value.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/rex",
    },
    Assumption {
        name: "selfjoin-with-later-rows",
        choice: "`selfjoin` joins a row with the rows that come after it; rows with nothing to join are dropped unless `keepsingle` is set, and then only when no other row has the same values.",
        reason: "The documentation does not say which of the other rows are taken.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/selfjoin",
    },
    Assumption {
        name: "sort-leading-numbers",
        choice: "`sort` compares text that begins with a number by that number, of the same number by its characters.",
        reason: "The documentation sorts it by the number alone and leaves ties open; dates such as 2024-01-31 would have no order.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/sort",
    },
    Assumption {
        name: "sort-stable",
        choice: "`sort` leaves rows that are equal in all its fields in the order that they have.",
        reason: "The documentation does not say.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/sort",
    },
    Assumption {
        name: "sparkline-spans",
        choice: "A sparkline without a span has the smallest of 1, 5, 10, 30 seconds, 1, 5, 10, 30 minutes, 1 hour, 1 day, 30 days that makes at most 100 numbers; one with a span that makes more has a multiple of it.",
        reason: "The documentation says that a span is chosen by the time range and that a sparkline has at most 100 numbers.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/search-manual/10.0/create-statistical-tables-and-chart-visualizations/add-sparklines-to-search-results",
    },
    Assumption {
        name: "spath-overwrites",
        choice: "`spath` replaces what a field held before where it finds values, and leaves it where it finds none; a JSON null is the text null.",
        reason: "The documentation does not say what becomes of fields that are there already.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/spath",
    },
    Assumption {
        name: "stats-drops-null-by",
        choice: "`stats` leaves out rows that lack a BY field.",
        reason: "It is stated for `tstats` only; every published rule that fills BY fields before grouping relies on it.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/stats",
    },
    Assumption {
        name: "stats-groups-sorted",
        choice: "`stats` gives its groups sorted by the values of the BY fields.",
        reason: "The documentation does not name an order, its examples show this one.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/stats",
    },
    Assumption {
        name: "stats-over-nothing",
        choice: "`stats` without BY over no rows gives one row in which `count` and `dc` are 0 and all other functions have no value.",
        reason: "The documentation shows the count only.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/stats",
    },
    Assumption {
        name: "stdev-of-one",
        choice: "The sample variance and standard deviation of one value are 0.",
        reason: "The formula divides by zero, and the documentation does not say what then.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/statistical-and-charting-functions/aggregate-functions",
    },
    Assumption {
        name: "streamstats-time-window",
        choice: "`time_window` of `streamstats` takes rows of the group that are less than the window away in time.",
        reason: "The documentation does not say whether a row just as far away counts.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/streamstats",
    },
    Assumption {
        name: "strptime-fills-from-now",
        choice: "`strptime` takes a date that is not in the text from today, a year from this year, and passes over text behind the format.",
        reason: "The documentation shows complete dates only.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/evaluation-functions/date-and-time-functions",
    },
    Assumption {
        name: "strptime-impossible-dates",
        choice: "`strptime` gives null for a day that does not exist, such as the 30th of February.",
        reason: "The documentation shows days that exist.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/evaluation-functions/date-and-time-functions",
    },
    Assumption {
        name: "subsearch-values-escaped",
        choice: "In the expression that a subsearch becomes, quotes and backslashes of values are escaped, so that it finds what the subsearch found; `*` stays a wildcard.",
        reason: "The documentation shows plain values only.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/format",
    },
    Assumption {
        name: "text-functions-map-multivalue",
        choice: "Functions of one text work on every value of a multivalue field.",
        reason: "The documentation shows single values only; rules use `lower` and `replace` on multivalue fields.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/evaluation-functions/text-functions",
    },
    Assumption {
        name: "time-modifiers-without-effect",
        choice: "Words such as `starthoursago=` or `splunk_server=`, which choose data to read, have no effect; `earliest=` and `latest=` do, seen from the time of the search.",
        reason: "All events that grotto is given are read.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/time-format-variables-and-modifiers/time-modifiers",
    },
    Assumption {
        name: "tojson-types",
        choice: "`tojson` writes a field that looks like a number as a number unless it is told otherwise, sorts members by name, and leaves out values that do not fit the type.",
        reason: "The documentation names the types and shows no field that differs between them.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/tojson",
    },
    Assumption {
        name: "top-ties",
        choice: "`top` and `rare` give values that are as frequent sorted by their characters.",
        reason: "The documentation does not name an order.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/top",
    },
    Assumption {
        name: "transaction-at-the-end",
        choice: "`transaction` gives out what is still open after the oldest event, with `closed_txn` 0, unless its start or its end is missing.",
        reason: "The documentation says which conditions close a transaction and not what becomes of one that nothing has closed.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/transaction",
    },
    Assumption {
        name: "transaction-events-without-fields",
        choice: "An event that has none of the fields of `transaction` is in no transaction, unless it is a start or an end and `unifyends` is false.",
        reason: "The documentation describes events that share a value or lack some of the fields.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/transaction",
    },
    Assumption {
        name: "transaction-raw-lines",
        choice: "`transaction` joins the raw texts of events by line breaks, oldest first, or by what `delim` says.",
        reason: "The documentation names the delimiter for `mvraw` and is silent on what is done without it.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/transaction",
    },
    Assumption {
        name: "transaction-unifies-open",
        choice: "An event that fits several open transactions of `transaction` makes one of them where no field has two values and no limit is passed; with starts or ends it joins the one that was touched last.",
        reason: "The documentation says that fields unify transitively and shows one event after the other.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/transaction",
    },
    Assumption {
        name: "transpose-headers",
        choice: "`transpose` calls a column `row N` when the header field has no value there or one that a column has already.",
        reason: "The documentation shows different values only.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/transpose",
    },
    Assumption {
        name: "trendline-begins",
        choice: "`trendline` begins with the row that completes its period, ema with the first number as its first average; rows without number are passed over.",
        reason: "The documentation gives formulas and not where they begin.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/trendline",
    },
    Assumption {
        name: "unquoted-backslashes-escape",
        choice: "In a search, backslashes of unquoted values are escapes as in quoted ones.",
        reason: "The documentation describes quoted strings only.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/search-manual/9.4/search-primer/backslashes",
    },
    Assumption {
        name: "wildcard-skips-internal",
        choice: "A wildcard at the beginning of a field name does not stand for fields whose names begin with `_`.",
        reason: "It is stated for `fields` and `table` in part and not for other commands.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/fields",
    },
    Assumption {
        name: "xmlkv-values",
        choice: "`xmlkv` resolves entities, drops blanks around values, takes elements without text as missing and several of one name as a multivalue field.",
        reason: "The documentation shows single elements with plain text.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/xmlkv",
    },
    Assumption {
        name: "xyseries-order",
        choice: "`xyseries` keeps the order in which row values come, sorts columns by value, and of several rows for one cell takes the last.",
        reason: "The documentation shows tables that are in order.",
        url: "https://help.splunk.com/en/splunk-enterprise/search/spl-search-reference/10.0/search-commands/xyseries",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_and_sentences_whole() {
        assert!(ASSUMPTIONS.is_sorted_by(|a, b| a.name < b.name));
        for assumption in ASSUMPTIONS {
            assert!(
                assumption.choice.ends_with('.') && assumption.reason.ends_with('.'),
                "{}",
                assumption.name
            );
            assert!(assumption.url.starts_with("https://"), "{}", assumption.name);
            assert_eq!(find(assumption.name), Some(assumption));
        }
        assert_eq!(find("no-such-thing"), None);
    }

    #[test]
    fn whoever_makes_one_names_one_that_exists() {
        let of_commands = crate::commands::COMMANDS.iter().flat_map(|c| c.assumptions);
        let of_aggregations = crate::aggregations::AGGREGATIONS.iter().flat_map(|a| a.assumptions);
        let of_functions = crate::functions::FUNCTIONS.iter().flat_map(|f| f.assumptions);
        for name in of_commands.chain(of_aggregations).chain(of_functions) {
            assert!(find(name).is_some(), "{name}");
        }
    }
}
