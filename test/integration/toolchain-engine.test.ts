import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ensureToolchain } from "../../scripts/toolchain/ensure-toolchain.ts";
import { linkPlugins } from "../../scripts/toolchain/link-plugins.ts";

const modules = fileURLToPath(new URL("../../node_modules", import.meta.url));

const program = `
import * as docker from "@pulumi/docker";
import * as random from "@pulumi/random";
const provider = new docker.Provider("engine", { host: "unix:///var/run/docker.sock" });
const suffix = new random.RandomId("suffix", { byteLength: 4 });
const volume = new docker.Volume("toolchain-test", { labels: [{ label: "suffix", value: suffix.hex }] }, { provider });
export const name = volume.name;
`;

let root: string;
let pulumi: (...args: string[]) => Promise<string>;

beforeAll(async () => {
  const toolchain = await ensureToolchain({ detail: () => {}, note: () => {} });
  root = await mkdtemp(join(tmpdir(), "slipway-engine-"));
  const home = join(root, "home");
  const path = linkPlugins(toolchain, home);
  const env = {
    PATH: [...path, join(modules, ".bin"), process.env.PATH].join(":"),
    PULUMI_HOME: home,
    PULUMI_BACKEND_URL: `file://${root}/state`,
    PULUMI_CONFIG_PASSPHRASE: "for this test",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  };
  pulumi = async (...args) => {
    const { all } = await execa("pulumi", [...args, "--non-interactive"], {
      cwd: root,
      env,
      all: true,
    });
    return all;
  };
  await mkdir(join(root, "state"));
  await symlink(modules, join(root, "node_modules"));
  await writeFile(join(root, "package.json"), '{ "type": "module" }');
  await writeFile(join(root, "index.js"), program);
  await writeFile(
    join(root, "Pulumi.yaml"),
    "name: toolchain-test\nruntime:\n  name: nodejs\n  options: { typescript: false }\nmain: index.js\n",
  );
  await pulumi("stack", "init", "test");
});

afterAll(async () => {
  await pulumi?.("destroy", "--yes", "--skip-preview");
  await rm(root, { recursive: true, force: true });
});

test("the engine runs a program with the linked plugins, and has nothing to warn about", async () => {
  const up = await pulumi("up", "--yes", "--skip-preview");
  expect(up).toContain("4 created");
  expect(up).not.toMatch(/warning/);

  const volume = (await pulumi("stack", "output", "name")).trim();
  expect(volume).toMatch(/^toolchain-test-[0-9a-f]{7}$/);
  const { stdout } = await execa("docker", ["volume", "inspect", volume]);
  expect(JSON.parse(stdout)).toHaveLength(1);
});

test("a second run changes nothing", async () => {
  const up = await pulumi("up", "--yes", "--skip-preview", "--expect-no-changes");
  expect(up).toContain("4 unchanged");
});
