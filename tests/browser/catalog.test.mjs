// The catalogue as a reader uses it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { axe, first, folder, kinds, open, openIndex, serve, start } from "./site.mjs";

let browser, site;
before(async () => { site = await serve(); browser = await start(); });
after(async () => { await browser?.close(); site?.stop(); });

const rows = (page) => page.locator("#index tbody tr").count();
const found = async (page) => Number((await page.locator("#count strong").textContent()).replaceAll(",", ""));

test("the index lists all rules and finds one by words of its name", async () => {
  const page = await openIndex(browser, site.address);
  const all = await rows(page);
  assert.ok(all > 1);
  assert.equal(await found(page), all);
  const name = await page.locator("#index tbody th").last().textContent();
  await page.keyboard.press("/");
  assert.equal(await page.evaluate(() => document.activeElement.id), "q");
  await page.keyboard.type(name.toLowerCase());
  await page.waitForFunction((all) => document.querySelectorAll("#index tbody tr").length < all, all);
  assert.equal(await page.locator("#index tbody th").first().textContent(), name);
  assert.equal(new URL(page.url()).searchParams.get("q"), name.toLowerCase());
  assert.deepEqual(page.faults, []);
});

test("the search knows the words of searches, not only of names", async () => {
  const rule = first("rules");
  const page = await open(browser, site.address + rule);
  const id = rule.split("/")[1];
  const title = (await page.locator("h1").textContent()).trim();
  await page.goto(`${site.address}?q=${id}`);
  await page.waitForFunction(() => document.querySelectorAll("#index tbody tr").length === 1);
  assert.equal((await page.locator("#index tbody th").textContent()).trim(), title);
  assert.deepEqual(page.faults, []);
});

test("facets count what is left, narrow the list, and stand in the address", async () => {
  const page = await openIndex(browser, site.address);
  const all = await rows(page);
  const facet = page.locator('[data-facet="type"]');
  await facet.locator("summary").click();
  await facet.locator("li").first().waitFor();
  const value = facet.locator("li").first();
  const count = Number((await value.locator(".n").textContent()).replaceAll(",", ""));
  const name = await value.locator(".v").textContent();
  await value.locator("input").focus();
  await page.keyboard.press("Space");
  assert.equal(await rows(page), count);
  assert.equal(await found(page), count);
  assert.equal(new URL(page.url()).searchParams.get("type"), name);
  assert.equal(await page.evaluate(() => document.activeElement.type), "checkbox", "the focus stays");
  const severity = page.locator('[data-facet="severity"]');
  await severity.locator("summary").click();
  await severity.locator("li").first().waitFor();
  const counts = await severity.locator(".n").allTextContents();
  assert.equal(counts.map((n) => Number(n.replaceAll(",", ""))).reduce((a, b) => a + b, 0), count, "counts are of what is left");
  const deep = page.url();
  await page.goBack();
  await page.waitForFunction((all) => document.querySelectorAll("#index tbody tr").length === all, all);
  await page.goForward();
  await page.waitForFunction((count) => document.querySelectorAll("#index tbody tr").length === count, count);
  const other = await openIndex(browser, deep);
  assert.equal(await rows(other), count, "an address opens what it says");
  await other.locator(".chip").click();
  assert.equal(await rows(other), all);
  assert.deepEqual([...page.faults, ...other.faults], []);
});

test("the back button leads from a rule to the list as it was", async () => {
  const page = await openIndex(browser, site.address);
  await page.locator('[data-facet="type"] summary').click();
  await page.locator('[data-facet="type"] li input').first().check();
  const left = await rows(page);
  await page.locator("#index tbody th a").first().click();
  await page.waitForSelector("h1");
  await page.goBack();
  await page.waitForSelector("#index[data-ready]");
  assert.equal(await rows(page), left);
  assert.deepEqual(page.faults, []);
});

