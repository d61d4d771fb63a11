// Starts the programs under test and speaks with them.
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { generateKeyPairSync, randomUUID } from 'node:crypto';

/** What `cargo xtask peers` says by environment: addresses and programs. */
export function setting(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: start the tests with \`cargo xtask peers\``);
  return value;
}

const post = (body, headers = {}) => ({
  method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body),
});

async function json(url, request) {
  const answer = await fetch(url, request);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${text}`);
  return text && JSON.parse(text);
}

/** Gives the sandbox beside the gateway an order, or reads where there is none. */
export const control = (what, order) => json(`${setting('SANDBOX_URL')}/_control/${what}`, order && post(order));

/** A sandbox of its own: its address, what WeChat Pay's client needs, and its control. */
export async function startSandbox() {
  const child = spawn(setting('SANDBOX'), ['--listen', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const url = line.split(/\s+/)[1];
  const own = (what, order) => json(`${url}/_control/${what}`, order && post(order));
  return { url, setup: await own('wechat'), control: own, stop: () => child.kill() };
}

/** A channel of the gateway's on standard input and output: the first line sets it up, each further one is a call. */
export function startChannel(program, setup) {
  const child = spawn(setting(program), [], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  child.stdin.write(`${JSON.stringify(setup)}\n`);
  return {
    async call(order) {
      child.stdin.write(`${JSON.stringify(order)}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error('the channel has ended');
      return JSON.parse(value);
    },
    stop: () => child.stdin.end(),
  };
}

/** A server on loopback; `answer` is given each request and decides what comes back. */
export async function startServer(answer) {
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { status = 200, headers = {}, body = '' } = await answer({
      method: request.method, target: request.url, headers: request.headers, body: Buffer.concat(chunks).toString(),
    });
    response.writeHead(status, headers).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${server.address().port}`, stop: () => server.close() };
}

/** The running gateway, as a buyer and as its operator meet it. */
export const gateway = {
  admin: (what, body, method = 'POST') => json(`${setting('GATEWAY_URL')}/admin/${what}`, {
    ...(body ? post(body) : {}),
    method: body ? method : 'GET',
    headers: {
      authorization: `Bearer ${setting('ADMIN_TOKEN')}`, 'content-type': 'application/json', 'idempotency-key': randomUUID(),
    },
  }),
  /** An account of ours, to which the next payments go until it is switched off. */
  async merchant(channel, name, account) {
    await gateway.admin(`merchants/${channel}/${name}`, { enabled: true, ...account }, 'PUT');
    return () => gateway.admin(`merchants/${channel}/${name}/switch`, { enabled: false });
  },
  async order() {
    const order = { card_number: '898607B2091701418584', package_id: '1102', quoted_fen: 1800, repeat: true };
    return json(`${setting('GATEWAY_URL')}/api/v1/orders`, post(order, { 'idempotency-key': randomUUID() }));
  },
  pay: (order, method) => json(`${setting('GATEWAY_URL')}/api/v1/orders/${order.id}/payments`, post({ method, host: 'desktop' })),
  show: (order) => json(`${setting('GATEWAY_URL')}/api/v1/orders/${order.id}`),
  /** Sends a notice; what it is answered. */
  async notify(channel, name, body, headers = {}) {
    const url = `${setting('GATEWAY_URL')}/notify/${channel}/${name}`;
    const answer = await fetch(url, { method: 'POST', headers, body });
    return { status: answer.status, body: await answer.text() };
  },
};

/** Waits until something is true; a notice comes when it comes. */
export async function until(what) {
  const end = Date.now() + 10_000;
  for (;;) {
    const value = await what();
    if (value) return value;
    if (Date.now() > end) throw new Error('it did not happen in time');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A new pair of RSA keys in PEM. */
export function newKeys() {
  return generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
}
