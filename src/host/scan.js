// Reading a card's code: by the app around the page where it said that it can, by the wallet's scanner, by the camera.
import { alipay } from "./alipay.js";
import { wechat } from "./wechat.js";

// A second tap before the scanner is seen opens no second one.
const AGAIN_MS = 1500;
const CAMERA_MS = 60000;
const LOOK_MS = 150;
const FORMATS = ["code_128", "code_39", "qr_code", "data_matrix", "ean_13", "itf"];
const ICCID = /89[0-9a-f]{17}/i;

// The button is there where a way is.
const show = (there) => there && document.documentElement.classList.add("scans");

let offered;
let answer;

/** The app around the page can scan: it is sent `scan` and answers by `scanned`. */
export function offerScan() {
  offered = true;
  show(true);
}

/** The app's answer, heeded only where it was asked; without a text the buyer gave up. */
export function scanned(text) {
  if (answer) answer(String(text || ""));
  answer = undefined;
}

const own = {
  async scan(ask) {
    if (!offered) throw new Error("no app offered it");
    scanned();
    return new Promise((said) => {
      answer = said;
      ask();
    });
  },
};

const WAYS = [own, wechat, alipay];

/** The gateway signs pages for WeChat's scanner. */
export function wechatSigns() {
  wechat.signs = true;
  wechat.scans().then(show);
}

/** Looks for what else can scan. */
export function findScanners() {
  alipay.scans().then(show);
  formats().then((some) => show(some.length));
}

async function formats() {
  const { mediaDevices } = navigator;
  if (!window.BarcodeDetector || !mediaDevices || !mediaDevices.getUserMedia) return [];
  const known = await window.BarcodeDetector.getSupportedFormats().catch(() => []);
  return FORMATS.filter((format) => known.includes(format));
}

// The box for the number is told what was read, which is empty where the buyer gave up, or why nothing was. The box of a
// screen that was left is told nothing.
const tell = (box, work) =>
  work
    .then((text) => ({ text }), ({ name }) => ({ trouble: name }))
    .then((detail) => box.isConnected && box.dispatchEvent(new CustomEvent("scan", { detail })));

let tapped = -AGAIN_MS;

/** Reads a code by the first way that works; where only the camera is left, the box is told so. */
export function scan(box, ask) {
  // Not by the device's clock, which may be set back.
  const now = performance.now();
  if (now - tapped < AGAIN_MS) return;
  tapped = now;
  // No scanner opens for whoever went on meanwhile, to another screen or to a sheet.
  const stays = () => box.isConnected && !box.closest("[inert]");
  tell(box, by(WAYS, ask, stays));
}

async function by([way, ...others], ask, stays) {
  if (way) return way.scan(ask, stays).catch(() => by(others, ask, stays));
  const some = await formats();
  throw { name: some.length && "camera" };
}

/** Shows the camera's picture in an element and reads codes from it, until the element is gone or nobody looks. */
export const look = (video, box) => tell(box, watch(video));

async function watch(video) {
  let stream;
  const stop = () => stream && stream.getTracks().forEach((track) => track.stop());
  // Timers of a page that nobody sees may not run.
  document.addEventListener("visibilitychange", stop);
  try {
    const detector = new window.BarcodeDetector({ formats: await formats() });
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    const end = performance.now() + CAMERA_MS;
    video.srcObject = stream;
    await video.play();
    while (performance.now() < end) {
      if (!video.isConnected || document.hidden) return "";
      const codes = await detector.detect(video).catch(() => []);
      // Beside the card's own code there is often the article's.
      const code = codes.find(({ rawValue }) => ICCID.test(rawValue)) || codes[0];
      if (code) return code.rawValue;
      await new Promise((over) => setTimeout(over, LOOK_MS));
    }
    throw new Error("no code was seen");
  } catch (error) {
    if (video.isConnected) throw error;
    return "";
  } finally {
    document.removeEventListener("visibilitychange", stop);
    stop();
  }
}
