// Pictures of the catalogue: `SITE=folder node screenshots.mjs [OUT]` makes those of the documentation,
// `SITE=folder node screenshots.mjs --all OUT` every kind of page at three widths in both themes, to look at.
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { first, kinds, open, openIndex, serve, start } from "./site.mjs";

/** The largest picture of the documentation, in bytes. */
const most = 200_000;
const all = process.argv[2] === "--all";
const out = process.argv[all ? 3 : 2] ?? "../../docs/catalog";
const seed = "rules/remote-process-instantiation-via-winrm-and-powershell-script-block/";
const event = first("events", (_, name) => name.endsWith("powershell-4104")) ?? first("events");
const documented = [
  ["index", "", {}],
  ["rule", seed, { height: 1500 }],
  ["rule-dark-phone", seed, { colorScheme: "dark", width: 390, height: 1100 }],
  ["matrix", "attack/", { colorScheme: "dark" }],
  ["event", event, {}],
];
const every = kinds().flatMap((path) => [1280, 768, 390].flatMap((width) => ["light", "dark"].map((colorScheme) =>
  [`${path.replace(/\/$/, "").replaceAll("/", "-").slice(0, 60) || "index"}-${width}-${colorScheme}`, path, { width, height: 1400, colorScheme }])));

mkdirSync(out, { recursive: true });
const site = await serve();
const browser = await start();
for (const [name, path, { width = 1280, height = 860, colorScheme = "light" }] of all ? every : documented) {
  const look = { viewport: { width, height }, colorScheme };
  const page = path === "" ? await openIndex(browser, site.address, look) : await open(browser, site.address + path, look);
  await page.waitForTimeout(600);
  const file = join(out, `${name}.png`);
  await page.screenshot({ path: file });
  // A picture that is too large shows less of its page.
  for (let high = height; !all && statSync(file).size >= most && high > 300; ) {
    high = Math.floor(high * 0.9);
    await page.setViewportSize({ width, height: high });
    await page.screenshot({ path: file });
  }
  const size = statSync(file).size;
  console.log(`${file}: ${Math.round(size / 1000)} KB`);
  if (!all && size >= most) throw new Error(`${file} is larger than ${most / 1000} KB`);
  await page.context().close();
}
await browser.close();
site.stop();
