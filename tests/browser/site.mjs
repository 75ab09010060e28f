// A site in a folder, served to a browser, and a browser that minds what pages do.
import { chromium } from "playwright-core";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join, normalize, sep } from "node:path";

/** The folder of the site: `SITE`. */
export const folder = process.env.SITE ?? "site";

const types = { ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".json": "application/json", ".xml": "application/xml", ".yml": "text/yaml", ".csv": "text/csv" };

/** Serves the folder at a free port of this machine. */
export async function serve(top = folder) {
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, "http://x").pathname));
    let file = join(top, path);
    if (!file.startsWith(normalize(top)) || path.split(sep).includes("..")) return response.writeHead(400).end();
    if (existsSync(file) && statSync(file).isDirectory()) file = join(file, "index.html");
    if (!existsSync(file)) return response.writeHead(404, { "content-type": "text/html" }).end("missing");
    response.writeHead(200, { "content-type": types[extname(file)] ?? "text/plain" }).end(readFileSync(file));
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return { address: `http://127.0.0.1:${server.address().port}/`, stop: () => server.close() };
}

/** Starts the browser. */
export function start() {
  const found = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) => path && existsSync(path));
  if (!found) throw new Error("no Chromium: set CHROMIUM");
  return chromium.launch({ executablePath: found, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
}

/** A page that keeps what went wrong in `page.faults`: errors, refusals, requests to other places. */
export async function open(browser, address, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, colorScheme: "light", ...options });
  const page = await context.newPage();
  page.faults = [];
  page.on("console", (message) => { if (message.type() === "error" || message.type() === "warning") page.faults.push(`console: ${message.text()}`); });
  page.on("pageerror", (error) => page.faults.push(`error: ${error.message}`));
  page.on("requestfailed", (request) => page.faults.push(`failed: ${request.url()}`));
  const own = new URL(address);
  page.on("request", (request) => {
    const asked = new URL(request.url());
    if (asked.protocol !== "data:" && (asked.protocol !== own.protocol || asked.host !== own.host)) page.faults.push(`left the site: ${request.url()}`);
  });
  await page.goto(address);
  return page;
}

/** The index with its script at work. */
export async function openIndex(browser, address, options) {
  const page = await open(browser, address, options);
  await page.waitForSelector("#index[data-ready]");
  return page;
}

/** The first folder below one of the site's that is a page and leads nowhere else. */
export function first(kind, good = () => true) {
  const names = existsSync(join(folder, kind)) ? readdirSync(join(folder, kind)).sort() : [];
  for (const name of names) {
    const file = join(folder, kind, name, "index.html");
    if (!existsSync(file)) continue;
    const html = readFileSync(file, "utf8");
    if (!html.includes('http-equiv="refresh"') && good(html, name)) return `${kind}/${name}/`;
  }
  return null;
}

/** A page of each kind. */
export function kinds() {
  const listed = ["", "attack/", "attack/proven/", "events/", "indicators/", "browse/", "fields/", "stories/", "macros/", "lookups/", "data-sources/", "language/", "report/"];
  const each = ["sections", "corpora", "rules", "techniques", "tactics", "events", "indicators", "fields", "stories", "macros", "lookups", "data-sources", "language/commands", "language/functions", "language/aggregations"];
  const long = first("rules", (_, name) => existsSync(join(folder, "rules", name, "full", "index.html")));
  const full = long ? [long, `${long}full/`] : [];
  return [...listed, ...each.map((kind) => first(kind)).filter(Boolean), ...full, "404.html"];
}

const rules = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe-core finds serious or critical on a page (opened with `bypassCSP`). */
export async function axe(page) {
  await page.evaluate(rules);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"] }));
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  return serious.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 160)} ${nodes[0].failureSummary?.slice(0, 200)}`);
}
