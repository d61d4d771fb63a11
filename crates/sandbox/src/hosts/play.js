// The app around the shop: takes what the page sends in this kind of app's own way, and closes the page when it asks.
'use strict';
const app = document.querySelector('.app');
const screen = app.querySelector('.screen');
const log = document.querySelector('[role=log]');
const waiting = document.querySelector('.waiting');
const { host, shop } = app.dataset;

let frame;
let end;
// WeChat hands messages to a mini-program when the page is left.
let kept = [];

function open() {
  frame = document.createElement('iframe');
  frame.title = '流量卡充值';
  if (!shop) frame.name = host;
  frame.src = (shop || '') + '/';
  screen.replaceChildren(frame);
  if (shop) end = RechargeFrame(frame, { ready: note, order: note, paid: note, close: (message) => { note(message); close(); } });
}

function close() {
  if (end) end();
  kept.forEach(([message, how]) => note(message, how));
  kept = [];
  waiting.textContent = '';
  const gone = document.getElementById('closed').content.cloneNode(true);
  gone.querySelector('button').addEventListener('click', open);
  screen.replaceChildren(gone);
  app.scrollIntoView({ block: 'nearest' });
}

function note(message, how) {
  const row = document.createElement('li');
  const type = document.createElement('strong');
  const text = document.createElement('code');
  type.textContent = message.type;
  text.textContent = how || JSON.stringify(message);
  row.append(type, text);
  log.firstElementChild.append(row);
  log.scrollTop = log.scrollHeight;
}

/** The message in what a bridge was called with: as text, as it is, or as `data`. */
function messageIn([value]) {
  const message = typeof value === 'string' ? JSON.parse(value) : value;
  return message.data || message;
}

function take({ name, values }) {
  const how = name + '(' + values.map((value) => JSON.stringify(value)).join(', ') + ')';
  if (name.endsWith('.navigateTo')) return pay(values[0].url);
  if (/\.(close|navigateBack)$/.test(name)) {
    note({ type: 'close' }, how);
    return close();
  }
  const message = messageIn(values);
  if (host === 'wechat') {
    kept.push([message, how]);
    waiting.textContent = '还有 ' + kept.length + ' 条消息，离开页面时送达';
    return undefined;
  }
  note(message, how);
  return message.type === 'close' ? close() : undefined;
}

window.addEventListener('message', ({ source, origin, data }) => {
  if (!shop && origin === location.origin && source === frame.contentWindow && data.name) take(data);
});

/** The mini-program's own page, over the shop's. */
function pay(url) {
  const wanted = new URL(url, location.origin);
  const page = document.getElementById('pay').content.cloneNode(true).firstElementChild;
  const rows = [['页面', wanted.pathname], ...wanted.searchParams];
  for (const [name, value] of rows) {
    const row = document.createElement('div');
    const key = document.createElement('dt');
    const text = document.createElement('dd');
    key.textContent = { order: '订单', method: '支付方式' }[name] || name;
    text.textContent = { alipay: '支付宝', wechat: '微信支付' }[value] || value;
    row.append(key, text);
    page.querySelector('dl').append(row);
  }
  page.querySelector('[value=back]').addEventListener('click', () => page.remove());
  page.querySelector('[value=pay]').addEventListener('click', () =>
    takeTheMoney(wanted.searchParams).then(
      () => page.remove(),
      (error) => (page.querySelector('[role=alert]').textContent = '没有付成：' + error.message),
    ),
  );
  screen.append(page);
  app.scrollIntoView({ block: 'nearest' });
}

// What the mini-program's server and the wallet do between them: the payment is asked of the shop, and paid.
async function takeTheMoney(wanted) {
  const answer = await fetch('/api/v1/orders/' + wanted.get('order') + '/payments', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ method: wanted.get('method'), host: 'mobile_browser' }),
  });
  const { launch, detail } = await answer.json();
  if (!answer.ok) throw new Error(detail);
  if (!/\/pay\/\w+$/.test(launch.url)) throw new Error('示例只会付平台收的款。');
  await fetch(launch.url, { method: 'POST', mode: 'no-cors', body: new URLSearchParams({ action: 'pay' }) });
}

app.querySelector('.bar button').addEventListener('click', () => frame.isConnected && close());
open();
