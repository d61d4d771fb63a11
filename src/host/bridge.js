// The page and the app around it. Each kind of app is a file of its own, which throws where that app is not there.
import { alipay } from "./alipay.js";
import { android } from "./android.js";
import { flutter } from "./flutter.js";
import { frame, greeted } from "./frame.js";
import { entered, past } from "./history.js";
import { ios } from "./ios.js";
import { ask, lookOut, message, on, repeat, sendBy, tell, tellAll, works } from "./messages.js";
import { miniProgram } from "./mini_program.js";
import { load, partner } from "./partner.js";
import { reactNative } from "./react_native.js";
import { findScanners, look, offerScan, scan, scanned, wechatSigns } from "./scan.js";
import { uniApp } from "./uni_app.js";
import { wechat } from "./wechat.js";

// How long an app may take to close the page before the next way is tried.
const GRACE_MS = 300;
// How long a page that was told to leave may still be seen before it counts as kept.
const LEAVE_MS = 4000;

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

let closing;
let gone;
// A page that was left and kept by the browser goes on here when the buyer comes back to it.
window.addEventListener("pagehide", () => (gone = true));
document.addEventListener("visibilitychange", () => (gone = gone || document.hidden));

/** Whether the page goes out of sight, now or soon. */
async function leaves(ms) {
  await new Promise((over) => setTimeout(over, ms));
  // A page that nobody sees is closed, or about to be.
  gone = gone || document.hidden;
  return gone;
}

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
    const asked = works(() => (way.close ? way.close() : way.post(message("close"))));
    if (asked && (await leaves(GRACE_MS))) break;
  }
  closing = false;
  return gone;
}

let order;

/** What the program in the page asks for. */
window.__host = {
  close,
  load: (address, close) => load(address, close, lookOut),

  /** Tells that the page can be used. */
  ready() {
    tellAll(message("ready"));
    findScanners();
  },
  look,
  wechatSigns,
  scan: (box) => scan(box, () => ask(message("scan"))),

  /** Opens a wallet's cashier and tells what the wallet says of it; `absent` where it cannot be opened. */
  pay: (cashier, values) =>
    Promise.resolve()
      .then(() => CASHIERS[cashier].pay(values))
      .catch(() => "absent"),

  /** Whether the page, which was told to leave, is still what the buyer sees. */
  stays() {
    gone = false;
    return leaves(LEAVE_MS).then((left) => !left);
  },

  /** Tells the app where an order stands. Its number is for people and opens nothing; its id would. */
  order(number, state) {
    if (order === number + state) return;
    const before = order;
    order = number + state;
    tellAll(message("order", { order: number, state }));
    const paid = /paid|fulfil|credited/;
    if (paid.test(state) && !(before && before.startsWith(number) && paid.test(before)))
      tellAll(message("paid", { order: number }));
  },
};

Object.defineProperty(window, "RechargeBridge", {
  value: Object.freeze({ version: 1, close, on, offerScan, scanned }),
});

sendBy(WAYS, uniApp);
entered();
greeted(() => repeat(frame));
