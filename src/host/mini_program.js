// The shell of a mini-program, WeChat's or Alipay's.
import { late } from "./late.js";

// A shell that has no such page says so soon; one that opens it says nothing that reaches this page.
const OPENS_MS = 1000;

const inWechats = () => window.__wxjs_environment === "miniprogram";
const inAlipays = () => window.my && window.my.navigateBack;

/** Whether the page is inside a mini-program, where the wallet's own bridge is there too but closes nothing. */
export const inShell = () => inWechats() || inAlipays();

// WeChat's script for web views, which the page does not load, though a partner's may have.
const script = () => window.wx && window.wx.miniProgram;

function ask(name, values, fail) {
  const all = fail ? Object.assign({ fail }, values) : values;
  if (!inWechats()) window.my[name](all);
  else if (script()) script()[name](all);
  else {
    // What that script would do.
    const asked = { name, arg: values.data || values };
    window.WeixinJSBridge.invoke("invokeMiniProgramAPI", asked, (answer) => {
      if (fail && answer && /fail|denied|not_exist/.test(answer.err_msg)) fail();
    });
  }
}

export const miniProgram = {
  close: () => ask("navigateBack", { delta: 1 }),

  post: (message) => ask("postMessage", inWechats() ? { data: message } : message),

  /** Opens the shell's own page; each of the parameters, a JSON object, becomes one of the page's. */
  async pay([path, params]) {
    const values = JSON.parse(params);
    const query = Object.keys(values).map((name) => name + "=" + encodeURIComponent(values[name]));
    const url = path + (path.includes("?") ? "&" : "?") + query.join("&");
    const at = location.pathname;
    // What is around the page is known only when its bridge is there.
    await (/MicroMessenger/i.test(navigator.userAgent) ? script() || late("WeixinJSBridge") : late("my"));
    // Whoever went elsewhere in the shop meanwhile is not led to it.
    if (location.pathname !== at) return "left";
    return new Promise((said) => {
      ask("navigateTo", { url }, () => said("absent"));
      setTimeout(() => said("left"), OPENS_MS);
    });
  },
};
