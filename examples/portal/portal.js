// What a portal writes itself: a panel in a place of its page, questions asked by its buttons, messages noted down.
const panel = Wenbao.mount({ target: "#inline", colour: "#0b5a6b", theme: "light", lang: "zh-CN", height: "560px" });

for (const button of document.querySelectorAll("button.ask")) {
  button.addEventListener("click", () => panel.ask(button.dataset.question));
}

const list = document.getElementById("events");
for (const type of ["ready", "open", "close", "asked", "answered", "citation", "failed"]) {
  document.addEventListener(`wenbao:${type}`, (event) => {
    const line = document.createElement("li");
    line.dataset.type = type;
    line.textContent = `${type} ${JSON.stringify(event.detail)}`;
    list.append(line);
  });
}
