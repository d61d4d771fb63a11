import { createServer, request as ask } from "node:http";
import { once } from "node:events";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";

import { build } from "vite";

const FOLDER = fileURLToPath(new URL("vue", import.meta.url));

const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css" };

/**
 * Builds the same shop as it is usually built, in Vue 3 and Vant with three screens, and serves it on this machine alone:
 * its files compressed as well as brotli can, what it asks for handed on to the gateway.
 */
export async function serveVueShop(gateway) {
  const files = await builtFiles();
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, gateway);
    if (pathname.startsWith("/api/")) return handOn(gateway, request, response);
    const { body, type } = files.get(pathname) ?? files.get("/index.html");
    response.writeHead(200, { "content-type": type, "content-encoding": "br", "content-length": body.length });
    response.end(body);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    /** What the first screen loads, in bytes. */
    weight: [...files].filter(([path]) => isFirst(path)).reduce((sum, [, { body }]) => sum + body.length, 0),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Vite names what the document asks for after it; the other screens' files come when they are opened. */
function isFirst(path) {
  return path === "/index.html" || path.startsWith("/assets/index-");
}

async function builtFiles() {
  const outDir = await mkdtemp(join(tmpdir(), "recharge-vue-"));
  try {
    await build({ root: FOLDER, configFile: join(FOLDER, "vite.config.js"), build: { outDir, emptyOutDir: true } });
    return await compressed(outDir);
  } finally {
    await rm(outDir, { recursive: true, force: true });
  }
}

async function compressed(folder) {
  const names = await readdir(folder, { recursive: true });
  const files = names.filter((name) => extname(name) in TYPES);
  return new Map(
    await Promise.all(
      files.map(async (name) => {
        const body = brotliCompressSync(await readFile(join(folder, name)));
        return [`/${name}`, { body, type: TYPES[extname(name)] }];
      }),
    ),
  );
}

function handOn(gateway, request, response) {
  const { host, origin, ...headers } = request.headers;
  const asked = ask(new URL(request.url, gateway), { method: request.method, headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  asked.on("error", () => response.destroy());
  request.pipe(asked);
}
