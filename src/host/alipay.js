// Alipay's browser.
import { late } from "./late.js";
import { inShell } from "./mini_program.js";

// 9000 says paid, 8000 and 6004 that Alipay does not know yet: none is proof, the gateway is asked.
const SAID = { 9000: "ask", 8000: "ask", 6004: "ask", 6001: "cancelled", 6002: "network" };

export const alipay = {
  close() {
    if (inShell()) throw new Error("the shell closes its pages");
    window.AlipayJSBridge.call("closeWebview");
  },

  /** Opens the cashier for a trade. */
  pay: (trade) =>
    late("AlipayJSBridge").then(
      (bridge) =>
        new Promise((said) =>
          bridge.call("tradePay", { tradeNO: trade }, (answer) => said(SAID[answer.resultCode] || "failed")),
        ),
    ),
};
