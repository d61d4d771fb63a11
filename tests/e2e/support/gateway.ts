import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { setting } from "./settings.ts";

/** A gateway of a test's own, with settings of its own and an empty database. */
export interface Gateway {
  readonly url: string;
  /** Ends it; with `SIGKILL` as a crash would. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same port and the same database. */
  restart(): Promise<void>;
  /** Ends it and removes its database. */
  dispose(): Promise<void>;
}

/** Starts a gateway before the shared sandbox; `settings` are its environment variables. */
export async function startGateway(settings: Record<string, string> = {}): Promise<Gateway> {
  const folder = await mkdtemp(join(tmpdir(), "recharge-gateway-"));
  const listen = `127.0.0.1:${await freePort()}`;
  const url = `http://${listen}`;
  const environment = {
    ...process.env,
    RECHARGE__HTTP__LISTEN: listen,
    RECHARGE__HTTP__PUBLIC_URL: url,
    RECHARGE__DATABASE__URL: `sqlite://${join(folder, "recharge.db")}`,
    ...settings,
  };
  let running = await start(environment, url);

  async function stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    if (running.exitCode !== null || running.signalCode !== null) return;
    const ended = new Promise((resolve) => running.once("exit", resolve));
    running.kill(signal);
    await ended;
  }

  return {
    url,
    stop,
    async restart() {
      await stop();
      running = await start(environment, url);
    },
    async dispose() {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function start(environment: NodeJS.ProcessEnv, url: string): Promise<ChildProcess> {
  const child = spawn(setting("GATEWAY"), [], {
    env: environment,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr?.on("data", (text: Buffer) => {
    said = (said + text.toString()).slice(-4_000);
  });
  const until = Date.now() + 20_000;
  while (Date.now() < until && child.exitCode === null) {
    if (await isReady(url)) return child;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  child.kill("SIGKILL");
  throw new Error(`the gateway did not start:\n${said}`);
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/readyz`)).ok;
  } catch {
    return false;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => {
        if (address && typeof address === "object") resolve(address.port);
        else reject(new Error("no free port"));
      });
    });
  });
}
