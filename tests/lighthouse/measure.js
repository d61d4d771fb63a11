import { audit } from "./audit.js";
import { setting } from "./settings.js";
import { serveStaticPage } from "./static.js";
import { tapAnswered } from "./tap.js";
import { serveVueShop } from "./vue.js";

/** How far the layout may shift, as a share of the screen: not at all, but for what is lost in rounding. */
const MOST_CLS = 0.001;

/** Each figure's heading, how it is shown, and what is aimed at. */
const COLUMNS = [
  ["score", "score", (value) => value.toFixed(0)],
  ["FCP", "fcp", seconds],
  ["LCP", "lcp", seconds],
  ["CLS", "cls", (value) => value.toFixed(4)],
  ["TBT", "tbt", milliseconds],
  ["tap answered", "tap", seconds],
];

/** The packages, where the page is a picture until the program runs, and where there is nothing before it. */
const TILES = {
  shop: { seen: "#shell [name=shell-package]:not(:disabled)", chosen: "#app [name=package]:checked", gone: "#shell" },
  vue: { seen: "#app [name=package]:not(:disabled)", chosen: "#app [name=package]:checked" },
};

const shop = new URL("/", setting("BASE_URL")).href;
const times = Number(setting("TIMES"));
const reference = await serveStaticPage();
const vue = await serveVueShop(shop);
const runs = { static: [], shop: [], vue: [] };

line("", COLUMNS.map(([heading]) => heading));
try {
  await untilStocked();
  // In turns, so that what else the machine does meanwhile slows both down alike.
  for (let time = 1; time <= times; time += 1) {
    runs.static.push(await audit(reference.url));
    row(`static page ${time}`, runs.static.at(-1));
    runs.shop.push({ ...(await audit(shop)), tap: await tapAnswered(shop, TILES.shop) });
    row(`shop ${time}`, runs.shop.at(-1));
    runs.vue.push({ ...(await audit(vue.url)), tap: await tapAnswered(vue.url, TILES.vue) });
    row(`Vue and Vant ${time}`, runs.vue.at(-1));
  }
} finally {
  reference.close();
  vue.close();
}

const [still, ours, theirs] = [medians(runs.static), medians(runs.shop), medians(runs.vue)];
if (times > 1) {
  row("static page, median", still);
  row("shop, median", ours);
  row("Vue and Vant, median", theirs);
}
const ratio = ours.lcp / still.lcp;
aim("LCP, times the static page's", ratio.toFixed(2), "≤ 1.2", ratio <= 1.2);
aim("tap answered, times Vue's", (ours.tap / theirs.tap).toFixed(2), "≤ 1", ours.tap <= theirs.tap);
aim("TBT", milliseconds(ours.tbt), "< 30 ms", ours.tbt < 30);
aim("CLS", ours.cls.toFixed(4), "0", ours.cls === 0);

console.info(`   the first screen in Vue and Vant weighs ${vue.weight} bytes with its document`);

if (ours.cls > MOST_CLS) {
  console.error(`the layout shifts by ${ours.cls.toFixed(4)}; more than ${MOST_CLS} is an error`);
  process.exitCode = 1;
}

/** Waits until the gateway draws packages into the page, which it has from the platform soon after its start. */
async function untilStocked() {
  const until = Date.now() + 20_000;
  while (!(await (await fetch(shop)).text()).includes('name="shell-package"')) {
    if (Date.now() > until) throw new Error(`${shop} shows no packages`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function medians(all) {
  return Object.fromEntries(Object.keys(all[0]).map((name) => [name, median(all.map((one) => one[name]))]));
}

function median(values) {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1] + sorted[Math.floor(middle)]) / 2;
}

function row(name, figures) {
  line(
    name,
    COLUMNS.map(([, key, show]) => (key in figures ? show(figures[key]) : "")),
  );
}

function line(name, cells) {
  console.info(`   ${name.padEnd(22)}${cells.map((cell) => cell.padStart(14)).join("")}`);
}

function aim(what, value, wanted, held) {
  console.info(`   ${what.padEnd(32)}${value.padStart(10)}   aim ${wanted.padEnd(8)} ${held ? "held" : "missed"}`);
}

function seconds(time) {
  return `${(time / 1000).toFixed(2)} s`;
}

function milliseconds(time) {
  return `${time.toFixed(0)} ms`;
}
