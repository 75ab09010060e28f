//! The category is not that of the folder.

use crate::Subject;
use crate::cx::Cx;
use crate::file::File;
use crate::out::Out;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "meta/category",
    summary: "The category is not that of the folder",
    what: "Compares `category` with application, cloud, endpoint, network, web and deprecated, and with the folder under `detections`.",
    why: "contentctl refuses a rule whose category and folder differ.",
    bad: "category: web",
    good: "category: endpoint",
    severity: Severity::Warning,
    since: Generation::Three,
    check: Check::File(check),
};

fn check(file: &File<'_>, _: &Cx<'_>, out: &mut Out<'_>) {
    if file.subject != Subject::Detection || file.generation != Generation::Three {
        return;
    }
    let category = file.filled("category").unwrap_or_default();
    let parts: Vec<&str> = file.path.iter().filter_map(|part| part.to_str()).collect();
    let folder = parts
        .iter()
        .rposition(|part| *part == "detections")
        .and_then(|at| parts.get(at + 1..parts.len() - 1)?.first());
    if !KNOWN.contains(&category) {
        let message = if category.is_empty() {
            "the detection has no category".to_owned()
        } else {
            format!("`{category}` is no category")
        };
        super::suggest(out.key("category", message), category, KNOWN.iter().copied());
    } else if let Some(folder) = folder.filter(|folder| **folder != category) {
        out.key("category", format!("the category is `{category}`, and the file lies in `{folder}`"));
    }
}

const KNOWN: [&str; 6] = ["application", "cloud", "endpoint", "network", "web", "deprecated"];
