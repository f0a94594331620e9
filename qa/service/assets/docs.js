// Sends what a route's form holds and shows the reply as text. The key stays in this page's memory.
document.addEventListener("submit", async event => {
  const form = event.target;
  event.preventDefault();
  const out = form.querySelector("pre"), fields = new FormData(form);
  let path = form.dataset.path;
  const query = new URLSearchParams();
  for (const input of form.querySelectorAll("input[data-in]")) {
    if (input.dataset.in === "path") path = path.replace(`{${input.name}}`, encodeURIComponent(input.value));
    else if (input.value) query.set(input.name, input.value);
  }
  const headers = {}, key = document.getElementById("key").value.trim();
  if (key) headers.authorization = `Bearer ${key}`;
  let body;
  const file = form.querySelector("input[type=file]");
  if (file) {
    body = new FormData();
    for (const each of file.files) body.append("file", each);
  } else if (fields.has("body")) {
    headers["content-type"] = form.dataset.type;
    body = fields.get("body");
  }
  out.hidden = false;
  out.textContent = "…";
  try {
    // This page is at api/docs, below whatever prefix.
    const reply = await fetch(`..${path}${query.size ? "?" + query : ""}`, { method: form.dataset.method, headers, body });
    const text = await reply.text();
    let shown = text;
    try { shown = JSON.stringify(JSON.parse(text), null, 2); } catch { /* not JSON: as it came */ }
    out.textContent = `${reply.status} ${reply.headers.get("content-type") ?? ""}\n\n${shown.slice(0, 50000)}`;
  } catch (error) {
    out.textContent = String(error);
  }
});
