import { createServer } from "node:http";
import { type AddressInfo } from "node:net";

/** A partner's site, on this machine alone; its port makes it another origin. */
export interface Site {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Serves one page under every path. The shop in the tests is at `127.0.0.1`: at `localhost` it is not only another origin
 * but another site, as a partner's is, so that browsers keep apart what the two store.
 */
export function startSite(body: string | ((url: string) => string), name = "127.0.0.1"): Promise<Site> {
  return new Promise((resolve) => {
    const server = createServer((_, answer) => {
      const text = typeof body === "string" ? body : body(url());
      answer.writeHead(200, { "content-type": "text/html; charset=utf-8" });
      answer.end(`<!doctype html><meta name="viewport" content="width=device-width">${text}`);
    });
    const url = () => `http://${name}:${(server.address() as AddressInfo).port}`;
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
