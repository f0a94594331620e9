// The page's own behaviour: a citation opens the report at its place; tabs; copying; large type.
// One listener on the document serves turns of any age, since the chat redraws its content as it likes.
(() => {
  const column = () => document.getElementById("wb-proof");
  const frame = () => document.getElementById("wb-frame");
  const narrow = () => window.matchMedia("(max-width: 820px)").matches;
  const root = document.documentElement;

  function show(name) {
    root.classList.toggle("wb-show-report", name === "report");
    for (const tab of document.querySelectorAll("#wb-tabs [role=tab]")) {
      const on = tab.id === `wb-tab-${name}`;
      tab.setAttribute("aria-selected", String(on));
      tab.tabIndex = on ? 0 : -1;
    }
    if (name === "report" && !frame().getAttribute("src") && frame().dataset.document) {
      open(`doc/${encodeURIComponent(frame().dataset.document)}`);
    }
  }

  function open(href) {
    const url = new URL(href, document.baseURI);
    url.searchParams.set("embed", "1");
    url.searchParams.set("theme", document.body.classList.contains("dark") ? "dark" : "light");
    if (root.classList.contains("wb-big")) url.searchParams.set("size", "large");
    if (frame().getAttribute("src")) frame().contentWindow.location.replace(url);
    else frame().src = url;
  }

  function cite(link) {
    for (const other of document.querySelectorAll(".wb-current")) other.classList.remove("wb-current");
    link.classList.add("wb-current");
    open(link.getAttribute("href"));
    show("report");
    if (narrow()) column().scrollIntoView({ block: "start" });
  }

  // On a phone the report lies below the chat: the way back is to the citation that was followed.
  function back() {
    const link = document.querySelector(".wb-cite.wb-current");
    show("evidence");
    (link || document.getElementById("wb-turns")).scrollIntoView({ block: "center" });
    link?.focus({ preventScroll: true });
  }

  async function copy(button) {
    const source = document.querySelector("#wb-evidence .wb-copy-text");
    if (!source) return;
    let done = false;
    try {
      await navigator.clipboard.writeText(source.value);
      done = true;
    } catch {
      // Without TLS on an intranet host the clipboard interface is absent; a selection still copies.
      source.hidden = false;
      source.select();
      done = document.execCommand("copy");
      source.hidden = true;
    }
    const label = button.textContent;
    button.textContent = done ? "已复制" : "未能复制";
    setTimeout(() => (button.textContent = label), 1500);
  }

  function large(on) {
    root.classList.toggle("wb-big", on);
    document.querySelector(".wb-large")?.setAttribute("aria-pressed", String(on));
    try { localStorage.setItem("wb-big", on ? "1" : ""); } catch { /* a frame without storage */ }
    const address = frame()?.getAttribute("src") && frame().contentWindow.location.href;
    if (address) {
      const url = new URL(address);
      if (on) url.searchParams.set("size", "large"); else url.searchParams.delete("size");
      frame().contentWindow.location.replace(url);
    }
  }

  document.addEventListener("click", (event) => {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const hit = event.target.closest?.("a.wb-cite, a.wb-open, #wb-tabs [role=tab], .wb-copy, .wb-back, .wb-large");
    if (!hit) return;
    event.preventDefault();
    event.stopPropagation();
    if (hit.matches("a")) cite(hit);
    else if (hit.matches("[role=tab]")) show(hit.id.replace("wb-tab-", ""));
    else if (hit.matches(".wb-copy")) copy(hit);
    else if (hit.matches(".wb-back")) back();
    else large(!root.classList.contains("wb-big"));
  }, true);

  document.addEventListener("keydown", (event) => {
    if (!event.target.matches?.("#wb-tabs [role=tab]") || !["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    const other = document.querySelector('#wb-tabs [role=tab][aria-selected="false"]');
    show(other.id.replace("wb-tab-", ""));
    other.focus();
  });

  // A new turn is read from its question on, however long its answer is.
  let followed = "";
  function follow() {
    const answers = document.querySelectorAll("#wb-turns .wb-answer");
    const pane = document.querySelector("#wb-turns .bubble-wrap");
    const state = `${answers.length} ${answers[answers.length - 1]?.textContent}`;
    if (!pane || state === followed) return;
    followed = state;
    const rows = document.querySelectorAll("#wb-turns .message-row");
    const row = rows[rows.length - 2] || rows[0];
    if (!row) return;
    requestAnimationFrame(() => {
      pane.scrollTop += row.getBoundingClientRect().top - pane.getBoundingClientRect().top - 12;
    });
  }

  // New evidence brings its tab back to the front; the panels get their roles once they exist.
  let seen = "";
  new MutationObserver(() => {
    const panel = document.getElementById("wb-evidence");
    if (!panel) return;
    if (!panel.hasAttribute("role")) {
      for (const name of ["evidence", "report"]) {
        const part = document.getElementById(`wb-${name}`);
        part?.setAttribute("role", "tabpanel");
        part?.setAttribute("aria-labelledby", `wb-tab-${name}`);
      }
      let big = "";
      try { big = localStorage.getItem("wb-big"); } catch { /* a frame without storage */ }
      if (big) large(true);
      root.lang = "zh-CN";
    }
    follow();
    const now = panel.textContent;
    if (now !== seen) {
      seen = now;
      show("evidence");
      panel.scrollTop = 0;
    }
  }).observe(document, { childList: true, subtree: true, characterData: true });
})();
