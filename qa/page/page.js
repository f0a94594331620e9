// The page's own behaviour: its language, large type and darkness; a citation opens the report at its place; tabs.
// One listener on the document serves turns of any age, since the chat redraws its content as it likes.
const wenbao = (() => {
  const LANGUAGES = ["zh-CN", "zh-TW", "en"];
  const root = document.documentElement;
  const query = new URLSearchParams(location.search);
  const by = (id) => document.getElementById(id);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const frame = () => by("wb-frame");
  const narrow = () => window.matchMedia("(max-width: 820px)").matches;

  // A frame on a foreign page may have no storage: then nothing is remembered beyond this page.
  const memory = {};
  function keep(name, value, store = "localStorage") {
    memory[name] = value;
    try { window[store].setItem(`wb-${name}`, value); } catch { /* no storage */ }
  }
  function kept(name, store = "localStorage") {
    try { return window[store].getItem(`wb-${name}`) ?? memory[name] ?? ""; } catch { return memory[name] ?? ""; }
  }

  function known(tag) {
    if (/^zh-(hant|tw|hk|mo)\b/i.test(tag)) return "zh-TW";
    return { zh: "zh-CN", en: "en" }[String(tag).split("-")[0].toLowerCase()] || "";
  }
  const language = known(query.get("lang") || "") || known(kept("language")) ||
    navigator.languages.map(known).find(Boolean) || "zh-CN";
  if (query.get("lang")) keep("language", language);

  function say(name, fields = {}) {
    const text = (window.wbTable[name] || [])[LANGUAGES.indexOf(language)] ?? name;
    return text.replace(/\{(\w+)\}/g, (whole, field) => fields[field] ?? whole);
  }
  function translate(from = document) {
    for (const element of all("[data-say]", from)) {
      const text = say(element.dataset.say);
      if (element.textContent !== text) element.textContent = text;
    }
  }

  // Addresses are relative, so that they hold behind any prefix.
  const address = (path, fields = {}) => {
    const url = new URL(path, document.baseURI);
    for (const [name, value] of Object.entries({ lang: language, ...fields })) url.searchParams.set(name, value);
    return url;
  };
  async function get(path, fields) {
    const reply = await fetch(address(path, fields), { headers: { accept: "application/json, text/html;q=0.9" } });
    if (!reply.ok) throw new Error(`${reply.status}`);
    return reply.headers.get("content-type").includes("json") ? reply.json() : reply.text();
  }

  // `heard`: for screen readers alone, where the eye sees it anyway.
  function status(text, heard = false) {
    const line = document.querySelector(".wb-status");
    if (!line) return;
    line.classList.toggle("wb-heard", heard);
    line.textContent = text;
    clearTimeout(status.timer);
    status.timer = setTimeout(() => (line.textContent = ""), 6000);
  }

  // The right side. `current` is the turn whose proof it shows: "conversation.n", or "" for none.
  let current = "";
  function fill(name, html) {
    const panel = by(`wb-${name}`);
    let inside = panel.querySelector(".wb-inside");
    if (!inside) {
      inside = document.createElement("div");
      inside.className = "wb-inside prose";
      panel.replaceChildren(inside);
    }
    inside.innerHTML = html;
    panel.scrollTop = 0;
  }
  function prove(turn) {
    current = turn;
    prove.told = null;
    return (prove.pending = fetchProof(turn));
  }
  // What is told of a turn, once it is there: what the right side still shows may be another turn's.
  async function proofOf(turn) {
    if (turn === current) await prove.pending;
    if (turn !== current || !prove.told) await prove(turn);
    return turn === current ? prove.told : null;
  }
  async function fetchProof(turn) {
    if (!turn) fill("why", `<p class="wb-hint wb-cards">${say("pick_turn")}</p>`);
    else if (root.classList.contains("wb-show-why")) reason();
    root.classList.toggle("wb-proved", Boolean(turn));
    try {
      if (!turn) return fill("evidence", await get("desk/catalogue"));
      const proof = await get(`desk/turn/${encodeURIComponent(turn)}`);
      if (current === turn) {
        prove.told = proof;
        fill("evidence", proof.html);
      }
    } catch {
      fill("evidence", `<p class="wb-hint wb-cards">${say(turn ? "gone" : "offline")}</p>`);
    }
  }
  async function why(turn) {
    show("why");
    if (turn && turn !== current) await prove(turn);
    else await reason();
  }
  async function reason() {
    const turn = current;
    if (!turn) return;
    fill("why", `<p class="wb-hint wb-cards">${say("searching")}</p>`);
    let told = `<p class="wb-hint wb-cards">${say("gone")}</p>`;
    try { told = await get(`desk/turn/${encodeURIComponent(turn)}/why`); } catch { /* it is gone */ }
    if (turn === current) fill("why", told);
  }

  function show(name) {
    for (const other of ["evidence", "why", "report"]) {
      root.classList.toggle(`wb-show-${other}`, other === name);
      const tab = by(`wb-tab-${other}`);
      tab.setAttribute("aria-selected", String(other === name));
      tab.tabIndex = other === name ? 0 : -1;
    }
    const first = document.querySelector("#wb-evidence a.wb-open");
    if (name === "report" && !frame().getAttribute("src") && first) {
      const tab = document.activeElement?.closest("[role=tab]");
      open(first.getAttribute("href"));
      // The report takes the focus to its place, but not from somebody who is walking along the tabs.
      if (tab) frame().addEventListener("load", () => tab.focus(), { once: true });
    }
    if (narrow() && show.moves) by("wb-proof").scrollIntoView({ block: "start" });
  }
  show.moves = false;

  function open(href) {
    const url = address(href, { embed: "1", theme: document.body.classList.contains("dark") ? "dark" : "light" });
    if (root.classList.contains("wb-big")) url.searchParams.set("size", "large");
    if (frame().getAttribute("src")) frame().contentWindow.location.replace(url);
    else frame().src = url;
  }

  const turnOf = (element) => element.closest(".wb-answer")?.id.replace(/^wb-turn-/, "") || "";

  function cite(link) {
    for (const other of all(".wb-current")) other.classList.remove("wb-current");
    link.classList.add("wb-current");
    const turn = turnOf(link);
    if (turn && turn !== current) prove(turn);
    open(link.getAttribute("href"));
    show("report");
    if (narrow()) by("wb-proof").scrollIntoView({ block: "start" });
  }

  // On a phone the proof lies below the chat: the way back is to what was followed.
  function back() {
    const link = document.querySelector(".wb-cite.wb-current");
    const answers = all("#wb-turns .wb-answer");
    const target = link || answers[answers.length - 1] || by("wb-chat");
    show("evidence");
    target.scrollIntoView({ block: "center" });
    link?.focus({ preventScroll: true });
  }

  async function write(text, button) {
    let done = false;
    try {
      await navigator.clipboard.writeText(text);
      done = true;
    } catch {
      // Without TLS on an intranet host the clipboard interface is absent; a selection still copies.
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      done = document.execCommand("copy");
      area.remove();
      button.focus();
    }
    status(say(done ? "copied" : "not_copied"));
  }

  function look(dark) {
    document.body.classList.toggle("dark", dark);
    document.querySelector(".wb-dark")?.setAttribute("aria-pressed", String(dark));
  }
  function large(on) {
    root.classList.toggle("wb-big", on);
    document.querySelector(".wb-large")?.setAttribute("aria-pressed", String(on));
  }
  function redraw() {
    if (frame()?.getAttribute("src")) {
      const url = new URL(frame().contentWindow.location.href);
      url.searchParams.delete("size");
      open(url.href);
    }
  }

  function tab(element) {
    const name = element.id.replace("wb-tab-", "");
    if (name === "why" && current) why(current);
    else show(name);
  }

  // What other parts answer to: [selector, what happens].
  const deeds = [
    ["a.wb-cite, a.wb-open", cite],
    ["#wb-tabs [role=tab]", tab],
    [".wb-back", back],
    [".wb-act-why", (button) => why(turnOf(button))],
    [".wb-large", () => { large(!root.classList.contains("wb-big")); keep("big", root.classList.contains("wb-big") ? "1" : ""); redraw(); }],
    [".wb-dark", () => { look(!document.body.classList.contains("dark")); keep("dark", document.body.classList.contains("dark") ? "1" : "0"); redraw(); }],
    [".wb-language", (button) => { keep("language", button.value); query.set("lang", button.value); location.search = query; }],
    [".wb-close", (button) => button.closest("dialog").close()],
    [".wb-skip", () => document.querySelector("#wb-box textarea")?.focus()],
  ];
  document.addEventListener("click", (event) => {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    for (const [selector, deed] of deeds) {
      const hit = event.target.closest?.(selector);
      if (!hit) continue;
      event.preventDefault();
      event.stopPropagation();
      deed(hit, event);
      return;
    }
  }, true);
  document.addEventListener("keydown", (event) => {
    const tabs = all("#wb-tabs [role=tab]");
    const at = tabs.indexOf(event.target);
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (at < 0 || !step) return;
    event.preventDefault();
    const other = tabs[(at + step + tabs.length) % tabs.length];
    other.focus();
    tab(other);
  });

  // The framework draws the page when it likes: roles, words and looks are given once the parts exist.
  const whenDrawn = [];
  let drawn = false;
  new MutationObserver(() => {
    if (drawn || !by("wb-turns") || !by("wb-evidence") || !by("wb-tab-report") || !document.querySelector("#wb-box textarea")) return;
    drawn = true;
    for (const name of ["evidence", "why", "report"]) {
      by(`wb-${name}`).setAttribute("role", "tabpanel");
      by(`wb-${name}`).setAttribute("aria-labelledby", `wb-tab-${name}`);
      by(`wb-${name}`).tabIndex = 0;
    }
    root.lang = language;
    document.title = say("title");
    translate();
    document.querySelector(".wb-tablist").setAttribute("aria-label", say("tabs"));
    frame().title = say("full_report");
    for (const button of all(".wb-language")) button.setAttribute("aria-pressed", String(button.value === language));
    if (kept("big")) large(true);
    if (kept("dark")) look(kept("dark") === "1");
    look(document.body.classList.contains("dark"));
    show("evidence");
    show.moves = true;
    for (const step of whenDrawn) step();
  }).observe(document, { childList: true, subtree: true });

  return {
    root, query, by, all, keep, kept, language, say, translate, address, get, status, prove, proofOf, show, open, turnOf, write,
    deeds, whenDrawn, narrow, frame, get current() { return current; },
  };
})();
window.wenbao = wenbao;
