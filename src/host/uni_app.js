// A uni-app, with its web-view script in the page.
export const uniApp = {
  close: () => window.uni.navigateBack({ delta: 1 }),
  post: (message) => window.uni.postMessage({ data: message }),
};
