import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { createInterface } from "node:readline";

/** What `cargo xtask` says by environment: addresses and programs. */
export function setting(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: start the tests with \`cargo xtask test\``);
  return value;
}

/** A channel of ours behind standard input: one line in, one line out. */
export function startPeer(program, account) {
  const child = spawn(program, [], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  child.stdin.write(`${JSON.stringify(account)}\n`);
  return {
    async call(call, parameters = {}) {
      child.stdin.write(`${JSON.stringify({ call, ...parameters })}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`the channel ended at ${call}`);
      return JSON.parse(value);
    },
    stop: () => child.kill(),
  };
}

/** A listener on loopback; `answer` is given each request's address and body. */
export async function listen(answer) {
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const said = await answer(new URL(request.url, "http://loopback"), body, request);
    response.end(said);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}

/** Waits until something is true; a notice comes when it comes. */
export async function until(what) {
  const end = Date.now() + 5_000;
  for (;;) {
    const value = await what();
    if (value) return value;
    if (Date.now() > end) throw new Error("it did not happen in time");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Gives the sandbox an order, or reads where there is none. */
export async function control(what, order) {
  const answer = await fetch(`${setting("SANDBOX_URL")}/_control/${what}`, order && {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(order),
  });
  if (!answer.ok) throw new Error(`${what}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}
