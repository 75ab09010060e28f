//! The rule belongs to no story, or to one that nobody tells.

use crate::Subject;
use crate::cx::Cx;
use crate::file::File;
use crate::out::Out;
use crate::{Check, Lint};
use grotto_content::Generation;
use grotto_diag::Severity;

pub(super) static LINT: Lint = Lint {
    slug: "meta/story",
    summary: "The rule belongs to no story, or to one that nobody tells",
    what: "Looks for detections without `analytic_story`, and for names of stories that no file has.",
    why: "Splunk installs and shows rules by their stories: a rule without one is not found.",
    bad: "analytic_story:
    - A Story
    - A Stroy",
    good: "analytic_story:
    - A Story",
    severity: Severity::Warning,
    since: Generation::One,
    check: Check::File(check),
};

fn check(file: &File<'_>, cx: &Cx<'_>, out: &mut Out<'_>) {
    if file.subject != Subject::Detection {
        return;
    }
    let key = file.tag("analytic_story");
    let stories = file.list(&key);
    if stories.is_empty() {
        out.key(&key, "the detection belongs to no story");
    }
    // Where no story was loaded nothing can be said of them.
    for (path, story) in
        stories.into_iter().filter(|(_, story)| !cx.stories.is_empty() && !cx.stories.contains(story))
    {
        let said = out.key(&path, format!("no story is called `{story}`"));
        super::suggest(said, story, cx.stories.iter().copied());
    }
}
