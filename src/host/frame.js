// A page that frames this one. Only origins that the gateway lets frame the page are spoken to or listened to.
const { parent } = window;
const framed = parent !== window;

// The gateway's policy names them, so that one list decides both.
const allowed =
  framed &&
  fetch("/api/v1/storefront", { method: "HEAD" }).then((answer) => {
    const [, list] = /frame-ancestors ([^;,]*)/.exec(answer.headers.get("content-security-policy")) || [];
    return (origin) => Boolean(list && origin) && list.split(" ").some((source) => covers(source, origin));
  });

function covers(source, origin) {
  const [scheme, domain] = source.split("://*");
  if (domain) return origin.startsWith(scheme + "://") && origin.endsWith(domain);
  return origin === (source === "'self'" ? location.origin : source);
}

// Where the browser does not tell, the referrer is a guess: a message to another origin is not delivered.
let origin =
  framed &&
  (location.ancestorOrigins ? location.ancestorOrigins[0] : document.referrer && new URL(document.referrer).origin);

export const frame = {
  post(message) {
    if (!framed) throw new Error("no frame");
    allowed.then((may) => may(origin) && parent.postMessage(message, origin)).catch(() => {});
  },
};

/** Hears the framing page's greeting, and keeps it told of the page's height where it asks for that. */
export function greeted(answer) {
  if (!framed) return;
  window.addEventListener("message", ({ source, data, origin: from }) => {
    if (source !== parent || !data || data.type !== "hello") return;
    allowed.then((may) => {
      if (!may(from)) return;
      origin = from;
      answer();
      if (data.height) follow();
    });
  });
}

let following;
function follow() {
  if (following || !window.ResizeObserver) return;
  document.documentElement.classList.add("framed");
  const page = document.getElementById("app");
  const tell = () => page.offsetHeight && frame.post({ v: 1, type: "height", height: page.offsetHeight });
  following = new ResizeObserver(tell);
  following.observe(page);
}
