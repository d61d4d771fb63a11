// What the page tells the app around it and whoever listens inside the page. What was told is kept for those who come
// late: an app may put its bridge into the page long after the page was ready.
const VERSION = 1;
// So often, and so far apart, late bridges are looked for after each message.
const LOOKS = 60;
const LOOK_MS = 250;
// By these bridges say that they are there.
const ANNOUNCED = [
  "WeixinJSBridgeReady",
  "AlipayJSBridgeReady",
  "flutterInAppWebViewPlatformReady",
  "plusready",
  "UniAppJSBridgeReady",
];

const heard = [];
const told = [];
let posts = [];
let looks = 0;
let looking;

export const message = (type, more) => Object.freeze(Object.assign({ v: VERSION, type }, more));

/** Whether it ran without throwing, which is how a way says that its app is not there. */
export function works(run) {
  try {
    run();
    return true;
  } catch {
    return false;
  }
}

/** Sends messages by these ways from now on. `restarts` names the one that drops what it is given before it is ready. */
export function sendBy(ways, restarts) {
  posts = ways.filter((way) => way.post).map((way) => ({ way, next: 0 }));
  ANNOUNCED.forEach((name) => {
    // Some announce themselves at the window, some at the document; going down, the event passes both.
    window.addEventListener(name, () => announced(name === "UniAppJSBridgeReady" && restarts), true);
  });
}

function announced(restarts) {
  posts.forEach((post) => post.way === restarts && (post.next = 0));
  catchUp();
}

/** Calls back on an event, at once on those that are past, and gives what ends that. */
export function on(event, callback) {
  const entry = [event, callback];
  told.forEach((message) => message.type === event && works(() => callback(message)));
  heard.push(entry);
  return () => {
    if (heard.includes(entry)) heard.splice(heard.indexOf(entry), 1);
  };
}

/** Tells those inside the page alone. */
export function tell(message) {
  heard.slice().forEach(([event, callback]) => event === message.type && works(() => callback(message)));
}

/** Tells everyone who is there now. */
export function ask(message) {
  tell(message);
  posts.forEach(({ way }) => works(() => way.post(message)));
}

/** Tells everyone, also those who come later. */
export function tellAll(message) {
  told.push(message);
  tell(message);
  lookOut();
}

/** Looks for some time for ways that were not there. */
export function lookOut() {
  looks = LOOKS;
  clearTimeout(looking);
  again();
}

function again() {
  catchUp();
  looks -= 1;
  if (looks > 0) looking = setTimeout(again, LOOK_MS);
}

function catchUp() {
  posts.forEach((post) => {
    while (post.next < told.length && works(() => post.way.post(told[post.next]))) post.next += 1;
  });
}

/** Sends by this way again what was told so far. */
export function repeat(way) {
  told.forEach((message) => works(() => way.post(message)));
}
