// Alipay's browser.
import { late, lateHere } from "./late.js";
import { inShell } from "./mini_program.js";

// Other apps of Alibaba say AliApp too, each with a name of its own, and have no wallet.
const isAlipay = () => /AlipayClient|AliApp\(AP\//i.test(navigator.userAgent);

// 9000 says paid, 8000 and 6004 that Alipay does not know yet: none is proof, the gateway is asked.
const SAID = { 9000: "ask", 8000: "ask", 6004: "ask", 6001: "cancelled", 6002: "network" };

export const alipay = {
  close() {
    if (inShell()) throw new Error("the shell closes its pages");
    window.AlipayJSBridge.call("closeWebview");
  },

  /** Opens the cashier for a trade. */
  pay: (trade) =>
    lateHere("AlipayJSBridge").then(
      (bridge) =>
        new Promise((said) =>
          bridge.call("tradePay", { tradeNO: trade }, (answer) => {
            // Without a result it was not the cashier that answered: a bridge has no such call, or not for this page.
            const code = answer && answer.resultCode;
            said(code ? SAID[code] || "failed" : "absent");
          }),
        ),
    ),

  /** Whether Alipay is around the page. */
  scans: async () =>
    window.AlipayJSBridge || (isAlipay() && late("AlipayJSBridge")),

  /** Opens the scanner, where the buyer stays for it. */
  async scan(_, stays) {
    const bridge = await alipay.scans();
    if (bridge && !stays()) return "";
    const answer = await new Promise((said) => bridge.call("scan", { type: "bar" }, said));
    const text = answer.barCode || answer.qrCode || answer.codeContent;
    // 10 is the buyer's own no.
    if (!text && Number(answer.error || answer.errorCode) !== 10) throw new Error("Alipay does not scan");
    return text || "";
  },
};
