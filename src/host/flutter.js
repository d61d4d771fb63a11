// A Flutter app: InAppWebView's handler, or the channel of webview_flutter, each under this name.
export const flutter = {
  post(message) {
    if (window.flutter_inappwebview) return window.flutter_inappwebview.callHandler("RechargeHost", message);
    if (window.RechargeHost.close) throw new Error("it is Android's");
    return window.RechargeHost.postMessage(JSON.stringify(message));
  },
};
