// WeChat's browser.
import { late, lateHere } from "./late.js";
import { inShell } from "./mini_program.js";

// Even `ok` is no proof that money moved: the gateway is asked.
const SAID = { ok: "ask", cancel: "cancelled" };
const words = (answer) => String(answer && (answer.err_msg || answer.errMsg)).split(":");
const said = (answer) => words(answer)[1];
// `system:access_denied`, `system:function_not_exist`: no cashier said this.
const told = (answer) => (words(answer)[0] === "system" ? "absent" : SAID[said(answer)] || "failed");

// On iOS a page is signed by the address that it was opened by, elsewhere by the present one.
const landed = location.href;
const signedBy = () => (/iPhone|iPad|iPod/.test(navigator.userAgent) ? landed : location.href).split("#")[0];

const VERIFIED_MS = 5000;

export const wechat = {
  close() {
    if (inShell()) throw new Error("the shell closes its pages");
    if (window.WeixinJSBridge) window.WeixinJSBridge.call("closeWindow");
    else window.wx.closeWindow();
  },

  /** Opens the cashier with the gateway's signed values. */
  pay: (values) =>
    lateHere("WeixinJSBridge").then(
      (bridge) =>
        new Promise((done) =>
          bridge.invoke("getBrandWCPayRequest", values, (answer) => done(told(answer))),
        ),
    ),

  /** Whether WeChat is around the page; WeCom has its name and its bridge, but wants another account. */
  async scans() {
    const agent = navigator.userAgent;
    if (/wxwork/i.test(agent)) return false;
    return window.WeixinJSBridge || (/MicroMessenger/i.test(agent) && late("WeixinJSBridge"));
  },

  /** Opens the scanner, where the buyer stays for it; WeChat opens it to signed pages alone. */
  async scan(_, stays) {
    if (!wechat.signs) throw new Error("nobody signs");
    const bridge = await wechat.scans();
    if (!bridge) throw new Error("no WeChat");
    const answer = await fetch("/api/v1/wechat/scan", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ url: signedBy() }),
    });
    if (!answer.ok) throw new Error("the page is not signed");
    const { app_id, timestamp, nonce_str, signature } = await answer.json();
    const signed = {
      appId: app_id,
      verifyAppId: app_id,
      verifySignType: "sha1",
      verifyTimestamp: timestamp,
      verifyNonceStr: nonce_str,
      verifySignature: signature,
    };
    const call = (name, values) => new Promise((done) => bridge.invoke(name, Object.assign(values, signed), done));
    // What it answers differs between versions; the scanner itself refuses a page that is not verified.
    await Promise.race([
      call("preVerifyJSAPI", { verifyJsApiList: ["scanQRCode"] }),
      new Promise((over) => setTimeout(over, VERIFIED_MS)),
    ]);
    if (!stays()) return "";
    const answered = await call("scanQRCode", { needResult: 1, scanType: ["barCode", "qrCode"] });
    if (said(answered) === "cancel") return "";
    if (said(answered) !== "ok") throw new Error("WeChat does not scan");
    return read(answered.resultStr);
  },
};

// On iOS it comes wrapped up.
function read(text) {
  try {
    return JSON.parse(text).scan_code.scan_result;
  } catch {
    return text;
  }
}
