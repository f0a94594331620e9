// The chat page inside a portal's frame (?embed=1): less around it, and messages to and from the portal that is named
// by ?parent=ORIGIN. Who may be that portal is the server's say: its frame-ancestors header stops all others.
(() => {
  const query = new URLSearchParams(location.search);
  if (query.get("embed") !== "1") return;
  const root = document.documentElement;
  root.classList.add("wb-embedded");
  const colour = query.get("colour") || "";
  if (/^#([0-9a-f]{3}|[0-9a-f]{6})$/i.test(colour)) {
    // Black on bright colours; the portal's script measures the same way.
    const long = colour.length === 4 ? colour.slice(1).replace(/./g, "$&$&") : colour.slice(1);
    const [r, g, b] = [0, 2, 4].map((at) => (parseInt(long.slice(at, at + 2), 16) / 255) ** 2.2);
    root.style.setProperty("--wb-portal", colour);
    root.style.setProperty("--wb-portal-on", 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#000" : "#fff");
  }

  const widget = query.get("widget") || "";
  let portal = "";
  try {
    const named = new URL(query.get("parent"));
    if (/^https?:$/.test(named.protocol) && window.parent !== window) portal = named.origin;
  } catch { /* no portal named: nothing is told */ }

  function tell(type, detail = {}) {
    if (portal) window.parent.postMessage({ source: "wenbao", type, widget, detail }, portal);
  }

  const box = () => document.querySelector("#wb-box textarea");
  const questions = () => document.querySelectorAll("#wb-turns .wb-question");
  const answers = () => document.querySelectorAll("#wb-turns .wb-answer:not(.wb-notice)");

  function fill(question) {
    const area = box();
    area.value = question;
    area.dispatchEvent(new Event("input", { bubbles: true }));
    return area;
  }

  // The chat's framework may lose what is sent while it closes its first stream; then the words are still in the box.
  function ask(question, tries = 3) {
    const before = questions().length;
    fill(question);
    setTimeout(() => document.querySelector("#wb-box button.submit-button")?.click(), 50);
    setTimeout(() => {
      if (tries > 1 && questions().length === before && box().value === question) ask(question, tries - 1);
    }, 5000);
  }

  window.addEventListener("message", (event) => {
    const told = event.data;
    if (!portal || event.source !== window.parent || event.origin !== portal || told?.source !== "wenbao-portal") return;
    if (!box()) return;
    if (told.type === "ask" && typeof told.question === "string") ask(told.question);
    else if (told.type === "prefill" && typeof told.question === "string") fill(told.question).focus();
    else if (told.type === "focus") box().focus();
  });

  // A link to a place of a report, as the page writes it: doc/<document>?start=..&end=..
  function place(link) {
    const url = new URL(link.getAttribute("href"), document.baseURI);
    const at = (name) => (url.searchParams.has(name) ? Number(url.searchParams.get(name)) : null);
    const name = decodeURIComponent(url.pathname.split("/").pop());
    return { document: name, start: at("start"), end: at("end"), url: url.href };
  }

  window.addEventListener("click", (event) => {
    const link = event.target.closest?.("a.wb-cite, a.wb-open");
    if (link) tell("citation", place(link));
  }, true);

  window.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented && !event.isComposing) tell("escape");
  });

  function told(answer) {
    const links = [...answer.querySelectorAll("a.wb-cite")];
    return {
      question: [...questions()].pop()?.textContent.trim() || "",
      refused: answer.classList.contains("wb-refused"),
      answer: answer.classList.contains("wb-refused") ? "" : [...answer.querySelectorAll("strong")].map((e) => e.textContent).join("；"),
      citations: links.map((link, n) => ({ n: n + 1, ...place(link) })),
    };
  }

  let ready = false;
  let asked = 0;
  let answered = 0;
  new MutationObserver(() => {
    if (!ready && box()) {
      ready = true;
      const words = query.get("prefill");
      if (words && !query.get("q")) fill(words);
      tell("ready");
    }
    const [now, done] = [questions(), answers()];
    if (now.length > asked) tell("asked", { question: now[now.length - 1].textContent.trim() });
    asked = now.length;
    if (done.length > answered) tell("answered", told(done[done.length - 1]));
    answered = done.length;
  }).observe(document, { childList: true, subtree: true, characterData: true });
})();
