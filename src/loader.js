// Starts the program. Until it runs, what is in index.html stands in for it; if it cannot run, this says so.
import "./host/bridge.js";
import init from "storefront";
import { compile } from "./load.js";
import { fetchSecond } from "./second.js";

const { wasm: program, second } = document.currentScript.dataset;
// As the page chooses it (src/i18n): the link, what was chosen before, the first of the browser's that the shop speaks.
const asked = /[#&?]lang=(\w+)/.exec(location.hash + location.search);
const tags = [asked && asked[1], kept(), ...(navigator.languages || [navigator.language])].filter(Boolean);
const english = !/^zh/i.test(tags.find((tag) => /^(zh|en)([-_]|$)/i.test(tag)) || tags[0] || "zh");
const say = (chinese, other) => (english ? other : chinese);

const shell = document.getElementById("shell");
if (location.pathname === "/") {
  // What is for sale came with the page, or travels while the program does; the program takes this promise over.
  const given = document.getElementById("catalog");
  window.__catalog = given
    ? Promise.resolve(given.textContent)
    : fetch("/api/v1/catalog")
        .then((response) => (response.ok ? response.text() : undefined))
        .catch(() => undefined);
  if (shell) note(shell);
} else if (shell) {
  shell.classList.add("shell--deep");
}

// The program asks what was done before it came: whether a word is still being composed, and what was tapped.
function note(shell) {
  shell.addEventListener("compositionstart", () => (shell.dataset.composing = "1"));
  shell.addEventListener("compositionend", () => delete shell.dataset.composing);
  const buy = document.getElementById("shell-buy");
  if (buy) {
    buy.addEventListener("click", () => {
      shell.dataset.pressed = "1";
      buy.disabled = true;
    });
  }
}

let runs;

// Where the browser blocks its storage, reading it throws.
function kept() {
  try {
    return localStorage.getItem("rc.lang");
  } catch (_) {
    return null;
  }
}

// The program asks for its second part as soon as it runs; on any screen but the first both come at once.
function start(options) {
  if (second && location.pathname !== "/") fetchSecond().catch(() => undefined);
  compile(program, options)
    .then((compiled) => init({ module_or_path: compiled }))
    .then(() => (runs = true))
    .catch(fail);
}

// The program may stop later too, as long as what stands in for it is still there.
window.addEventListener("error", ({ error }) => {
  if (shell && shell.isConnected && error instanceof WebAssembly.RuntimeError) fail(error);
});

function fail(error) {
  console.error(error);
  show(
    say("页面加载失败", "The page could not be loaded"),
    say(
      "请检查网络后重试；仍不行，请换用其他浏览器打开。您的订单和款项不受影响。",
      "Please check your network and try again, or use another browser. Orders and money are not affected.",
    ),
    true,
  );
}

function show(title, text, again) {
  const main = document.getElementById("shell-main");
  if (!main) return;
  const card = document.createElement("div");
  card.className = "shell-card";
  card.setAttribute("role", "alert");
  card.id = "shell-card";
  add(card, "h2", title);
  add(card, "p", text);
  if (again) {
    const button = add(card, "button", say("重试", "Try again"));
    button.className = "button";
    button.type = "button";
    button.onclick = () => {
      card.remove();
      // A program that ran and stopped does not begin again in the same page.
      if (runs) location.reload();
      else start({ cache: "reload" });
    };
  }
  copy(card);
  main.insertBefore(card, main.firstChild);
  contact(card);
}

// What the page was opened by: the program takes it out of the address.
const { pathname, search, hash } = location;

// An address that asks for the same as this page, with what was typed and chosen in it. A card's number stands in the
// fragment alone, which no server is sent.
function link() {
  if (pathname !== "/") return location.origin + pathname;
  const query = new URLSearchParams(search.slice(1));
  const wanted = new URLSearchParams(hash.slice(1));
  const put = (name, value) => value && wanted.set(name, value);
  const field = (selector) => (document.querySelector(selector) || {}).value;
  put("card", field("#shell-number") || wanted.get("card") || query.get("card"));
  put("package", field("[name=shell-package]:checked"));
  query.delete("card");
  const part = (sign, pairs) => (String(pairs) ? sign + pairs : "");
  return location.origin + pathname + part("?", query) + part("#", wanted);
}

// The way to another browser; where the clipboard refuses, the address stands there to be copied by hand.
function copy(card) {
  const button = add(card, "button", say("复制链接", "Copy the link"));
  button.className = "button button--plain";
  button.type = "button";
  button.onclick = () => {
    const address = document.createElement("input");
    address.className = "shell-address";
    address.readOnly = true;
    address.value = link();
    address.setAttribute("aria-label", say("本页链接", "This page's link"));
    card.insertBefore(address, button);
    address.select();
    if (document.execCommand("copy")) {
      address.remove();
      button.textContent = say("已复制，请到浏览器中打开", "Copied: open it in a browser");
    } else {
      button.remove();
    }
  };
}

// Whom to call is the gateway's to say, if it can be reached at all.
function contact(card) {
  fetch("/api/v1/storefront")
    .then((response) => response.json())
    .then(({ support }) => {
      if (!support || !support.phone) return;
      const line = add(card, "p", say("客服电话 ", "Support "));
      const link = add(line, "a", support.phone);
      link.href = "tel:" + support.phone;
    })
    .catch(() => undefined);
}

function add(to, name, text) {
  const element = document.createElement(name);
  element.textContent = text;
  to.appendChild(element);
  return element;
}

if (typeof WebAssembly === "object" && typeof WebAssembly.compile === "function") {
  start();
} else {
  // What stands in for the program would wait for it in vain.
  if (shell) shell.classList.add("shell--deep");
  show(
    say("浏览器版本过低", "This browser is too old"),
    say(
      "请升级系统，或复制链接，用手机自带的浏览器打开本页。",
      "Please update it, or copy the link and open it in the phone's own browser.",
    ),
    false,
  );
}
