// An app of a partner with a script of its own, whose address and whose way to close the page the gateway tells.
let closes;

/** Loads the script beside the page, which does not wait for it; where it fails, the next way closes the page. */
export function load(address, close, loaded) {
  if (closes) return;
  closes = close;
  const script = document.createElement("script");
  script.src = address;
  script.onload = loaded;
  document.head.appendChild(script);
}

export const partner = {
  close() {
    const path = closes.split(".");
    const method = path.pop();
    path.reduce((object, name) => object[name], window)[method]();
  },
};
