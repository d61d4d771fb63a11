// The page and the app around it. Each kind of app is a file of its own, which throws where that app is not there.
import { alipay } from "./alipay.js";
import { android } from "./android.js";
import { flutter } from "./flutter.js";
import { frame, greeted } from "./frame.js";
import { entered, past } from "./history.js";
import { ios } from "./ios.js";
import { miniProgram } from "./mini_program.js";
import { load, partner } from "./partner.js";
import { reactNative } from "./react_native.js";
import { findScanners, look, offerScan, scan, scanned, wechatSigns } from "./scan.js";
import { uniApp } from "./uni_app.js";
import { wechat } from "./wechat.js";

const VERSION = 1;
// How long an app may take to close the page before the next way is tried.
const GRACE_MS = 300;

const WAYS = [
  partner,
  wechat,
  alipay,
  miniProgram,
  ios,
  android,
  flutter,
  reactNative,
  uniApp,
  frame,
  past,
  { close: () => window.close() },
];
const CASHIERS = { wechat, alipay, shell: miniProgram };

const message = (type, more) => Object.freeze(Object.assign({ v: VERSION, type }, more));

function works(run) {
  try {
    run();
    return true;
  } catch {
    return false;
  }
}

const heard = [];
let ready;

/** Calls back on an event, and gives what ends that. */
function on(event, callback) {
  const entry = [event, callback];
  heard.push(entry);
  if (event === "ready" && ready) works(() => callback(ready));
  return () => {
    if (heard.includes(entry)) heard.splice(heard.indexOf(entry), 1);
  };
}

function tell(told) {
  heard.slice().forEach(([event, callback]) => event === told.type && works(() => callback(told)));
}

function tellAll(told) {
  tell(told);
  WAYS.forEach((way) => way.post && works(() => way.post(told)));
}

let closing;
let gone;
// A page that was left and kept by the browser goes on here when the buyer comes back to it.
window.addEventListener("pagehide", () => (gone = true));

/** Asks whatever is around the page to close it, one way after another. Comes back when none is left, or with `true`. */
async function close() {
  if (closing) return true;
  closing = true;
  gone = false;
  tell(message("closed"));
  const at = location.pathname;
  for (const way of WAYS) {
    // Whoever went on in the shop meanwhile stays.
    if (location.pathname !== at) break;
    if (works(() => (way.close ? way.close() : way.post(message("close"))))) {
      await new Promise((over) => setTimeout(over, GRACE_MS));
      // A page that nobody sees is closed, or about to be.
      gone = gone || document.hidden;
      if (gone) break;
    }
  }
  closing = false;
  return gone;
}

let told;

/** What the program in the page asks for. */
window.__host = {
  close,
  load,

  /** Tells that the page can be used. */
  ready() {
    ready = message("ready");
    tellAll(ready);
    findScanners();
  },
  look,
  wechatSigns,
  scan: (box) => scan(box, () => tellAll(message("scan"))),

  /** Opens a wallet's cashier and tells what the wallet says of it; `absent` where it cannot be opened. */
  pay: (cashier, values) =>
    Promise.resolve()
      .then(() => CASHIERS[cashier].pay(values))
      .catch(() => "absent"),

  /** Tells the app where an order stands. Its number is for people and opens nothing; its id would. */
  order(number, state) {
    if (told === number + state) return;
    const before = told;
    told = number + state;
    tellAll(message("order", { order: number, state }));
    const paid = /paid|fulfil|credited/;
    if (paid.test(state) && !(before && before.startsWith(number) && paid.test(before)))
      tellAll(message("paid", { order: number }));
  },
};

Object.defineProperty(window, "RechargeBridge", {
  value: Object.freeze({ version: VERSION, close, on, offerScan, scanned }),
});

entered();
greeted(() => ready && frame.post(ready));
