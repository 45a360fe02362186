import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { resolveImages } from "../../scripts/images/resolve-images.ts";
import { TestStack } from "./stack.ts";

const root = join(import.meta.dirname, "../..");
const local = new TestStack();
const other = new TestStack();
const otherFile = join(root, `Pulumi.${other.name}.yaml`);
const directory = mkdtempSync(join(tmpdir(), "slipway-other-"));
const backend = `file://${directory}`;
const socket = process.env.DOCKER_HOST ?? "unix:///var/run/docker.sock";
let helper: string;

beforeAll(async () => {
  ({ helper } = await resolveImages({ detail: () => {}, note: () => {} }));
});
afterAll(() => {
  for (const path of [local.files, local.directory, other.directory, directory, otherFile])
    rmSync(path, { recursive: true, force: true });
});

/** One of scripts/ in a shell that has chosen a back-end and a passphrase. */
function script(name: string, words: string[], environment: Record<string, string> = {}) {
  const env = {
    ...{ SLIPWAY_LOCAL_STACK: local.name, PULUMI_BACKEND_URL: backend },
    ...{ PULUMI_CONFIG_PASSPHRASE: "other", ...environment },
  };
  return execa("node", [join(root, "scripts", name), ...words], {
    ...{ cwd: root, env, preferLocal: true, localDir: root, all: true, reject: false },
    stdin: "ignore",
  });
}

describe("npm run pulumi for a stack that is not the local one", () => {
  it("makes it where it belongs, though a shell has the exports of the local one", async () => {
    mkdirSync(join(local.files, "state"), { recursive: true });
    writeFileSync(local.configFile, "config: {}\n");
    writeFileSync(join(local.files, "passphrase"), "local\n", { mode: 0o600 });
    const { stdout: exports } = await script("print-environment.ts", []);
    const command = `node scripts/run-pulumi.ts stack init ${other.name}`;
    const { all } = await execa(
      "bash",
      [
        "-c",
        `${exports}\nexport PULUMI_BACKEND_URL=${backend} PULUMI_CONFIG_PASSPHRASE=other\n${command}`,
      ],
      {
        ...{ cwd: root, all: true, stdin: "ignore", preferLocal: true, localDir: root },
        env: { SLIPWAY_LOCAL_STACK: local.name },
      },
    );
    expect(all).toContain(`Created stack '${other.name}'`);
    expect(existsSync(join(directory, ".pulumi/stacks/slipway", `${other.name}.json`))).toBe(true);
    expect(readFileSync(local.configFile, "utf8")).toBe("config: {}\n");
    expect(readFileSync(otherFile, "utf8")).toContain("encryptionsalt");
  });

  it("takes no back-end of the local stack for the user's choice", async () => {
    const { stdout: exports } = await script("print-environment.ts", []);
    const own = `${exports}\nnode scripts/print-environment.ts --stack ${other.name}`;
    const { stdout } = await execa("bash", ["-c", own], {
      ...{ cwd: root, preferLocal: true, localDir: root },
      env: { SLIPWAY_LOCAL_STACK: local.name },
    });
    expect(stdout).toMatch(/^unset PULUMI_BACKEND_URL$/m);
    expect(stdout).toMatch(/^unset PULUMI_CONFIG_PASSPHRASE_FILE$/m);
    expect(stdout).toMatch(/^unset PULUMI_OPTION_CONFIG_FILE$/m);
    expect(stdout).not.toContain(local.files);
  });

  it("says nothing of plugins, names the stack in what to type, and leaves credentials alone", async () => {
    const home = {
      HOME: mkdtempSync(join(directory, "home-")),
      // The toolchain is kept there.
      XDG_CACHE_HOME: process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"),
    };
    const key = ["config", "set", "--secret", "slipway:releaseKey", "0123456789abcdef".repeat(2)];
    await script("run-pulumi.ts", ["--stack", other.name, ...key], home);
    const words = ["--stack", other.name, "preview", "--non-interactive"];
    const { all } = await script("run-pulumi.ts", words, home);
    expect(all).toContain(`type     npm run pulumi -- --stack ${other.name} config set`);
    expect(all).not.toMatch(/warning|plugin/);
    const login = ["--stack", other.name, "login", backend];
    const { exitCode } = await script("run-pulumi.ts", login, home);
    expect(exitCode).toBe(0);
    expect(readFileSync(join(home.HOME, ".pulumi/credentials.json"), "utf8")).toContain(backend);
  });
});

describe("a daily command", () => {
  const commands: [script: string, ...words: string[]][] = [
    ["show-status.ts"],
    ["show-status.ts", "--json"],
    ["show-logs.ts"],
    ["run-command.ts", "true"],
    ["open-psql.ts", "-c", "select 1"],
    ["set-maintenance.ts", "on"],
  ];
  const configure = (host: object) => {
    const config = {
      "slipway:host": host,
      "slipway:images": { helper },
      "slipway:edge": { mode: "shared" },
      "slipway:services": { api: { port: 80, hosts: ["localhost"] } },
    };
    writeFileSync(otherFile, stringify({ config }));
  };

  it.each(commands)(
    "%s %s makes nothing on a host that has nothing of the stack",
    async (name, ...words) => {
      const state = join(directory, "host");
      configure({ socket, directory: state });
      const { stdout, stderr } = await script(name, [...words, "--stack", other.name]);
      if (!words.includes("--json"))
        expect(stdout + stderr).toMatch(/^[^\n]*[Tt]ype: npm run pulumi -- up[^\n]*$/);
      expect(existsSync(state)).toBe(false);
    },
  );

  it.each(commands)(
    "%s %s says in one line that the engine does not answer",
    async (name, ...words) => {
      configure({ socket: `unix://${directory}/none.sock` });
      const { exitCode, stdout, stderr } = await script(name, [...words, "--stack", other.name]);
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
      expect(stderr).toMatch(
        /^slipway: the Docker engine at unix:\S+ does not answer; start it[^\n]*$/,
      );
    },
  );
});
