// Bridges that are put into the page some time after it is there, as Android's WeChat does.
const LATE_MS = 3000;

/** The global of this name, as soon as it is there; undefined where it does not come. */
export const late = (name) =>
  new Promise((found) => {
    const look = () => found(window[name]);
    if (window[name]) return look();
    document.addEventListener(name + "Ready", look);
    setTimeout(look, LATE_MS);
  });

/** The same for a cashier: whoever went elsewhere in the shop meanwhile is not led to it. */
export const lateHere = (name) => {
  const at = location.pathname;
  return late(name).then((bridge) => (location.pathname === at ? bridge : undefined));
};
