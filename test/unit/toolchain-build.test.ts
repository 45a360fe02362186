import { execFile, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { buildPart, type GoBuild } from "../../scripts/toolchain/build-part.ts";

const run = promisify(execFile);
const hasGo = spawnSync("go", ["version"]).status === 0;
const silent = { detail: () => {}, note: () => {} };

let root: string;
let build: GoBuild;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "slipway-build-"));
  build = {
    label: "greeting 1.2.3",
    module: { directory: "", package: ".", versionVariable: "main.version", versionText: "1.2.3" },
    source: join(root, "source"),
    output: join(root, "greeting"),
    log: join(root, "greeting.log"),
  };
  await module("1.21", "package main\n\nvar version string\n\nfunc main() { print(version) }\n");
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(root, { recursive: true, force: true });
});

async function module(go: string, program: string): Promise<void> {
  await mkdir(build.source, { recursive: true });
  await writeFile(join(build.source, "go.mod"), `module greeting\n\ngo ${go}\n`);
  // Unlike every earlier run's, so that Go has something to compile.
  await writeFile(join(build.source, "main.go"), `// ${root}\n${program}`);
}

test("a missing Go is one line that says what to type", async () => {
  vi.stubEnv("PATH", root);
  await expect(buildPart(build, silent)).rejects.toThrow(
    /^Go 1\.21 or newer is needed to build greeting 1\.2\.3: type 'apt-get install golang-go' [^\n]+$/,
  );
});

test.skipIf(!hasGo)("a Go that is too old is one line that names the version", async () => {
  vi.stubEnv("GOTOOLCHAIN", "local");
  await module("1.999", "package main\n\nfunc main() {}\n");
  await expect(buildPart(build, silent)).rejects.toThrow(
    /^Go 1\.999 or newer is needed to build greeting 1\.2\.3: [^\n]+GOTOOLCHAIN=local[^\n]+$/,
  );
});

test.skipIf(!hasGo)(
  "the program reports the version, whatever GOFLAGS says",
  { timeout: 60_000 },
  async () => {
    vi.stubEnv("GOFLAGS", "-mod=vendor");
    const details: string[] = [];
    await buildPart(build, { detail: (line) => details.push(line), note: () => {} });
    const { stderr } = await run(build.output);
    expect(stderr).toBe("1.2.3");
    expect(details.at(-1)).toMatch(/^greeting 1\.2\.3: compiling, \d+ of \d+ packages$/);
    expect(existsSync(build.log)).toBe(false);
  },
);

test.skipIf(!hasGo)("a build that fails names the reason and keeps what it said", async () => {
  await module("1.21", "package main\n\nfunc main() { missing() }\n");
  await expect(buildPart(build, silent)).rejects.toThrow(
    /^building greeting 1\.2\.3 failed: .+undefined: missing \(everything it said is in .+\)$/,
  );
  expect(await readFile(build.log, "utf8")).toContain("undefined: missing");
});
