// The report of a scan as a reader opens it: a file of a disk, without scripts. `GROTTO` is the program.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createWriteStream, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { faults } from "./html.mjs";
import { measure } from "./measure.mjs";
import { axe, open, start } from "./site.mjs";

const program = process.env.GROTTO;
const examples = resolve("../../examples");
let browser, folder, report;
before(async () => {
  if (!program) return;
  folder = mkdtempSync(join(tmpdir(), "grotto-report-"));
  report = join(folder, "report.html");
  execFileSync(program, ["scan", examples, "-o", `html:${report}`, "--catalog-url", "https://rules.example.org"]);
  browser = await start();
});
after(async () => { await browser?.close(); if (folder) rmSync(folder, { recursive: true }); });
const skip = program ? false : "GROTTO does not name the program";

/** Everything unfolded, as far as it is not. */
const unfold = (page) => page.evaluate(() => document.querySelectorAll("details").forEach((one) => { one.open = true; }));

test("a report opens from a disk and needs no script", { skip }, async () => {
  const page = await open(browser, pathToFileURL(report).href, { javaScriptEnabled: false });
  assert.equal(await page.locator("h1").textContent(), "Scan report");
  const rule = page.locator("details.rule").first();
  assert.equal(await rule.locator("details.finding").first().isVisible(), false);
  await rule.locator("summary").first().click();
  const finding = rule.locator("details.finding").first();
  await finding.locator("summary").click();
  assert.ok(await finding.locator("table.fields").isVisible());
  assert.ok(await page.locator("mark").first().textContent());
  const counts = await page.locator(".tile b").allTextContents();
  const all = counts.map((n) => Number(n.replaceAll(",", ""))).reduce((a, b) => a + b, 0);
  assert.equal(await page.locator("details.finding").count() + await page.locator(".lines tbody tr").count(), all);
  assert.deepEqual(page.faults, []);
});

test("a report is HTML that validates", { skip }, () => {
  assert.deepEqual(faults(readFileSync(report, "utf8")), []);
});

for (const colorScheme of ["light", "dark"]) {
  for (const width of [1280, 768, 390]) {
    test(`a report can be used by everybody (${width} px, ${colorScheme})`, { skip }, async () => {
      const page = await open(browser, pathToFileURL(report).href, { viewport: { width, height: 900 }, colorScheme, bypassCSP: true });
      await unfold(page);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(wide <= 1, `the page is ${wide} px wider than the window`);
      assert.deepEqual(await axe(page), []);
      assert.deepEqual(page.faults, []);
      await page.context().close();
    });
  }
}

const rule = (n) => `name: Tool ${n} ran
id: 00000000-0000-4000-8000-${String(n).padStart(12, "0")}
version: 1
date: '2024-01-01'
author: An Author
status: production
type: TTP
description: Looks for a tool.
data_source: []
search: source="XmlWinEventLog:Microsoft-Windows-Sysmon/Operational" EventCode=1 Image="*\\\\tool${n}.exe" | table _time Computer User Image CommandLine ProcessId
how_to_implement: Logging.
known_false_positives: Administrators.
references: []
tags: {analytic_story: [Moving], asset_type: Endpoint, mitre_attack_id: [T1059.001], product: [Splunk Enterprise], security_domain: endpoint, risk_score: ${90 - 20 * (n % 5)}, message: $Image$ ran on $Computer$, observable: [{name: Computer, type: Hostname, role: [Victim]}]}
`;

const event = (n, rules) => `<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-Sysmon'/><EventID>1</EventID><Version>5</Version><Level>4</Level><Task>1</Task><Opcode>0</Opcode><Keywords>0x8000000000000000</Keywords><TimeCreated SystemTime='${new Date(1704067200000 + n * 7000).toISOString()}'/><EventRecordID>${n + 1}</EventRecordID><Channel>Microsoft-Windows-Sysmon/Operational</Channel><Computer>ws${n % 307}.corp.example</Computer></System><EventData><Data Name='ProcessId'>${n}</Data><Data Name='Image'>C:\\Users\\Public\\tool${n % rules}.exe</Data><Data Name='CommandLine'>tool${n % rules}.exe /quiet /job:${n} ${"QQBB".repeat(5 + n % 30)}</Data><Data Name='User'>CORP\\user${n % 2003}</Data></EventData></Event>\n`;

for (const rules of [1, 50]) {
  test(`fifty thousand findings of ${rules} rules stay a page that can be used`, { skip }, async (t) => {
    const [many, logs, found] = [50_000, join(folder, `log-${rules}.xml`), join(folder, `rules-${rules}`)];
    mkdirSync(found);
    for (let n = 0; n < rules; n++) writeFileSync(join(found, `${n}.yml`), rule(n));
    const out = createWriteStream(logs);
    for (let n = 0; n < many; n++) if (!out.write(event(n, rules))) await once(out, "drain");
    await new Promise((done) => out.end(done));
    const file = join(folder, `large-${rules}.html`);
    execFileSync(program, ["scan", logs, "--rules", found, "-o", `html:${file}`]);
    const html = readFileSync(file, "utf8");
    // Each is there, in full, in a table or on a line.
    const jobs = new Set([...html.matchAll(/tool\d+\.exe ran on ws/g)]).size;
    assert.equal(jobs, many);
    assert.ok(!html.includes("of this rule are left out"));
    const weight = await measure(browser, file);
    t.diagnostic(JSON.stringify(weight));
    assert.ok(weight.elements < 200_000 && weight.megabytes < 50, JSON.stringify(weight));
  });
}