test("a count leads to its rules", async () => {
  const page = await open(browser, `${site.address}indicators/`);
  const row = page.locator("tbody tr").first();
  const count = Number((await row.locator("td.num").textContent()).replaceAll(",", ""));
  await row.locator("a").first().click();
  await page.waitForSelector("#rules");
  assert.equal(await page.locator("#rules tbody tr").count(), count);
  await page.locator("#rules tbody th a").first().click();
  await page.waitForURL(/\/rules\//);
  assert.deepEqual(page.faults, []);
});

test("a rule's search is copied", async () => {
  const page = await open(browser, site.address + first("rules"), { permissions: ["clipboard-read", "clipboard-write"] });
  const rule = JSON.parse(readFileSync(resolve(folder, first("rules"), "rule.json"), "utf8"));
  const copied = async (locator) => {
    // The words on a button change: it is held on to by itself.
    const button = await locator.elementHandle();
    await button.click();
    await page.waitForFunction((b) => b.textContent === "Copied", button);
    return page.evaluate(() => navigator.clipboard.readText());
  };
  assert.equal(await copied(page.getByRole("button", { name: "Copy id" })), rule.id);
  // What macros stand for is not copied, unfolded or not.
  await page.locator("#spl details").evaluateAll((all) => all.forEach((one) => { one.open = true; }));
  assert.ok(await page.locator("#spl details").count() > 0);
  assert.equal(await copied(page.getByRole("button", { name: "Copy SPL" })), rule.body.search);
  assert.equal(await copied(page.locator("#spl + button")), rule.body.search);
  await page.locator("#expanded summary").click();
  assert.equal(await copied(page.locator("#expanded button")), rule.body.expanded);
  assert.deepEqual(page.faults, []);
});

test("the theme is the system's until another is chosen, and stays", async () => {
  const page = await open(browser, site.address + first("rules"), { colorScheme: "dark" });
  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const dark = await ground();
  await page.locator("#theme").click();
  const light = await ground();
  assert.notEqual(light, dark);
  await page.goto(`${site.address}events/`);
  assert.equal(await ground(), light);
  assert.deepEqual(page.faults, []);
});

test("without scripts the index and a rule can be read", async () => {
  const page = await open(browser, site.address, { javaScriptEnabled: false });
  assert.ok(await rows(page) > 1);
  assert.ok(await page.getByRole("link", { name: "Events" }).first().isVisible());
  assert.equal(await page.locator("#theme").isVisible(), false);
  await page.locator("#index tbody th a").first().click();
  assert.ok((await page.locator("h1").textContent()).trim().length > 0);
  assert.ok(await page.locator("#spl").isVisible());
});

test("a rule that fires shows what matched in an event of its data", async () => {
  const rule = first("rules", (html) => html.includes('id="sample"'));
  assert.ok(rule, "no rule shows an event");
  const page = await open(browser, `${site.address}${rule}#test`, { javaScriptEnabled: false });
  assert.match(await page.locator(".badge").first().textContent(), /fires on its own data: \d+ of \d+, \d{4}-\d\d-\d\d, grotto /);
  assert.ok(await page.locator("#test mark").count() > 0);
  assert.ok(await page.locator("#test table.sample").isVisible());
  assert.deepEqual(page.faults, []);
});

test("the way to a rule leads to its section and back", async () => {
  const page = await open(browser, site.address + first("rules"));
  const name = (await page.locator("h1").textContent()).trim();
  await page.locator(".crumbs a").last().click();
  await page.waitForSelector("#rules");
  assert.match(page.url(), /\/(sections|corpora)\//);
  await page.locator("#rules tbody th a", { hasText: name }).first().click();
  await page.waitForSelector(".crumbs");
  assert.equal((await page.locator("h1").textContent()).trim(), name);
  assert.deepEqual(page.faults, []);
});

test("the site works from a disk", async () => {
  const page = await openIndex(browser, pathToFileURL(resolve(folder, "index.html")).href);
  const all = await rows(page);
  await page.locator("#q").fill("zzzznothing");
  await page.waitForFunction(() => document.querySelectorAll("#index tbody tr").length === 0);
  await page.locator("#q").fill("");
  await page.waitForFunction((all) => document.querySelectorAll("#index tbody tr").length === all, all);
  await page.locator("#index tbody th a").first().click();
  await page.waitForSelector(".crumbs");
  assert.match(page.url(), /^file:.*\/index\.html$/);
  assert.deepEqual(page.faults, []);
});

for (const path of kinds()) {
  for (const [width, colorScheme] of [[1280, "light"], [820, "light"], [390, "dark"]]) {
    test(`${path || "the index"} can be used by everybody (${width} px, ${colorScheme})`, async () => {
      const page = await open(browser, site.address + path, { viewport: { width, height: 900 }, colorScheme, bypassCSP: true });
      if (path === "") await page.waitForSelector("#index[data-ready]");
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(wide <= 1, `the page is ${wide} px wider than the window`);
      // Very long tables are cut: a hundred rows have the same faults as a thousand.
      await page.evaluate(() => document.querySelectorAll("tbody tr:nth-child(n+60), .columns li:nth-child(n+60)").forEach((row) => row.remove()));
      assert.deepEqual(await axe(page), []);
      if (path !== "404.html") assert.deepEqual(page.faults, []);
      await page.context().close();
    });
  }
}
