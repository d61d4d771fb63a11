import { createServer } from "node:http";
import { once } from "node:events";
import { brotliCompressSync, constants } from "node:zlib";

/** The page's weight before it is compressed, in bytes. */
const WEIGHT = 5 * 1024;

const STYLE = `
  body { margin: 0 auto; max-width: 480px; padding: 16px; background: #f4f6fa; color: #1b2430; font: 16px sans-serif }
  input, button { box-sizing: border-box; width: 100%; height: 48px; border-radius: 14px; font: inherit }
  input { border: 1px solid #c8cfdb }
  button { border: 0; background: #1f5fe0; color: #fff }
  ul { display: grid; grid-template-columns: 1fr 1fr; gap: 12px; margin: 16px 0; padding: 0; list-style: none }
  li { padding: 16px; border-radius: 14px; background: #fff }
  b { display: block; font-size: 24px }
`;

/** Serves, on this machine alone and compressed as the gateway does it, what no shop can be faster than. */
export async function serveStaticPage() {
  const body = brotliCompressSync(page(), { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } });
  const server = createServer((request, response) => {
    response.writeHead(200, {
      "content-type": "text/html; charset=utf-8",
      "content-encoding": "br",
      "content-length": body.length,
      "cache-control": "no-cache",
    });
    response.end(body);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** The shop's first screen in words, packages added until the weight is reached; no script, nothing else to load. */
function page() {
  const head = `<!doctype html>
<html lang="zh-CN">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>流量卡充值</title>
<style>${STYLE}</style>
<h1>流量卡充值</h1>
<label for="number">流量卡号</label>
<input id="number" placeholder="请输入 ICCID 或接入号">
<p>输入卡号，查看卡片状态与余量</p>
<ul>
`;
  const foot = "</ul>\n<button>立即充值</button>\n";
  let list = "";
  for (let data = 1; ; data += 1) {
    const row = `<li><b>${data} GB</b> 当月有效 月清零 <strong>¥${data * 9}</strong></li>\n`;
    if (Buffer.byteLength(head + list + row + foot) > WEIGHT) break;
    list += row;
  }
  const short = head + list + foot;
  return short + " ".repeat(WEIGHT - Buffer.byteLength(short));
}
