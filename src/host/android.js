// An Android app that put an object of this name into its WebView. Only text crosses, and methods are called on the
// object itself, or they do not find it.
export const android = {
  close: () => window.RechargeHost.close(),
  post(message) {
    if (window.RechargeHost.close) window.RechargeHost.postMessage(JSON.stringify(message));
  },
};
