// How heavy a page is: `node measure.mjs FILE…` prints what loading it, unfolding all of it and scrolling through it cost.
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { argv } from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { start } from "./site.mjs";

const frames = (page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

/** Milliseconds until what was done is shown. */
async function timed(page, work) {
  const from = performance.now();
  await work();
  await frames(page);
  return Math.round(performance.now() - from);
}

/** Opens a file in a new window and measures it. */
export async function measure(browser, file) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  const shown = await timed(page, () => page.goto(pathToFileURL(resolve(file)).href, { timeout: 120_000 }));
  const elements = await page.evaluate(() => document.querySelectorAll("*").length);
  const unfold = (selector) => timed(page, () => page.evaluate((selector) => document.querySelectorAll(selector).forEach((one) => { one.open = true; }), selector));
  const one = await unfold("details.rule:first-of-type");
  const all = await unfold("details.rule");
  const scroll = await timed(page, () => page.evaluate(async () => {
    for (let step = 0; step <= 20; step++) {
      scrollTo(0, document.documentElement.scrollHeight * step / 20);
      await new Promise((done) => requestAnimationFrame(done));
    }
  }));
  await context.close();
  return { megabytes: +(statSync(file).size / 1e6).toFixed(1), elements, "shown ms": shown, "one rule unfolded ms": one, "all rules unfolded ms": all, "scrolled in 20 steps ms": scroll };
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const browser = await start();
  for (const file of argv.slice(2)) console.log(file, JSON.stringify(await measure(browser, file)));
  await browser.close();
}
