// What the pages do when scripts run: theme, copying, the key for the search, and the index with its facets and search.
//
// It is a classic script, not a module, and its data are scripts that call `grotto(name, data)`: browsers load neither
// modules nor data for pages that are opened from a disk. Everything that comes out of rules is set as text, never as
// HTML. Pages can be read without it.
"use strict";
(() => {
  const root = document.documentElement;
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  /** A new element with attributes (`text` is its content) and children. */
  function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name === "text") element.textContent = value;
      else if (value === true) element.setAttribute(name, "");
      else if (value !== false && value != null) element.setAttribute(name, value);
    }
    element.append(...children);
    return element;
  }

  // ---- Pages on a disk: folders have no index there
  if (location.protocol === "file:") {
    for (const link of all("a[href]")) {
      if (link.protocol === "file:" && link.pathname.endsWith("/")) link.pathname += "index.html";
    }
    for (const form of all("form[action]")) form.action = new URL("index.html", form.action).href;
  }

  // ---- Theme: the system's until the reader chooses another
  const theme = one("#theme");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const current = () => root.dataset.theme || (dark.matches ? "dark" : "light");
  function showTheme() {
    if (!theme) return;
    const other = current() === "dark" ? "light" : "dark";
    theme.textContent = other === "dark" ? "☾ Dark" : "☀ Light";
    theme.setAttribute("aria-label", `Switch to the ${other} theme`);
  }
  theme?.addEventListener("click", () => {
    const other = current() === "dark" ? "light" : "dark";
    root.dataset.theme = other;
    try { localStorage.setItem("grotto-theme", other); } catch { /* lasts for this page only */ }
    showTheme();
  });
  dark.addEventListener("change", showTheme);
  showTheme();

  // ---- Copying
  const said = make("p", { class: "sr", role: "status" });
  document.body.append(said);
  async function write(text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = make("textarea", { class: "sr" });
      area.value = text;
      document.body.append(area);
      area.select();
      const done = document.execCommand("copy");
      area.remove();
      if (!done) throw new Error("not copied");
    }
  }
  /** The text of an element as its author wrote it: without what macros stand for. */
  function written(element) {
    const copy = element?.cloneNode(true);
    for (const expansion of all(".mac > code", copy ?? document.createElement("i"))) expansion.remove();
    return copy?.textContent;
  }
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-copy], [data-copy-text]");
    if (!button) return;
    const text = button.dataset.copyText ?? written(button.dataset.copy ? one(button.dataset.copy) : one("code, .code", button.parentElement));
    if (text == null) return;
    const label = (button.dataset.label ??= button.textContent);
    let answer = "Copied";
    try { await write(text); } catch { answer = "Not copied"; }
    button.textContent = said.textContent = answer;
    setTimeout(() => { button.textContent = label; said.textContent = ""; }, 1500);
  });

  // ---- `/` leads to the search, Escape out of it
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const field = one("#q") || one('.top input[type="search"]');
      if (field) { event.preventDefault(); field.focus(); field.select(); }
    } else if (event.key === "Escape" && typing?.type === "search") {
      typing.blur();
    }
  });

  // ---- Data: scripts that call `grotto(name, data)`
  const waiting = {};
  window.grotto = (name, data) => waiting[name]?.(data);
  function load(name, address) {
    return new Promise((resolve, reject) => {
      waiting[name] = resolve;
      const script = make("script", { src: address });
      script.onerror = reject;
      document.head.append(script);
    });
  }

  const index = one("#index");
  if (index) startIndex(index).catch((error) => {
    root.classList.remove("js");
    console.error(error);
  });

  /** Numbers that were written as differences, one or more characters each; see `site::pack`. */
  function unpack(text) {
    const numbers = [];
    let last = -1, high = 0;
    for (let i = 0; i < text.length; i++) {
      let digit = text.charCodeAt(i) - 35;
      if (digit > 56) digit--;
      if (digit >= 45) { high = high * 45 + digit - 45; continue; }
      last += high * 45 + digit + 1;
      high = 0;
      numbers.push(last);
    }
    return numbers;
  }

  /** Words as the search knows them. */
  const words = (text) => text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];

  async function startIndex(index) {
    const body = one("tbody", index);
    const rows = [...body.rows];
    for (const row of rows) row.hidden = false;
    const names = rows.map((row) => row.cells[0].textContent.toLowerCase());
    const query = one("#q"), count = one("#count"), panel = one("#facets");
    const shown = 12;
    const { facets } = await load("facets", index.dataset.facets);
    for (const facet of facets) {
      facet.of = rows.map(() => []);
      facet.chosen = new Set();
      facet.rules = facet.rules.map((text, value) => {
        const list = unpack(text);
        for (const rule of list) facet.of[rule]?.push(value);
        return list;
      });
    }
    let text = null, asked = false, generation = 0;

    /** The rules that hold every word of the query, each with a rank; null when there is no query. */
    function matches() {
      const typed = query.value.trim().toLowerCase();
      const wanted = words(typed);
      if (!wanted.length) return null;
      const ranks = new Map();
      const inText = text && wanted.map((word) => text.find(word));
      for (let rule = 0; rule < rows.length; rule++) {
        const name = names[rule];
        if (name.includes(typed)) ranks.set(rule, 0);
        else if (wanted.every((word) => name.includes(word))) ranks.set(rule, 1);
        else if (inText && wanted.every((word, i) => inText[i][rule] || name.includes(word))) ranks.set(rule, 2);
      }
      return ranks;
    }

    /** Words of all rules with the rules that hold them. */
    function openText({ words, rules }) {
      const list = words.split(" "), known = new Map();
      return {
        find(word) {
          if (!known.has(word)) {
            const holds = new Uint8Array(rows.length);
            list.forEach((other, i) => { if (other.includes(word)) for (const rule of unpack(rules[i])) holds[rule] = 1; });
            known.set(word, holds);
          }
          return known.get(word);
        },
      };
    }

    function wantText() {
      if (asked) return;
      asked = true;
      load("text", index.dataset.text).then((data) => { text = openText(data); draw(); }, () => {
        said.textContent = "The words of the rules could not be loaded: only names are searched.";
      });
    }

    /** A value as people read it: with more words, or with those alone. */
    function label(facet, value) {
      const more = facet.names?.[value];
      return !more ? facet.values[value] : facet.alone ? more : `${facet.values[value]} ${more}`;
    }

    /** Whether a rule has one of the chosen values of a facet. */
    const fits = (facet, rule) => !facet.chosen.size || facet.of[rule].some((value) => facet.chosen.has(value));

    function readAddress() {
      const given = new URLSearchParams(location.search);
      query.value = given.get("q") ?? "";
      for (const facet of facets) {
        const wanted = new Set(given.getAll(facet.key).map((value) => value.toLowerCase()));
        facet.chosen = new Set();
        if (wanted.size) facet.values.forEach((value, i) => { if (wanted.has(value.toLowerCase())) facet.chosen.add(i); });
        if (facet.chosen.size) facet.box.open = true;
      }
      if (query.value.trim()) wantText();
    }

    function writeAddress(push) {
      const state = new URLSearchParams();
      if (query.value.trim()) state.set("q", query.value.trim());
      for (const facet of facets) for (const value of facet.chosen) state.append(facet.key, facet.values[value]);
      const search = state.toString();
      const address = location.pathname + (search ? `?${search}` : "");
      if (address !== location.pathname + location.search) history[push ? "pushState" : "replaceState"](null, "", address);
    }

    function choose(facet, value, on) {
      if (on) facet.chosen.add(value); else facet.chosen.delete(value);
      writeAddress(true);
      draw();
    }

    function drawFacet(facet, ranks) {
      const others = facets.filter((other) => other !== facet && other.chosen.size);
      const counts = new Uint32Array(facet.values.length);
      for (let rule = 0; rule < rows.length; rule++) {
        if (ranks && !ranks.has(rule)) continue;
        if (others.every((other) => fits(other, rule))) for (const value of facet.of[rule]) counts[value]++;
      }
      const filter = facet.filter?.value.trim().toLowerCase() ?? "";
      const listed = [];
      for (let value = 0; value < facet.values.length; value++) {
        if (facet.chosen.has(value)) { listed.push(value); continue; }
        if (counts[value] && (!filter || `${facet.values[value]} ${facet.names?.[value] ?? ""}`.toLowerCase().includes(filter))) listed.push(value);
      }
      listed.sort((a, b) => facet.chosen.has(b) - facet.chosen.has(a) || counts[b] - counts[a] || a - b);
      const focused = document.activeElement?.dataset?.value;
      const had = facet.list.contains(document.activeElement);
      const room = filter ? 60 : shown;
      facet.list.replaceChildren(...listed.slice(0, Math.max(room, facet.chosen.size)).map((value) => {
        const box = make("input", { type: "checkbox", "data-value": value });
        box.checked = facet.chosen.has(value);
        box.addEventListener("change", () => choose(facet, value, box.checked));
        const name = label(facet, value);
        return make("li", {}, make("label", {}, box, make("span", { class: "v", text: name }), make("span", { class: "n", text: counts[value].toLocaleString("en") })));
      }));
      if (had) one(`[data-value="${focused}"]`, facet.list)?.focus();
      facet.more.textContent = listed.length > room ? `${(listed.length - room).toLocaleString("en")} more: type to find them` : "";
      facet.more.hidden = listed.length <= room;
      facet.badge.textContent = facet.chosen.size ? ` (${facet.chosen.size})` : "";
    }

    function draw() {
      const ranks = matches();
      const found = [];
      for (let rule = 0; rule < rows.length; rule++) {
        if ((!ranks || ranks.has(rule)) && facets.every((facet) => fits(facet, rule))) found.push(rule);
      }
      if (ranks) found.sort((a, b) => ranks.get(a) - ranks.get(b) || a - b);
      body.replaceChildren(...found.map((rule) => rows[rule]));
      const chips = facets.flatMap((facet) => [...facet.chosen].map((value) => {
        const chip = make("button", { class: "chip", type: "button", text: `${facet.name}: ${facet.values[value]}`, "aria-label": `Remove ${facet.name}: ${facet.values[value]}` });
        chip.addEventListener("click", () => choose(facet, value, false));
        return chip;
      }));
      if (chips.length || query.value.trim()) {
        const clear = make("button", { type: "button", text: "Clear" });
        clear.addEventListener("click", () => {
          query.value = "";
          for (const facet of facets) facet.chosen.clear();
          writeAddress(true);
          draw();
          query.focus();
        });
        chips.push(clear);
      }
      const number = make("strong", { text: found.length.toLocaleString("en") });
      count.replaceChildren(make("span", { role: "status" }, number, found.length === rows.length ? " rules" : ` of ${rows.length.toLocaleString("en")} rules`), ...chips);
      // What is chosen shows at once; the counts of closed facets are made when they are opened.
      const mine = ++generation;
      for (const facet of facets) {
        facet.drawn = false;
        facet.badge.textContent = facet.chosen.size ? ` (${facet.chosen.size})` : "";
        facet.draw = () => { if (!facet.drawn && mine === generation) { facet.drawn = true; drawFacet(facet, ranks); } };
        if (facet.box.open) facet.draw();
      }
    }

    panel.replaceChildren(...facets.map((facet, number) => {
      facet.list = make("ul");
      facet.more = make("p", { class: "dim", hidden: true });
      facet.badge = make("span", { class: "n" });
      const inside = [facet.list, facet.more];
      if (facet.values.length > shown) {
        facet.filter = make("input", { type: "text", placeholder: `Find in ${facet.values.length.toLocaleString("en")}`, "aria-label": `Find a value of ${facet.name}` });
        facet.filter.addEventListener("input", () => { facet.drawn = false; facet.draw(); });
        inside.unshift(facet.filter);
      }
      facet.box = make("details", { class: "facet", "data-facet": facet.key, open: number < 2 && innerWidth > 1024 }, make("summary", {}, facet.name, facet.badge), ...inside);
      facet.box.addEventListener("toggle", () => { if (facet.box.open) facet.draw?.(); });
      return facet.box;
    }));
    const filters = one("#filters");
    filters?.addEventListener("click", () => filters.setAttribute("aria-expanded", String(panel.classList.toggle("open"))));
    let timer = 0;
    query.addEventListener("focus", wantText);
    query.addEventListener("input", () => {
      wantText();
      clearTimeout(timer);
      timer = setTimeout(() => { writeAddress(false); draw(); }, 60);
    });
    query.form?.addEventListener("submit", (event) => { event.preventDefault(); writeAddress(true); draw(); });
    addEventListener("popstate", () => { readAddress(); draw(); });
    readAddress();
    draw();
    index.dataset.ready = "";
  }
})();
