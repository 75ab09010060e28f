// The rules of HTML beyond what a parser minds: which elements may stand where, what attributes may say.
import { HtmlValidate, StaticConfigLoader } from "html-validate";

const validator = new HtmlValidate(new StaticConfigLoader({
  root: true,
  extends: ["html-validate:recommended"],
  rules: {
    // The index leaves out end tags that HTML does not ask for: it is long.
    "no-implicit-close": "off",
    "close-order": "off",
    "attr-quotes": "off",
    // Style, not rules of HTML.
    "doctype-style": "off",
    "no-trailing-whitespace": "off",
    "long-title": "off",
    "void-style": "off",
    "no-raw-characters": ["error", { relaxed: true }],
    // Regions that scroll are named and can be focused; a section would not say more.
    "prefer-native-element": "off",
    // Searches are sent by Enter, which is what their one field is for.
    "wcag/h32": "off",
  },
}));

/** What is wrong with a page, each with its line and column. */
export function faults(html) {
  const { results } = validator.validateStringSync(html);
  return results.flatMap(({ messages }) => messages.map(({ ruleId, message, line, column }) => ({ what: `${ruleId}: ${message}`, place: `${line}:${column}` })));
}
