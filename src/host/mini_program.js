// The shell of a mini-program, WeChat's or Alipay's.
const inWechats = () => window.__wxjs_environment === "miniprogram";
const inAlipays = () => window.my && window.my.navigateBack;

/** Whether the page is inside a mini-program, where the wallet's own bridge is there too but closes nothing. */
export const inShell = () => inWechats() || inAlipays();

function ask(name, values) {
  if (!inWechats()) window.my[name](values);
  else if (window.wx && window.wx.miniProgram) window.wx.miniProgram[name](values);
  // What WeChat's script would do, which the page does not load.
  else window.WeixinJSBridge.invoke("invokeMiniProgramAPI", { name, arg: values.data || values }, () => {});
}

export const miniProgram = {
  close: () => ask("navigateBack", { delta: 1 }),

  post: (message) => ask("postMessage", inWechats() ? { data: message } : message),

  /** Opens the shell's own page; each of the parameters, a JSON object, becomes one of the page's. */
  pay([path, params]) {
    const values = JSON.parse(params);
    const query = Object.keys(values).map((name) => name + "=" + encodeURIComponent(values[name]));
    ask("navigateTo", { url: path + (path.includes("?") ? "&" : "?") + query.join("&") });
    return "left";
  },
};
