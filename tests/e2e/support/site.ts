import { createServer } from "node:http";
import { type AddressInfo } from "node:net";

/** A partner's site, on this machine alone; its port makes it another origin. */
export interface Site {
  readonly url: string;
  stop(): Promise<void>;
}

/** Serves one page under every path. */
export function startSite(body: string | ((url: string) => string)): Promise<Site> {
  return new Promise((resolve) => {
    const server = createServer((_, answer) => {
      const text = typeof body === "string" ? body : body(url());
      answer.writeHead(200, { "content-type": "text/html; charset=utf-8" });
      answer.end(`<!doctype html><meta name="viewport" content="width=device-width">${text}`);
    });
    const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.listen(0, "127.0.0.1", () =>
      resolve({
        url: url(),
        stop: () =>
          new Promise((stopped) => {
            server.closeAllConnections();
            server.close(() => stopped());
          }),
      }),
    );
  });
}
