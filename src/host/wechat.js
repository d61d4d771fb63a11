// WeChat's browser.
import { late } from "./late.js";
import { inShell } from "./mini_program.js";

// Even `ok` is no proof that money moved: the gateway is asked.
const SAID = { ok: "ask", cancel: "cancelled" };

export const wechat = {
  close() {
    if (inShell()) throw new Error("the shell closes its pages");
    if (window.WeixinJSBridge) window.WeixinJSBridge.call("closeWindow");
    else window.wx.closeWindow();
  },

  /** Opens the cashier with the gateway's signed values. */
  pay: (values) =>
    late("WeixinJSBridge").then(
      (bridge) =>
        new Promise((said) =>
          bridge.invoke("getBrandWCPayRequest", values, (answer) =>
            said(SAID[String(answer.err_msg).split(":")[1]] || "failed"),
          ),
        ),
    ),
};
