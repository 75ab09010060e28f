//! The places of a template where names and values go.

use super::items::{ITEM, ITER};
use grotto_spl::ast::{Binary, Expr, ExprKind, Quote, Search, Word};
use grotto_spl::rewrite::{Rewrite, walk};

/// What stands in a template for names and values.
pub(super) struct Names {
    field: String,
    matched: String,
    segments: [String; 3],
    item: String,
    iter: String,
}

impl Default for Names {
    fn default() -> Self {
        Self {
            field: "<<FIELD>>".to_owned(),
            matched: "<<MATCHSTR>>".to_owned(),
            segments: ["<<MATCHSEG1>>", "<<MATCHSEG2>>", "<<MATCHSEG3>>"].map(str::to_owned),
            item: "<<ITEM>>".to_owned(),
            iter: "<<ITER>>".to_owned(),
        }
    }
}

impl Names {
    /// All of them, in the order of the command's options.
    pub(super) fn all(&mut self) -> [&mut String; 7] {
        let [one, two, three] = &mut self.segments;
        [&mut self.field, &mut self.matched, one, two, three, &mut self.item, &mut self.iter]
    }

    /// The template for a field; `captures` is what the wildcards stand for.
    pub(super) fn of_field(&self, template: &Search, field: &str, captures: &[&str]) -> Search {
        let matched = captures.concat();
        let mut pairs = vec![(self.field.as_str(), field), (self.matched.as_str(), matched.as_str())];
        pairs.extend(self.segments.iter().map(String::as_str).zip(captures.iter().copied()));
        let mut filled = template.clone();
        walk::search(&mut Fill(&pairs), &mut filled);
        filled
    }

    /// The template with columns that hold the value and its number in place of those.
    pub(super) fn of_items(&self, template: &Search) -> Search {
        let mut filled = template.clone();
        walk::search(&mut Columns([(&self.item, ITEM), (&self.iter, ITER)]), &mut filled);
        filled
    }
}

/// Writes names into words. The tree stays as it is, so that a name can't be more than a name.
struct Fill<'n>(&'n [(&'n str, &'n str)]);

impl Rewrite for Fill<'_> {
    fn word(&mut self, word: &mut Word) {
        for (token, name) in self.0 {
            if !token.is_empty() && word.raw.contains(token) {
                let name = match word.quote {
                    Quote::Bare => (*name).to_owned(),
                    Quote::Double => name.replace('\\', "\\\\").replace('"', "\\\""),
                    Quote::Single => name.replace('\'', "\\'"),
                };
                word.raw = word.raw.replace(token, &name);
            }
        }
    }
}

/// Writes columns into expressions.
struct Columns<'n>([(&'n str, &'static str); 2]);

impl Rewrite for Columns<'_> {
    fn expression(&mut self, expression: &mut Expr) {
        match &mut expression.kind {
            ExprKind::Field(word) => {
                for (token, column) in self.0 {
                    if word.raw == token {
                        column.clone_into(&mut word.raw);
                    }
                }
            }
            ExprKind::Text(word) => {
                let word = word.clone();
                let parts = self.parts(&word);
                let joined = parts.into_iter().reduce(|left, right| {
                    let kind =
                        ExprKind::Binary { op: Binary::Concat, left: Box::new(left), right: Box::new(right) };
                    Expr { kind, at: word.at }
                });
                if let Some(joined) = joined {
                    *expression = joined;
                }
            }
            _ => walk::expression(self, expression),
        }
    }
}

impl Columns<'_> {
    /// A string as the strings and columns that it is made of.
    fn parts(&self, word: &Word) -> Vec<Expr> {
        let text = |raw: &str| ExprKind::Text(Word { raw: raw.to_owned(), ..word.clone() });
        let field =
            |name: &str| ExprKind::Field(Word { raw: name.to_owned(), quote: Quote::Bare, at: word.at });
        let (mut parts, mut rest) = (Vec::new(), word.raw.as_str());
        loop {
            let found = self.0.iter().filter(|(token, _)| !token.is_empty());
            let next =
                found.filter_map(|(token, column)| Some((rest.find(token)?, token.len(), *column))).min();
            let Some((at, length, column)) = next else { break };
            parts.push(text(&rest[..at]));
            parts.push(field(column));
            rest = &rest[at + length..];
        }
        parts.push(text(rest));
        parts.into_iter().map(|kind| Expr { kind, at: word.at }).collect()
    }
}
