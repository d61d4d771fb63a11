// Starts the programs under test and speaks with them.
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { generateKeyPairSync } from 'node:crypto';

const program = (name) => {
  const path = process.env[name];
  if (!path) throw new Error(`${name} must name a program`);
  return path;
};

/** A sandbox of its own: its address, what a client needs, and its control. */
export async function startSandbox() {
  const child = spawn(program('SANDBOX'), ['--listen', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  const [line] = await once(lines, 'line');
  const url = line.split(/\s+/)[1];
  const json = async (path, order) => {
    const answer = await fetch(`${url}/_control/${path}`, order && {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(order),
    });
    return answer.json();
  };
  return { url, setup: await json('wechat'), control: json, stop: () => child.kill() };
}

/** The gateway's channel: each call is answered by what it made of it. */
export function startChannel(setup) {
  const child = spawn(program('WECHAT_PEER'), [], { stdio: ['pipe', 'pipe', 'inherit'] });
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

/** A server that keeps what it is sent; `answer` decides what comes back. */
export async function startServer(answer) {
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { status, headers, body } = answer({
      method: request.method, target: request.url, headers: request.headers, body: Buffer.concat(chunks).toString(),
    });
    response.writeHead(status, headers).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${server.address().port}`, stop: () => server.close() };
}

/** A new pair of RSA keys in PEM. */
export function newKeys() {
  return generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
}
