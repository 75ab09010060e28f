// Every page of the site against the content models of HTML, beyond what a parser minds.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { faults } from "./html.mjs";
import { folder } from "./site.mjs";

const pages = readdirSync(folder, { recursive: true }).map(String).filter((path) => path.endsWith(".html")).sort();

test("every page is HTML that validates", async (t) => {
  const all = new Map();
  for (const path of pages) {
    for (const { what, place } of faults(readFileSync(join(folder, path), "utf8"))) all.set(what, [...all.get(what) ?? [], `${path}:${place}`]);
  }
  t.diagnostic(`${pages.length} pages validated`);
  assert.deepEqual([...all].map(([what, places]) => `${what} (${places.length} times, first ${places[0]})`), []);
});

test("what does not validate is found", () => {
  const of = (body) => faults(`<!doctype html><html lang="en"><head><title>t</title></head><body>${body}</body></html>`).map(({ what }) => what.split(":")[0]);
  assert.deepEqual(of("<ul><li>a<li>b</ul>"), []);
  assert.deepEqual(of("<ul><div>a</div></ul>"), ["element-permitted-content"]);
  assert.deepEqual(of("<a href=\"x\"><button type=\"button\">a</button></a>"), ["element-permitted-content"]);
  assert.deepEqual(of("<p id=\"a\">a</p><p id=\"a\">b</p>"), ["no-dup-id"]);
  assert.deepEqual(of("<p aria-labelledby=\"nothing\">a</p>").slice(0, 1), ["aria-label-misuse"]);
});
