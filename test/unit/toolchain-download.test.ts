import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ensureToolchain } from "../../scripts/toolchain/ensure-toolchain.ts";
import { type Part, parts } from "../../scripts/toolchain/versions.ts";

const run = promisify(execFile);
const silent = { detail: () => {}, note: () => {} };

let root: string;
let site: Server;
let answers: Map<string, Buffer>;
let asked: string[];
let cutAfter: number;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "slipway-download-"));
  answers = new Map();
  asked = [];
  cutAfter = Number.POSITIVE_INFINITY;
  site = createServer((request, response) => {
    asked.push(request.url ?? "");
    const body = answers.get(request.url ?? "");
    if (!body) return response.writeHead(404).end();
    response.writeHead(200, { "content-length": body.length });
    if (body.length <= cutAfter) return response.end(body);
    response.write(body.subarray(0, cutAfter), () => response.destroy());
  });
  await once(site.listen(0, "127.0.0.1"), "listening");
  vi.stubEnv("XDG_CACHE_HOME", root);
  vi.stubEnv("SLIPWAY_DOWNLOAD_BASE", address());
});

afterEach(async () => {
  vi.unstubAllEnvs();
  site.closeAllConnections();
  site.close();
  await rm(root, { recursive: true, force: true });
});

const address = () => `http://127.0.0.1:${(site.address() as AddressInfo).port}/`;
const cached = async () => {
  const names = await readdir(join(root, "slipway/toolchain")).catch(() => []);
  return names.filter((name) => !name.endsWith(".lock"));
};

/** Publishes an archive as the publisher lays it out, with a checksum file in the way of sha256sum or shasum. */
async function publish(part: Part, checksum?: string): Promise<void> {
  const official = part.official as NonNullable<Part["official"]>;
  const files = await mkdtemp(join(root, "publish-"));
  const inner = official.stripComponents ? join(files, "pulumi") : files;
  await mkdir(inner, { recursive: true });
  await writeFile(join(inner, part.executable), `#!/bin/sh\necho ${part.name} ${part.version}\n`);
  await chmod(join(inner, part.executable), 0o755);
  const archive = join(root, basename(official.archive));
  await run("tar", [
    "-czf",
    archive,
    "-C",
    files,
    official.stripComponents ? "pulumi" : part.executable,
  ]);
  const body = await readFile(archive);
  const [algorithm, prefix] = official.stripComponents ? ["sha256", ""] : ["sha1", "./"];
  const sum = checksum ?? createHash(algorithm).update(body).digest("hex");
  answers.set(`/${official.archive}`, body);
  answers.set(`/${official.checksums}`, Buffer.from(`${sum}  ${prefix}${basename(archive)}\n`));
}

test("official archives are installed, and the second call asks nobody", async () => {
  for (const part of parts) await publish(part);
  const toolchain = await ensureToolchain(silent);
  expect(new Set(toolchain.parts.map((part) => part.origin))).toEqual(new Set(["official"]));
  for (const part of parts) {
    const { stdout } = await run(part.executable, {
      env: { PATH: `${toolchain.path.join(":")}:${process.env.PATH}` },
    });
    expect(stdout).toBe(`${part.name} ${part.version}\n`);
  }

  const requests = asked.length;
  const started = performance.now();
  expect(await ensureToolchain(silent)).toEqual(toolchain);
  expect(performance.now() - started).toBeLessThan(50);
  expect(asked).toHaveLength(requests);
});

test("an archive that does not have the published checksum is refused and nothing is installed", async () => {
  await publish(parts[0] as Part, "0".repeat(64));
  await expect(ensureToolchain(silent)).rejects.toThrow(
    /^http\S+ has the sha256 [0-9a-f]{64}, but 0{64} is published: nothing was installed\. [^\n]+$/,
  );
  expect(await cached()).toEqual([]);
});

test("a download that breaks off is refused and nothing is installed", async () => {
  await publish(parts[0] as Part);
  cutAfter = 100;
  await expect(ensureToolchain(silent)).rejects.toThrow(
    /^the download of \S+ stopped after [^\n]+: nothing was installed\. [^\n]+$/,
  );
  expect(await cached()).toEqual([]);
});

test("a checksum file that does not list the archive is refused", async () => {
  const [part] = parts as [Part];
  await publish(part);
  answers.set(`/${part.official?.checksums}`, Buffer.from("abc  another-file.tar.gz\n"));
  await expect(ensureToolchain(silent)).rejects.toThrow("does not list");
  expect(await cached()).toEqual([]);
});
