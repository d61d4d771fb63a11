// Runs first in each of the shop's pages. In the frame of an example app, whose name the frame has, it puts there what the
// web view of such an app puts into every page.
(function () {
  'use strict';
  const app = window.parent;

  // What crosses is copied at once, as it is by a real bridge.
  const tell = (name) => (...values) => app.postMessage({ name, values: JSON.parse(JSON.stringify(values)) }, location.origin);

  // A method of a native object works on that object alone, and takes text alone.
  const native = (path, names) => {
    const object = {};
    for (const name of names) {
      object[name] = function (...values) {
        if (this !== object) throw new TypeError('called on another object');
        if (values.some((value) => typeof value !== 'string')) throw new TypeError('text is expected');
        tell(path + '.' + name)(...values);
      };
    }
    return object;
  };

  const shell = (path) => ({
    navigateTo: tell(path + '.navigateTo'),
    navigateBack: tell(path + '.navigateBack'),
    postMessage: tell(path + '.postMessage'),
  });

  const put = {
    ios() {
      const post = tell('webkit.messageHandlers.RechargeHost.postMessage');
      window.webkit = { messageHandlers: { RechargeHost: { postMessage: (message) => post(message) } } };
    },
    android() {
      window.RechargeHost = native('RechargeHost', ['close', 'postMessage']);
    },
    flutter() {
      window.RechargeHost = native('RechargeHost', ['postMessage']);
    },
    'react-native'() {
      window.ReactNativeWebView = native('ReactNativeWebView', ['postMessage']);
    },
    'uni-app'() {
      window.uni = shell('uni');
    },
    wechat() {
      window.__wxjs_environment = 'miniprogram';
      window.wx = { miniProgram: shell('wx.miniProgram') };
    },
    alipay() {
      window.my = shell('my');
      const agent = navigator.userAgent + ' AliApp(AP/10.5.90.8000) AlipayClient/10.5.90.8000 MiniProgram';
      Object.defineProperty(navigator, 'userAgent', { value: agent });
    },
  }[window.name];

  if (app === window || !put) return;
  // A web view is no frame.
  Object.defineProperty(window, 'parent', { value: window });
  put();
})();
