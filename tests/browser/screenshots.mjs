// Pictures of the catalogue for the documentation: `SITE=folder node screenshots.mjs [OUT]`.
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { first, open, openIndex, serve, start } from "./site.mjs";

const out = process.argv[2] ?? "../../docs/catalog";
const seed = "rules/remote-process-instantiation-via-winrm-and-powershell-script-block/";
mkdirSync(out, { recursive: true });
const site = await serve();
const browser = await start();
const event = first("events", (_, name) => name.endsWith("powershell-4104")) ?? first("events");
const pictures = [
  ["index", "", {}],
  ["rule", seed, { height: 1500 }],
  ["rule-dark-phone", seed, { colorScheme: "dark", width: 390, height: 1100 }],
  ["matrix", "attack/", { colorScheme: "dark" }],
  ["event", event, {}],
];
for (const [name, path, { width = 1280, height = 860, colorScheme = "light" }] of pictures) {
  const look = { viewport: { width, height }, colorScheme };
  const page = path === "" ? await openIndex(browser, site.address, look) : await open(browser, site.address + path, look);
  await page.waitForTimeout(600);
  const file = join(out, `${name}.png`);
  await page.screenshot({ path: file });
  console.log(`${file}: ${Math.round(statSync(file).size / 1024)} KB`);
  await page.context().close();
}
await browser.close();
site.stop();
