// How heavy a page is: `node measure.mjs FILE…`. Prints what loading, unfolding everything and scrolling through it cost.
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { statSync } from "node:fs";
import { start } from "./site.mjs";

const browser = await start();
for (const file of process.argv.slice(2)) {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
  const begun = performance.now();
  await page.goto(pathToFileURL(resolve(file)).href, { waitUntil: "load", timeout: 120_000 });
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  const shown = performance.now() - begun;
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable");
  const counts = async () => Object.fromEntries((await session.send("Performance.getMetrics")).metrics.filter(({ name }) => ["Nodes", "LayoutObjects", "JSHeapUsedSize"].includes(name)).map(({ name, value }) => [name, value]));
  const elements = await page.evaluate(() => document.querySelectorAll("*").length);
  const folded = await counts();
  const timed = async (work) => { const from = performance.now(); await work(); await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))); return Math.round(performance.now() - from); };
  const one = await timed(() => page.evaluate(() => { const rule = document.querySelector("details.rule"); if (rule) rule.open = true; }));
  const all = await timed(() => page.evaluate(() => document.querySelectorAll("details.rule").forEach((rule) => { rule.open = true; })));
  const scroll = await timed(() => page.evaluate(async () => { for (let i = 0; i <= 20; i++) { scrollTo(0, document.documentElement.scrollHeight * i / 20); await new Promise((done) => requestAnimationFrame(done)); } }));
  console.log(JSON.stringify({ file, megabytes: +(statSync(file).size / 1e6).toFixed(1), shown_ms: Math.round(shown), elements, nodes: folded.Nodes, unfold_one_ms: one, unfold_all_ms: all, scroll_20_steps_ms: scroll }));
  await page.context().close();
}
await browser.close();
