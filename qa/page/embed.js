// Wenbao in a portal: a bubble that opens a panel, or a panel in a place of the page. No framework, no cookie.
// The answers live in a frame from the assistant's own server; this file only places it and passes messages on.
(() => {
  "use strict";
  const script = document.currentScript;
  const home = script && script.src ? new URL(".", script.src).href : "";
  const PLACES = ["bottom-right", "bottom-left", "top-right", "top-left"];
  const WORDS = {
    "zh-CN": { title: "问报 · 政府工作报告问答", open: "打开报告问答", close: "关闭", slow: "问答页面没有打开。", away: "在新窗口打开" },
    "zh-TW": { title: "問報 · 政府工作報告問答", open: "開啟報告問答", close: "關閉", slow: "問答頁面沒有開啟。", away: "在新視窗開啟" },
    en: { title: "Wenbao: questions about government reports", open: "Ask the reports", close: "Close", slow: "The page did not open.", away: "Open in a new window" },
  };
  const STYLE = `
    :host { all: initial; }
    * { box-sizing: border-box; }
    button, a { font: 500 15px/1.4 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }
    .bubble {
      position: fixed; z-index: 2147483000; width: 60px; height: 60px; border: 0; border-radius: 50%; cursor: pointer; padding: 0;
      background: var(--colour); color: var(--on); box-shadow: 0 2px 10px rgba(0, 0, 0, .3);
    }
    .bubble svg { width: 30px; height: 30px; display: block; margin: auto; }
    .panel {
      position: fixed; z-index: 2147483001; width: 420px; height: min(680px, calc(100vh - 110px)); max-width: calc(100vw - 24px);
      display: flex; flex-direction: column; border-radius: 12px; overflow: hidden; background: var(--paper); color: var(--on);
      box-shadow: 0 6px 28px rgba(0, 0, 0, .3);
    }
    .panel[hidden] { display: none; }
    .inline .panel { position: relative; inset: auto; z-index: auto; width: 100%; max-width: none; height: var(--height); box-shadow: none; border: 1px solid var(--colour); }
    .bottom { bottom: var(--away); } .top { top: var(--away); } .right { right: 20px; } .left { left: 20px; }
    .head { display: flex; align-items: center; background: var(--colour); padding: 4px 4px 4px 14px; gap: 8px; }
    .head span { flex: 1; font: 600 15px/1.4 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }
    .head button { border: 0; background: none; color: inherit; min-width: 44px; min-height: 40px; border-radius: 8px; cursor: pointer; }
    iframe { flex: 1; width: 100%; border: 0; background: var(--paper); }
    .note { padding: 12px 16px; background: var(--paper); color: var(--ink); font: 15px/1.6 system-ui, sans-serif; }
    .note a { color: inherit; }
    button:focus-visible, a:focus-visible { outline: 3px solid var(--on); outline-offset: -5px; }
    .bubble:focus-visible { outline: 3px solid var(--colour); outline-offset: 3px; }
    @media (max-width: 520px) {
      .floating .panel { left: 0; right: 0; top: 0; bottom: 0; width: 100%; height: 100%; max-width: none; border-radius: 0; }
    }
    @media print { .floating { display: none; } }
    @media (forced-colors: active) { .bubble, .head button { border: 1px solid ButtonText; } }`;
  const ICON =
    '<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linejoin="round" aria-hidden="true">' +
    '<path d="M4 4h16v12H10l-4.5 4v-4H4z"/><path d="M8 8.5h8M8 12h5" stroke-linecap="round"/></svg>';

  const made = (name, attributes, ...inside) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...inside);
    return element;
  };
  const hex = (colour) => (/^#([0-9a-f]{3}|[0-9a-f]{6})$/i.test(colour || "") ? colour : "#0b5a6b");
  // White or black, whichever stands out more from the colour (WCAG's relative luminance; equal contrast at 0.179).
  function readable(colour) {
    const long = colour.length === 4 ? colour.slice(1).replace(/./g, "$&$&") : colour.slice(1);
    const [r, g, b] = [0, 2, 4].map((at) => {
      const part = parseInt(long.slice(at, at + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#000" : "#fff";
  }
  function language(asked) {
    const tag = (asked || document.documentElement.lang || navigator.language || "").toLowerCase();
    if (/^zh-(tw|hk|mo|hant)/.test(tag)) return "zh-TW";
    return tag.startsWith("en") && asked ? "en" : "zh-CN";
  }
  const on = (value) => value === true || value === "" || value === "1" || value === "true";

  let count = 0;

  class Widget {
    constructor(options) {
      this.options = options;
      this.id = `w${++count}`;
      this.server = new URL(options.server || home, document.baseURI);
      if (!this.server.pathname.endsWith("/")) this.server.pathname += "/";
      this.lang = language(options.lang);
      this.words = { ...WORDS[this.lang], ...(options.title ? { title: options.title } : {}) };
      this.waiting = [];
      this.isReady = false;
      this.build();
      this.hear = (event) => this.received(event);
      window.addEventListener("message", this.hear);
      if (this.inline || on(options.open)) this.open(false);
    }

    build() {
      const { options, words } = this;
      const target = typeof options.target === "string" ? document.querySelector(options.target) : options.target;
      if (options.target && !target) throw new Error(`Wenbao: no element ${options.target}`);
      this.inline = Boolean(target);
      const place = PLACES.includes(options.place) ? options.place : PLACES[0];
      const sides = place.replace("-", " ");
      const dark = options.theme === "dark" || (options.theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
      const colour = hex(options.colour || options.color);
      this.host = made("div", { class: "wenbao", lang: this.lang, "data-widget": this.id });
      const look = { colour, on: readable(colour), paper: dark ? "#16191d" : "#fffefb", ink: dark ? "#e8e6e1" : "#1d2126", height: options.height || "640px", away: "20px" };
      for (const [name, value] of Object.entries(look)) this.host.style.setProperty(`--${name}`, value);
      const shadow = this.host.attachShadow({ mode: "open" });
      try {
        // Unlike a style element, this needs no 'unsafe-inline' in the portal's own policy.
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(STYLE);
        shadow.adoptedStyleSheets = [sheet];
      } catch {
        shadow.append(made("style", {}, STYLE));
      }
      this.bubble = made("button", { type: "button", class: `bubble ${sides}`, part: "bubble", "aria-expanded": "false", "aria-controls": "panel", "aria-label": words.open, title: words.open });
      this.bubble.innerHTML = ICON;
      this.shut = made("button", { type: "button", class: "close", "aria-label": words.close, title: words.close }, "✕");
      this.head = made("div", { class: "head" }, made("span", { id: "title" }, words.title), this.shut);
      this.panel = made("div", { id: "panel", class: `panel ${sides}`, part: "panel", role: this.inline ? "region" : "dialog", "aria-label": words.title, hidden: "" }, this.head);
      this.shut.hidden = this.inline;
      const box = made("div", { class: this.inline ? "inline" : "floating" }, ...(this.inline ? [] : [this.bubble]), this.panel);
      shadow.append(box);
      this.bubble.addEventListener("click", () => this.toggle());
      this.shut.addEventListener("click", () => this.close());
      box.addEventListener("keydown", (event) => event.key === "Escape" && this.isOpen && this.close());
      if (!this.inline) this.panel.style.setProperty("--away", "90px");
      (target || document.body).append(this.host);
    }

    address(standalone) {
      const { options } = this;
      const url = new URL("chat", this.server);
      const asked = on(options.ask) ? "q" : "prefill";
      const told = { lang: this.lang, theme: options.theme, colour: options.colour || options.color, document: options.document, [asked]: options.question };
      if (!standalone) Object.assign(told, { embed: "1", parent: location.origin, widget: this.id });
      for (const [key, value] of Object.entries(told)) if (value) url.searchParams.set(key, value);
      return url.href;
    }

    load() {
      this.frame = made("iframe", { title: this.words.title, allow: "clipboard-write", src: this.address(false) });
      this.panel.append(this.frame);
      // A portal that the server does not list gets the browser's empty page, and no event tells so.
      this.clock = setTimeout(() => {
        const link = made("a", { href: this.address(true), target: "_blank", rel: "noopener" }, this.words.away);
        this.note = made("div", { class: "note", role: "alert" }, `${this.words.slow} `, link);
        this.head.after(this.note);
        this.emit("failed", { url: this.frame.src });
      }, 20000);
    }

    get isOpen() { return !this.panel.hidden; }

    open(focus = true) {
      if (!this.frame) this.load();
      if (this.isOpen) return this;
      this.panel.hidden = false;
      this.bubble.setAttribute("aria-expanded", "true");
      this.emit("open", {});
      if (focus) {
        this.shut.focus();
        this.send("focus", {});
      }
      return this;
    }

    close() {
      if (this.inline || !this.isOpen) return this;
      this.panel.hidden = true;
      this.bubble.setAttribute("aria-expanded", "false");
      this.bubble.focus();
      this.emit("close", {});
      return this;
    }

    toggle() { return this.isOpen ? this.close() : this.open(); }
    ask(question) { this.open(); this.send("ask", { question: String(question) }); return this; }
    prefill(question) { this.open(); this.send("prefill", { question: String(question) }); return this; }
    on(type, listener) { this.host.addEventListener(`wenbao:${type}`, (event) => listener(event.detail)); return this; }

    destroy() {
      clearTimeout(this.clock);
      window.removeEventListener("message", this.hear);
      this.host.remove();
    }

    // What is said before the page in the frame can hear waits for its "ready".
    send(type, detail) {
      if (!this.isReady) this.waiting.push([type, detail]);
      else this.frame.contentWindow.postMessage({ source: "wenbao-portal", type, ...detail }, this.server.origin);
    }

    received(event) {
      const told = event.data;
      if (!this.frame || event.source !== this.frame.contentWindow || event.origin !== this.server.origin) return;
      if (!told || told.source !== "wenbao" || typeof told.type !== "string") return;
      if (told.type === "escape") return void this.close();
      if (told.type === "ready") {
        clearTimeout(this.clock);
        this.note?.remove();
        this.isReady = true;
        for (const [type, detail] of this.waiting.splice(0)) this.send(type, detail);
      }
      this.emit(told.type, told.detail || {});
    }

    emit(type, detail) {
      // The portal's own label of its user: it comes back with each message, and goes no further.
      const told = { ...detail, widget: this.id, ...(this.options.user ? { user: this.options.user } : {}) };
      this.host.dispatchEvent(new CustomEvent(`wenbao:${type}`, { bubbles: true, composed: true, detail: told }));
    }
  }

  const Wenbao = (window.Wenbao ||= { widgets: [], mount: null });
  Wenbao.mount ||= (options = {}) => {
    const widget = new Widget(options);
    Wenbao.widgets.push(widget);
    return widget;
  };
  if (script && !("manual" in script.dataset)) {
    const mount = () => Wenbao.mount({ server: home, ...script.dataset });
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", mount, { once: true });
    else mount();
  }
})();
