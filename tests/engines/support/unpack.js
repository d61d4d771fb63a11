import { execFile } from "node:child_process";
import { access, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliDecompress } from "node:zlib";

import { setting } from "./settings.js";

const run = promisify(execFile);
const decompress = promisify(brotliDecompress);

/** The program of a package's Chromium and the folders of its libraries; unpacked on first use. */
export async function unpacked(name) {
  const folder = join(setting("ENGINES"), name);
  const there = await access(folder).then(
    () => true,
    () => false,
  );
  if (!there) await unpack(join(import.meta.dirname, "../node_modules", name, "bin"), folder);
  return { path: join(folder, "chromium"), libraries: `${join(folder, "lib")}:${folder}` };
}

/** Beside its place first, so that what is in its place is whole. */
async function unpack(from, folder) {
  const stage = `${folder}.part`;
  await rm(stage, { recursive: true, force: true });
  await mkdir(join(stage, "swiftshader"), { recursive: true });
  await writeFile(join(stage, "chromium"), await decompress(await readFile(join(from, "chromium.br"))), { mode: 0o755 });
  await untar(join(from, "aws.tar.br"), stage);
  await untar(join(from, "swiftshader.tar.br"), join(stage, "swiftshader"));
  await rename(stage, folder);
}

async function untar(archive, folder) {
  const tar = join(folder, "archive.tar");
  await writeFile(tar, await decompress(await readFile(archive)));
  await run("tar", ["--extract", "--no-same-owner", "--file", tar, "--directory", folder]);
  await rm(tar);
}
