// An iOS app whose WKWebView has a message handler of this name.
export const ios = {
  post: (message) => window.webkit.messageHandlers.RechargeHost.postMessage(message),
};
