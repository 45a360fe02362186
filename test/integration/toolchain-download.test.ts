import { createHash } from "node:crypto";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { link, mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { ensureToolchain } from "../../scripts/toolchain/ensure-toolchain.ts";
import { dockerPlugin, type Part, pulumi } from "../../scripts/toolchain/versions.ts";

const silent = { detail: () => {}, note: () => {} };

let root: string;
let mirror: string;
let server: Server;

/** A mirror as a company may keep one: the real engine and Docker plugin of this machine, no other plugin. */
beforeAll(async () => {
  const present = await ensureToolchain(silent);
  root = await mkdtemp(join(tmpdir(), "slipway-mirror-"));
  mirror = join(root, "mirror");
  for (const part of [pulumi, dockerPlugin]) {
    const made = present.parts.find((each) => each.name === part.name);
    await archive(part, String(made?.executable));
  }
  server = createServer(async (request, response) => {
    const file = join(mirror, request.url ?? "");
    const found = await stat(file).catch(() => undefined);
    if (!found?.isFile()) return response.writeHead(404).end();
    response.writeHead(200, { "content-length": found.size });
    await pipeline(createReadStream(file), response);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  vi.stubEnv("XDG_CACHE_HOME", join(root, "cache"));
  vi.stubEnv("SLIPWAY_DOWNLOAD_BASE", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});

afterAll(async () => {
  vi.unstubAllEnvs();
  server?.close();
  if (root) await rm(root, { recursive: true, force: true });
});

async function archive(part: Part, executable: string): Promise<void> {
  const { official } = part;
  if (!official) throw new Error(`${part.name} has no archive`);
  const files = join(root, part.name, official.stripComponents ? "pulumi" : ".");
  await mkdir(files, { recursive: true });
  await link(executable, join(files, part.executable)).catch(() =>
    execa("cp", [executable, join(files, part.executable)]),
  );
  const file = join(mirror, official.archive);
  await mkdir(dirname(file), { recursive: true });
  const top = official.stripComponents ? "pulumi" : part.executable;
  await execa("tar", [
    "-cf",
    file,
    "--use-compress-program=gzip -1",
    "-C",
    join(root, part.name),
    top,
  ]);
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  await writeFile(join(mirror, official.checksums), `${hash.digest("hex")}  ${basename(file)}\n`);
}

test("what a mirror has is downloaded and works; what it lacks comes from this project", async () => {
  const details: string[] = [];
  const toolchain = await ensureToolchain({ ...silent, detail: (line) => details.push(line) });

  const origins = Object.fromEntries(toolchain.parts.map((part) => [part.name, part.origin]));
  expect(origins).toMatchObject({
    pulumi: "official",
    docker: "official",
    command: "typescript",
    random: "typescript",
  });
  expect(details).toContainEqual(
    expect.stringMatching(/^downloading pulumi-v\S+\.tar\.gz, [\d.]+ of [\d.]+ MB$/),
  );

  const env = {
    PATH: [...toolchain.path, process.env.PATH].join(":"),
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
  expect((await execa("pulumi", ["version"], { env })).stdout).toBe(`v${pulumi.version}`);
  const plugin = String(toolchain.parts.find((part) => part.name === "docker")?.executable);
  const schema = await execa("pulumi", ["package", "get-schema", plugin], { env });
  expect(JSON.parse(schema.stdout).version).toBe(dockerPlugin.version);
});

test("an archive that was changed on the mirror is refused", async () => {
  vi.stubEnv("XDG_CACHE_HOME", join(root, "another-cache"));
  const file = join(mirror, String(pulumi.official?.archive));
  await writeFile(file, "one byte more", { flag: "a" });
  await expect(ensureToolchain(silent)).rejects.toThrow(/: nothing was installed\. /);
  const left = await readdir(join(root, "another-cache/slipway/toolchain"));
  expect(left.filter((name) => !name.endsWith(".lock"))).toEqual([]);
});
