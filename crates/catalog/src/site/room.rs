//! How much of a rule its page shows, so that the page stays within its bound whatever authors write.

use super::highlight::spl;
use super::markdown::markdown;
use super::pages::escaped;
use std::fmt::Display;

/// How deep trees of predicates and searches inside searches are shown.
pub(super) const DEPTH: usize = 40;

/// How much of what may be long a page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Room {
    /// Whether the search with macros expanded and the whole file are shown.
    pub(super) texts: bool,
    /// Whether macros can be unfolded in place.
    pub(super) unfold: bool,
    /// Characters of description, of how to implement it, of false positives.
    pub(super) prose: usize,
    /// Characters of a stage's text, and of a macro's definition.
    pub(super) text: usize,
    /// Stages of a search.
    pub(super) stages: usize,
    /// Predicates of a stage.
    pub(super) predicates: usize,
    /// Names of fields that a stage reads or gives.
    pub(super) names: usize,
    /// Values of indicators.
    pub(super) values: usize,
    /// Rules like it.
    pub(super) similar: usize,
    /// Characters of the search.
    pub(super) search: usize,
    /// Characters of whatever else is a text: names, titles, reasons.
    pub(super) words: usize,
    /// Entries of whatever else is a list.
    pub(super) items: usize,
    /// How deep searches inside searches are shown.
    pub(super) depth: usize,
    /// Whether the sample event is shown.
    pub(super) sample: bool,
    /// Whether code has no colours and prose no Markdown, as both can make much of few signs.
    pub(super) plain: bool,
}

impl Room {
    /// Everything.
    pub(super) const ALL: Self = Self {
        texts: true,
        unfold: true,
        prose: usize::MAX,
        text: usize::MAX,
        stages: usize::MAX,
        predicates: usize::MAX,
        names: usize::MAX,
        values: usize::MAX,
        similar: usize::MAX,
        search: usize::MAX,
        words: usize::MAX,
        items: usize::MAX,
        depth: DEPTH,
        sample: true,
        plain: false,
    };

    /// What every page with less has.
    const SHORT: Self = Self { texts: false, prose: 6000, ..Self::ALL };

    /// What pages of rules have that were made to be long. The longest that the last can be is less than the bound.
    const TIGHT: Self = Self {
        unfold: false,
        prose: 500,
        text: 90,
        stages: 8,
        predicates: 3,
        names: 4,
        values: 8,
        similar: 3,
        search: 1500,
        words: 120,
        items: 8,
        depth: 1,
        sample: false,
        ..Self::SHORT
    };

    /// Less and less.
    pub(super) const STEPS: [Self; 8] = [
        Self::ALL,
        Self::SHORT,
        Self { text: 700, predicates: 40, names: 60, prose: 4000, ..Self::SHORT },
        Self { text: 300, predicates: 16, names: 24, values: 40, prose: 2500, ..Self::SHORT },
        Self {
            unfold: false,
            text: 160,
            stages: 20,
            predicates: 6,
            names: 10,
            values: 15,
            prose: 1500,
            ..Self::SHORT
        },
        Self {
            unfold: false,
            text: 90,
            stages: 10,
            predicates: 3,
            names: 4,
            values: 8,
            similar: 5,
            prose: 1000,
            ..Self::SHORT
        },
        Self::TIGHT,
        Self {
            prose: 100,
            text: 40,
            stages: 2,
            predicates: 2,
            names: 2,
            values: 3,
            similar: 2,
            search: 200,
            words: 30,
            items: 2,
            depth: 0,
            plain: true,
            ..Self::TIGHT
        },
    ];

    /// Whether names and lists are cut too, not only what is known to be long.
    pub(super) fn is_tight(self) -> bool {
        self.items < usize::MAX
    }

    /// The text of a stage or of a definition, cut to the room that there is.
    pub(super) fn cut(self, text: &str) -> String {
        first(text, self.text)
    }

    /// Any other text, likewise.
    pub(super) fn brief<T: Display + ?Sized>(self, text: &T) -> String {
        let text = text.to_string();
        if self.words == usize::MAX { text } else { first(&text, self.words) }
    }

    /// Entries of a list, as many as there is room for.
    pub(super) fn few<T>(self, list: &[T]) -> &[T] {
        &list[..list.len().min(self.items)]
    }

    /// A search as HTML.
    pub(super) fn spl(self, text: &str) -> String {
        if self.plain { escaped(text) } else { spl(text) }
    }

    /// Whether prose is cut.
    pub(super) fn cuts(self, prose: &str) -> bool {
        is_longer(prose, self.prose)
    }

    /// Prose of an author as HTML. It is cut between two words, rather between two paragraphs.
    pub(super) fn markdown(self, text: &str) -> String {
        let html = |text: &str| {
            if self.plain { format!("<p>{}</p>\n", escaped(text)) } else { markdown(text) }
        };
        let Some((end, _)) = text.char_indices().nth(self.prose) else { return html(text) };
        let start = &text[..end];
        let paragraph = start.rfind("\n\n").filter(|at| *at > end / 2);
        let at = paragraph.or_else(|| start.rfind(char::is_whitespace).filter(|at| *at > end / 2));
        html(&format!("{} …", start[..at.unwrap_or(end)].trim_end()))
    }
}

/// Whether a text has more than so many characters.
pub(super) fn is_longer(text: &str, most: usize) -> bool {
    text.char_indices().nth(most).is_some()
}

/// The first so many characters of a text.
pub(super) fn first(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{} …", text[..at].trim_end()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_is_cut_between_words() {
        let room = Room { prose: 20, ..Room::ALL };
        for (text, expected) in [
            ("short", "<p>short</p>\n"),
            ("one two three four five six", "<p>one two three four …</p>\n"),
            ("one two three four\n\nfive six seven", "<p>one two three four …</p>\n"),
            ("onetwothreefourfivesixseven", "<p>onetwothreefourfives …</p>\n"),
            ("ääääääääääääääääääääääää", "<p>ääääääääääääääääääää …</p>\n"),
        ] {
            assert_eq!(room.markdown(text), expected);
            assert_eq!(room.cuts(text), text.chars().count() > 20);
        }
    }

    #[test]
    fn each_step_shows_no_more_than_the_one_before() {
        for pair in Room::STEPS.windows(2) {
            let numbers = |room: Room| {
                [
                    room.prose,
                    room.text,
                    room.stages,
                    room.predicates,
                    room.names,
                    room.values,
                    room.similar,
                    room.search,
                    room.words,
                    room.items,
                    room.depth,
                ]
            };
            let less =
                numbers(pair[0]).into_iter().zip(numbers(pair[1])).all(|(before, after)| after <= before);
            assert!(less && pair[0] != pair[1], "{pair:?}");
        }
    }
}
