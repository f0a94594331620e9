// Asking: what is sent with a question, what happens when it is answered or stopped, and the conversation's memory.
// Called by the chat's framework: asking, asked, answered, opening, opened.
(() => {
  const { by, all, keep, kept, say, get, status, prove, show, turnOf, write, deeds, whenDrawn, root, query } = wenbao;
  const box = () => document.querySelector("#wb-box textarea");
  const random = () => [...crypto.getRandomValues(new Uint8Array(16))].map((n) => n.toString(16).padStart(2, "0")).join("");

  const owner = kept("owner") || random();
  keep("owner", owner);
  let conversation = kept("talk", "sessionStorage");
  let documents = [];
  let edit = null; // {before, anew}: the next question takes another one's place
  let sent = null;
  let ready = false;

  function asking() {
    const question = box().value;
    if (sent) {
      status(say("busy"));
      return [JSON.stringify({ busy: true })];
    }
    pressed = 0;
    sent = { question, conversation, documents, nonce: random(), owner, language: wenbao.language, ...edit };
    edit = null;
    root.classList.add("wb-asked", "wb-busy");
    // On a phone the box may be asked from where the proof is being read.
    if (wenbao.narrow()) by("wb-chat").scrollIntoView({ block: "start" });
    return [JSON.stringify(sent)];
  }
  const asked = () => [JSON.stringify(sent || { busy: true })];

  // One question at a time, from the very press: the framework begins a step somewhat later, and then one too many.
  const TAKEN = 2000; // ms within which the framework takes a question over, or never will
  let pressed = 0;
  function once(event) {
    const sends = event.type === "click"
      ? event.target.closest?.("#wb-box button.submit-button")
      : event.target === box() && event.key === "Enter" && !event.shiftKey && !event.isComposing;
    if (!sends) return;
    if (!sent && Date.now() - pressed > TAKEN) {
      pressed = Date.now();
      root.classList.add("wb-busy");
      setTimeout(() => !sent && Date.now() - pressed >= TAKEN && root.classList.remove("wb-busy"), TAKEN + 50);
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    status(say("busy"));
  }
  for (const kind of ["keydown", "click"]) document.addEventListener(kind, once, true);

  // The question asked is no longer waited for; gives the newest answer.
  function release() {
    sent = null;
    root.classList.remove("wb-busy");
    const last = all("#wb-turns .wb-answer").pop();
    if (last?.classList.contains("wb-waiting")) last.querySelector("p:last-child").textContent = say("lost");
    return last;
  }
  // The framework says nothing further of a step whose request does not get through: the page would wait for ever.
  const fetched = window.fetch;
  window.fetch = (...told) => {
    const reply = fetched(...told);
    if (sent && String(told[0]?.url ?? told[0]).includes("/gradio_api/run/")) {
      reply.catch(() => {
        if (!sent) return;
        release();
        status(say("offline"));
      });
    }
    return reply;
  };

  function answered() {
    if (!sent) return;
    const last = release();
    const turn = last ? turnOf(last) : "";
    if (!turn) return;
    conversation = turn.slice(0, turn.lastIndexOf("."));
    keep("talk", conversation, "sessionStorage");
    root.classList.add("wb-talking");
    status(say("answered"), true);
    prove(turn).then(() => offer(turn));
    if (!wenbao.narrow()) show("evidence");
  }

  // Another conversation, or none, is shown; the framework redraws the chat.
  function opening() {
    root.classList.toggle("wb-asked", Boolean(conversation || query.get("q")));
    return [JSON.stringify({ conversation, owner, language: wenbao.language })];
  }
  function opened() {
    const last = all("#wb-turns .wb-answer").pop();
    const turn = last ? turnOf(last) : "";
    root.classList.toggle("wb-talking", Boolean(turn));
    root.classList.toggle("wb-asked", Boolean(turn || query.get("q")));
    if (!turn) forgetTalk();
    prove(turn).then(() => turn && offer(turn));
    show.moves = false;
    show("evidence");
    show.moves = true;
    const first = !ready && query.get("q");
    ready = true;
    root.classList.add("wb-ready");
    if (first) ask(first);
  }
  function forgetTalk() {
    conversation = "";
    keep("talk", "", "sessionStorage");
  }
  function turnTo(name) {
    conversation = name;
    keep("talk", name, "sessionStorage");
    edit = null;
    by("wb-menu").close();
    by("wb-switch").click();
    box().focus();
  }

  function write_(question) {
    const area = box();
    area.value = question;
    area.dispatchEvent(new Event("input", { bubbles: true }));
    return area;
  }
  function ask(question, how = null) {
    if (sent) return status(say("busy"));
    edit = how;
    write_(question);
    // The framework takes the words over in its own time.
    setTimeout(() => document.querySelector("#wb-box button.submit-button")?.click(), 30);
  }

  // Questions to go on with, below the newest answer only. They are tried out meanwhile: the page asks again for more.
  async function offer(turn, tries = 3) {
    let questions = [];
    try { questions = await get(`desk/turn/${encodeURIComponent(turn)}/next`); } catch { /* nothing is offered */ }
    const last = all("#wb-turns .wb-answer").pop();
    const place = by("wb-compose").querySelector(".wb-next");
    if (!last || turnOf(last) !== turn) return tries === 3 ? place.replaceChildren() : undefined;
    const shown = all("button", place).map((button) => button.textContent);
    if (tries === 3 || questions.join() !== shown.join()) {
      const hint = document.createElement("span");
      hint.className = "wb-hint";
      hint.textContent = say("ask_next");
      place.replaceChildren(...(questions.length ? [hint, ...questions.map(asButton)] : []));
      // They take room from the chat: the answer stays in view.
      followed = "";
      follow();
    }
    if (questions.length < 3 && tries > 1 && !sent) setTimeout(() => offer(turn, tries - 1), 2500);
    return undefined;
  }
  function asButton(question) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "wb-example";
    button.lang = "zh";
    button.textContent = question;
    return button;
  }

  const questionOf = (button) => {
    const row = button.closest(".message-row");
    const rows = all("#wb-turns .message-row");
    return rows.slice(0, rows.indexOf(row)).reverse().map((r) => r.querySelector(".wb-question")).find(Boolean)?.innerText || "";
  };
  const numberOf = (button) => Number(turnOf(button).split(".").pop());

  async function copyTurn(button) {
    // Without its proof, what stands on the right is another answer's.
    if (!(await wenbao.proofOf(turnOf(button)))) return;
    const text = document.querySelector("#wb-evidence .wb-copy-text")?.value;
    if (text) await write(`${questionOf(button)}\n\n${text}`, button);
  }
  function editing(button, question, how) {
    edit = how;
    const area = write_(question);
    area.focus();
    area.select();
  }

  // Sorting a table: by number where a column holds numbers, with 万 and 亿 taken at their worth.
  const worth = { 万: 1e4, 亿: 1e8, 万亿: 1e12 };
  function value(cell) {
    const found = cell.textContent.replace(/,/g, "").match(/(-?\d+(?:\.\d+)?)\s*(万亿|亿|万)?/);
    return found ? Number(found[1]) * (worth[found[2]] || 1) : NaN;
  }
  function sort(button) {
    const head = button.closest("th");
    const body = head.closest("table").tBodies[0];
    const at = [...head.parentElement.children].indexOf(head);
    const down = head.getAttribute("aria-sort") === "ascending";
    const rows = [...body.rows];
    const numeric = at > 0 && rows.every((row) => !Number.isNaN(value(row.cells[at])));
    const order = new Intl.Collator("zh");
    const compare = (a, b) => (numeric
      ? value(a.cells[at]) - value(b.cells[at])
      : order.compare(a.cells[at].textContent, b.cells[at].textContent));
    rows.sort((a, b) => (down ? -1 : 1) * compare(a, b));
    for (const other of head.parentElement.children) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    body.append(...rows);
  }

  deeds.push(
    ["button.wb-example", (button) => ask(button.textContent)],
    [".wb-act-copy", copyTurn],
    [".wb-act-edit", (button) => editing(button, questionOf(button), { before: numberOf(button) })],
    [".wb-act-anew", (button) => editing(button, button.parentElement.querySelector(".wb-resolved-words").innerText, { anew: true })],
    [".wb-act-alone", (button) => ask(questionOf(button), { before: numberOf(button), anew: true })],
    [".wb-act-retry", (button) => ask(questionOf(button), { before: numberOf(button) })],
    [".wb-sort", sort],
    [".wb-new", () => turnTo("")],
    [".wb-recent-open", (button) => turnTo(button.value)],
    [".wb-recent-forget", forget],
    [".wb-more-open", openMenu],
  );

  async function openMenu() {
    const list = by("wb-menu").querySelector(".wb-recent");
    list.replaceChildren();
    by("wb-menu").showModal();
    for (const link of all("#wb-menu [data-export]")) {
      link.href = wenbao.address(`desk/talk/${encodeURIComponent(conversation || "-")}.${link.dataset.export}`);
    }
    let talks = [];
    try { talks = await get("desk/recent", { owner }); } catch { /* none are shown */ }
    const none = document.createElement("li");
    none.className = "wb-hint";
    none.textContent = say("no_recent");
    list.replaceChildren(...(talks.length ? talks.map(recentItem) : [none]));
  }
  function recentItem(talk) {
    const item = document.createElement("li");
    const [show_, drop] = ["wb-recent-open", "wb-recent-forget wb-quiet"].map((name) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = name;
      button.value = talk.id;
      return button;
    });
    const when = talk.at ? new Date(talk.at).toLocaleDateString(wenbao.language, { month: "numeric", day: "numeric" }) : "";
    show_.textContent = talk.title;
    if (talk.id === conversation) show_.setAttribute("aria-current", "true");
    const time = document.createElement("small");
    time.textContent = when;
    show_.append(" ", time);
    drop.textContent = say("forget");
    drop.setAttribute("aria-label", `${say("forget")}：${talk.title}`);
    item.append(show_, drop);
    return item;
  }
  async function forget(button) {
    const reply = await fetch(wenbao.address("desk/forget"), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ conversation: button.value, owner }),
    }).catch(() => null);
    if (!reply?.ok) return status(say("offline"));
    button.closest("li").remove();
    if (button.value === conversation) turnTo("");
  }

  // A new turn is read from its question on, however long its answer is.
  let followed = "";
  function follow() {
    const answers = all("#wb-turns .wb-answer");
    const pane = document.querySelector("#wb-turns .bubble-wrap");
    const state = `${answers.length} ${answers[answers.length - 1]?.textContent}`;
    if (!pane || state === followed) return;
    followed = state;
    const rows = all("#wb-turns .message-row");
    const row = rows[rows.length - 2] || rows[0];
    if (!row) return;
    requestAnimationFrame(() => {
      pane.scrollTop += row.getBoundingClientRect().top - pane.getBoundingClientRect().top - 12;
    });
  }
  whenDrawn.push(() => new MutationObserver(follow).observe(by("wb-turns"), { childList: true, subtree: true, characterData: true }));

  // Object.assign would copy what the getters give now, not the getters.
  Object.defineProperties(wenbao, Object.getOwnPropertyDescriptors({
    asking, asked, answered, opening, opened, ask, asButton, owner,
    get documents() { return documents; }, set documents(names) { documents = names; },
    get conversation() { return conversation; },
  }));
})();
