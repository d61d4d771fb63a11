// Bridges that are put into the page some time after it is there, as Android's WeChat does.
const LATE_MS = 3000;
const LOOK_MS = 100;

/** The global of this name, as soon as it is there; undefined where it does not come. */
export const late = (name) =>
  new Promise((found) => {
    const end = performance.now() + LATE_MS;
    const look = () => {
      if (window[name] || performance.now() > end) return found(window[name]);
      setTimeout(look, LOOK_MS);
    };
    document.addEventListener(name + "Ready", look);
    look();
  });

/** The same for a cashier: whoever went elsewhere in the shop meanwhile is not led to it. */
export const lateHere = (name) => {
  const at = location.pathname;
  return late(name).then((bridge) => (location.pathname === at ? bridge : undefined));
};
