import { execFile } from "node:child_process";
import { access, mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
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
  for (const name of await readdir(from)) {
    const place = name.startsWith("swiftshader") ? join(stage, "swiftshader") : stage;
    await mkdir(place, { recursive: true });
    const content = await decompress(await readFile(join(from, name)));
    // The older packages have the version in the program's name, and no libraries: then the system's serve.
    if (name.startsWith("chromium")) await writeFile(join(place, "chromium"), content, { mode: 0o755 });
    else await untar(content, place);
  }
  await rename(stage, folder);
}

async function untar(content, folder) {
  const tar = join(folder, "archive.tar");
  await writeFile(tar, content);
  await run("tar", ["--extract", "--no-same-owner", "--file", tar, "--directory", folder]);
  await rm(tar);
}
