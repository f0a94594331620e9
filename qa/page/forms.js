// What is filled in: which reports are asked, what is wrong with an answer, which files are added.
(() => {
  const { by, all, say, get, status, deeds, whenDrawn, root, query, frame, show, turnOf } = wenbao;
  let known = { documents: [], examples: [] };

  // What can be asked, and examples of it. Examples come as they are tried out, so the page asks again for a while.
  async function learn(tries = 60) {
    try { known = await get("desk/opening"); } catch { return; }
    const count = known.documents.length;
    document.querySelector(".wb-subtitle").textContent = say("subtitle", { n: count });
    root.classList.toggle("wb-keeper", known.keeper);
    root.classList.toggle("wb-feedback", known.feedback);
    root.classList.toggle("wb-user", Boolean(known.user));
    document.querySelector(".wb-user-name").textContent = known.user ? say("signed_in", { name: known.user }) : "";
    const list = document.querySelector(".wb-example-list");
    // Only what is new is added: a list drawn anew would lose the focus, and the button under a finger.
    const shown = all("button", list).map((button) => button.textContent);
    for (const question of known.examples.filter((one) => !shown.includes(one))) {
      const item = document.createElement("li");
      item.append(wenbao.asButton(question));
      list.append(item);
    }
    document.querySelector(".wb-examples").hidden = !known.examples.length;
    if (!learn.chosen) {
      learn.chosen = true;
      wenbao.documents = known.documents.map((item) => item.id).filter((id) => query.getAll("document").includes(id));
    }
    label();
    if (!known.done && known.examples.length < 6 && tries > 1) setTimeout(() => learn(tries - 1), 1500);
  }

  function label() {
    const [chosen, count] = [wenbao.documents.length, known.documents.length];
    document.querySelector(".wb-scope").hidden = count < 2;
    const one = chosen === 1 && known.documents.find((item) => item.id === wenbao.documents[0])?.name;
    const text = one || (chosen && chosen < count ? say("some_reports", { n: chosen }) : say("all_reports", { n: count }));
    const button = document.querySelector(".wb-choose-open");
    button.textContent = text;
    button.setAttribute("aria-label", `${say("choose")}：${text}`);
  }
  function choose() {
    by("wb-choose").querySelector(".wb-choices").replaceChildren(...known.documents.map((item) => {
      const row = document.createElement("li");
      const name = document.createElement("label");
      const tick = document.createElement("input");
      tick.type = "checkbox";
      tick.value = item.id;
      tick.checked = wenbao.documents.includes(item.id);
      name.className = "wb-check";
      name.append(tick, item.name);
      name.lang = "zh";
      row.append(name);
      return row;
    }));
    by("wb-choose").querySelector(".wb-filter").value = "";
    by("wb-choose").showModal();
  }
  const ticks = () => all("#wb-choose .wb-choices input");
  function tickAll(on) {
    for (const tick of ticks()) if (!tick.closest("li").hidden) tick.checked = on;
    take();
  }
  function take() {
    wenbao.documents = ticks().filter((tick) => tick.checked).map((tick) => tick.value);
    label();
  }
  document.addEventListener("input", (event) => {
    if (event.target.matches?.("#wb-choose .wb-choices input")) take();
    if (!event.target.matches?.("#wb-choose .wb-filter")) return;
    const words = event.target.value.trim().toLowerCase().split(/\s+/);
    for (const row of all("#wb-choose .wb-choices li")) {
      row.hidden = !words.every((word) => row.textContent.toLowerCase().includes(word));
    }
  });

  // Feedback. The right passage is marked by selecting it in the report's frame.
  let judged = null; // {turn, request, marked}
  const requestOf = async (turn) => (await wenbao.proofOf(turn))?.request_id;
  async function tell(opinion) {
    const reply = await fetch(wenbao.address("api/v1/feedback"), {
      method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(opinion),
    }).catch(() => null);
    return Boolean(reply?.ok);
  }
  async function praise(button) {
    const request = await requestOf(turnOf(button));
    const done = await tell({ request_id: request, helpful: true });
    status(say(done ? "thanks" : "offline"));
    if (done) mark(button);
  }
  function mark(button) {
    for (const other of all(".wb-act-good, .wb-act-bad", button.parentElement)) other.classList.toggle("wb-given", other === button);
  }
  async function blame(button) {
    const turn = turnOf(button);
    judged = { turn, button, request: await requestOf(turn), marked: null };
    const form = by("wb-feedback");
    form.querySelector("form").reset();
    form.querySelector(".wb-marked").hidden = true;
    form.querySelector(".wb-dialog-status").textContent = "";
    form.showModal();
  }
  async function sendBlame() {
    const form = by("wb-feedback");
    const reason = form.querySelector("input[name=wb-reason]:checked")?.value;
    const line = form.querySelector(".wb-dialog-status");
    if (!reason) {
      line.textContent = say("feedback_choose");
      return;
    }
    const opinion = { request_id: judged.request, helpful: false, reason, comment: form.querySelector("textarea").value };
    if (judged.marked) Object.assign(opinion, { marked: judged.marked });
    const done = await tell(opinion);
    if (!done) {
      line.textContent = say("offline");
      return;
    }
    form.close();
    document.querySelector(".wb-mark").hidden = true;
    mark(judged.button);
    status(say("thanks"));
  }
  function goMark() {
    by("wb-feedback").close();
    document.querySelector(".wb-mark").hidden = false;
    show("report");
  }
  // A position of the document: a paragraph is called "p" and its start, and holds exactly the document's characters.
  function position(node, offset) {
    const paragraph = (node.nodeType === 1 ? node : node.parentElement)?.closest("[id^=p]");
    if (!paragraph) return -1;
    const before = node.ownerDocument.createRange();
    before.setStart(paragraph, 0);
    before.setEnd(node, offset);
    return Number(paragraph.id.slice(1)) + [...before.toString()].length;
  }
  function markRight() {
    const selected = frame().contentWindow?.getSelection();
    const range = selected?.rangeCount ? selected.getRangeAt(0) : null;
    const [start, end] = range ? [position(range.startContainer, range.startOffset), position(range.endContainer, range.endOffset)] : [-1, -1];
    if (start < 0 || end <= start) return status(say("mark_nothing"));
    const name = decodeURIComponent(new URL(frame().contentWindow.location.href).pathname.split("/").pop());
    judged.marked = { document: name, start, end };
    const line = by("wb-feedback").querySelector(".wb-marked");
    line.textContent = `${say("marked")}${range.toString()}`;
    line.hidden = false;
    by("wb-feedback").showModal();
    return undefined;
  }

  // Files: sent once to be read, shown, and sent again when they are to be added.
  const text = (name, words, parent) => {
    const element = document.createElement(name);
    element.textContent = words;
    parent?.append(element);
    return element;
  };
  function send(file, fields, progress) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("POST", wenbao.address("api/v1/documents", { filename: file.name, ...fields }));
      request.setRequestHeader("content-type", "application/octet-stream");
      request.responseType = "json";
      request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
      request.onload = () => (request.status < 300
        ? resolve(request.response.files[0])
        : reject(new Error(request.response?.error?.message || request.response?.files?.[0]?.error || say("upload_off"))));
      request.onerror = () => reject(new Error(say("offline")));
      request.send(file);
    });
  }
  async function look(file) {
    const item = document.createElement("li");
    item.className = "wb-intake";
    by("wb-upload").querySelector(".wb-intakes").append(item);
    if (file.size > known.upload_mb * 1e6) return text("p", `${file.name}：${say("upload_too_large", { mb: known.upload_mb })}`, item);
    const line = text("p", say("upload_sending", { name: file.name }), item);
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", line.textContent);
    item.append(bar);
    try {
      const found = await send(file, { preview: "true" }, (share) => {
        bar.value = share;
        if (share === 1) {
          line.textContent = say("upload_reading", { name: file.name });
          bar.setAttribute("aria-label", line.textContent);
          bar.removeAttribute("value");
        }
      });
      item.replaceChildren();
      if (found.error) text("p", `${file.name}：${say("upload_failed", { reason: found.error })}`, item);
      else report(item, file, found);
    } catch (error) {
      item.replaceChildren();
      text("p", `${file.name}：${say("upload_failed", { reason: error.message })}`, item);
    }
    return undefined;
  }
  function report(item, file, found) {
    text("h3", file.name, item);
    const facts = document.createElement("dl");
    facts.className = "wb-facts";
    const told = found.document || {};
    for (const [name, value] of [
      ["found_title", told.title], ["found_place", told.place], ["found_year", told.year], ["found_speaker", told.speaker],
      ["found_kind", [found.kind, found.encoding].filter(Boolean).join(" · ")], ["found_characters", found.characters],
      ["found_headings", found.headings || say("found_none")], ["found_dropped", found.dropped || 0],
      ["found_damage", found.suspicious || say("found_none")],
    ]) {
      text("dt", say(name), facts);
      text("dd", String(value || value === 0 ? value : say("found_unknown")), facts);
    }
    item.append(facts);
    const there = known.documents.find((one) => one.id === told.id);
    const row = document.createElement("p");
    row.className = "wb-row";
    const yes = text("button", say(there ? "upload_replace" : "upload_admit"), row);
    const no = text("button", say("upload_drop"), row);
    [yes.type, no.type, yes.className, no.className] = ["button", "button", "wb-strong", "wb-quiet"];
    yes.onclick = () => admit(item, file, there);
    no.onclick = () => item.remove();
    if (found.duplicate_of) text("p", say("found_duplicate", { name: found.duplicate_of }), item);
    item.append(row);
    yes.focus();
  }
  async function admit(item, file, replace) {
    item.replaceChildren();
    text("p", say("upload_admitting"), item);
    let line;
    try {
      const done = await send(file, replace ? { replace: "true" } : {}, () => {});
      line = done.error ? say("upload_failed", { reason: done.error })
        : done.duplicate_of ? say("found_duplicate", { name: done.duplicate_of })
        : say("upload_done", { name: file.name });
      learn();
      if (!wenbao.current) wenbao.prove("");
    } catch (error) {
      line = say("upload_failed", { reason: error.message });
    }
    item.replaceChildren();
    text("p", line, item);
  }
  document.addEventListener("change", async (event) => {
    if (!event.target.matches?.("#wb-upload .wb-files")) return;
    const files = [...event.target.files];
    event.target.value = "";
    for (const file of files) await look(file);
  });

  deeds.push(
    [".wb-choose-open", choose],
    [".wb-choose-all", () => tickAll(true)],
    [".wb-choose-none", () => tickAll(false)],
    [".wb-act-good", praise],
    [".wb-act-bad", blame],
    [".wb-feedback-send", sendBlame],
    [".wb-go-mark", goMark],
    [".wb-mark", markRight],
    [".wb-upload-open", () => {
      by("wb-menu").close();
      by("wb-upload").querySelector(".wb-upload-hint").textContent = say("upload_hint", { mb: known.upload_mb });
      by("wb-upload").showModal();
    }],
  );
  whenDrawn.push(() => learn());
})();
