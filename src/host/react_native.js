// A React Native app.
export const reactNative = {
  post: (message) => window.ReactNativeWebView.postMessage(JSON.stringify(message)),
};
