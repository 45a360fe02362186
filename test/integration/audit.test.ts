import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resolveImages } from "../../scripts/images/resolve-images.ts";
import { audit, heal, lines } from "./audit.ts";
import { docker, eventually, TestStack } from "./stack.ts";

const stack = new TestStack();
const { name } = stack;
const directory = `/var/lib/slipway/${name}`;
const routes = `/var/lib/slipway/edges/edge-${name}/dynamic`;
const edge = `slipway-edge-${name}`;
let helper: string;
let release: string;

beforeAll(async () => {
  helper = (await resolveImages({ detail: () => {}, note: console.info })).helper;
  await stack.prepare();
  const { exitCode, all } = await stack.script("run-quickstart.ts");
  if (exitCode !== 0) throw new Error(all);
  release = (await stack.pulumi("stack", "output", "release")).stdout;
});
afterAll(() => stack.takeDown());

/** Docker's name of the stack's container of a role. */
async function container(role: string): Promise<string> {
  const [id = ""] = await stack.containers(role);
  return (await docker("inspect", "--format", "{{.Name}}", id)).stdout.slice(1);
}

/** Runs a shell script as root where the files of the host are /host. */
const onHost = (script: string) =>
  docker(
    "run",
    "--rm",
    "--user",
    "0:0",
    "--volume",
    "/var/lib/slipway:/host",
    helper,
    "sh",
    "-euc",
    script,
  );

// biome-ignore lint/suspicious/noExplicitAny: a state has any shape
async function editState(edit: (deployment: any) => void): Promise<() => Promise<void>> {
  const { stdout } = await stack.pulumi("stack", "export");
  const file = join(stack.directory, "state.json");
  const put = async (text: string) => {
    writeFileSync(file, text);
    const { exitCode, all } = await stack.pulumi("stack", "import", "--file", file, "--force");
    expect(exitCode, all).toBe(0);
    rmSync(file);
  };
  const state = JSON.parse(stdout);
  edit(state.deployment);
  await put(JSON.stringify(state));
  return () => put(stdout);
}

const isClean = async () => expect(lines(await audit(stack))).toEqual([]);

/** Something that a person does by hand, and what the audit is to say of it. */
type Drift = [make: () => Promise<unknown>, ...told: string[]];

it("of a stack that is up finds nothing, in seconds", async () => {
  await isClean();
  const { seconds, certificates } = await audit(stack);
  console.info(`an audit of the whole environment took ${seconds} s`);
  expect(seconds).toBeLessThan(20);
  expect(certificates).toEqual([{ name: "localhost", daysLeft: expect.any(Number) }]);
  expect((await stack.script("audit-stack.ts")).stdout).toContain("all is as it was deployed");
});

const of = (consumer: string) => `container ${name}-${consumer}-${release}-1`;
const file = (path: string) => `file file ${name}/${path}`;
const secrets = () => `releases/${release}/secrets`;
const network = (end: string) => `slipway-${name}-${end}`;
const stranger = "one that the state does not know";

const byEngine = (): Drift[] => [
  [async () => docker("rm", "--force", await container("worker")), `program ${of("worker")}: gone`],
  [async () => docker("stop", await container("beat")), `container ${of("beat")}: state: exited`],
  [
    async () => docker("update", "--restart", "no", await container("redis")),
    "container container redis-server: restart policy: no",
  ],
  [
    async () =>
      docker("update", "--memory", "300m", "--memory-swap", "300m", await container("redis")),
    "container container redis-server: memory in bytes: 314572800",
    "container container redis-server: memory with swap: 314572800",
  ],
];

const byDocker = (): Drift[] => [
  [
    async () => docker("update", "--pids-limit", "999", await container("service")),
    `container ${of("api")}: processes at most: 999`,
  ],
  [
    async () => docker("update", "--cpu-shares", "2", await container("service")),
    `container ${of("api")}: share of a processor: 2`,
  ],
  [
    async () => docker("network", "disconnect", network("data"), await container("service")),
    `container ${of("api")}: network ${network("data")}: not on it`,
  ],
  [
    async () => {
      const worker = await container("worker");
      await docker("network", "disconnect", network("edge"), worker);
      await docker("network", "connect", network("edge"), worker);
    },
    `container ${of("worker")}: network ${network("edge")}: does not`,
  ],
  [
    async () => docker("network", "connect", "bridge", await container("postgres")),
    "container container postgres-server: network bridge: on it",
  ],
];

const byScripts = (): Drift[] => [
  [() => docker("network", "disconnect", network("edge"), edge), `edge edge ${edge}: not on it`],
  [
    async () => writeFileSync(`${routes}/${name}.yml`, "http: {}\n"),
    `edge routes edges/edge-${name}/dynamic/${name}.yml of ${edge}: another text`,
  ],
  [
    () => onHost(`echo other >/host/${name}/${secrets()}/api/DATABASE_URL`),
    `${file(`${secrets()}/api/DATABASE_URL`)}: another text`,
  ],
  [
    () => onHost(`rm /host/${name}/${secrets()}/worker/REDIS_URL`),
    `${file(`${secrets()}/worker/REDIS_URL`)}: gone`,
  ],
  [
    () => onHost(`chmod 0444 /host/${name}/postgres/password`),
    `${file("postgres/password")}: mode 0444`,
  ],
  [
    () => onHost(`chown 0:0 /host/${name}/redis/users.acl`),
    `${file("redis/users.acl")}: owner 0:0`,
  ],
];

const bySwitch = (): Drift[] => [
  [
    async () => rmSync(`${routes}/${name}.yml`),
    `edge routes edges/edge-${name}/dynamic/${name}.yml of ${edge}: gone`,
  ],
  [
    async () => writeFileSync(`${directory}/live/release`, "ffffffff\n"),
    `release marker ${name}/live/release: ffffffff`,
  ],
];

const byHand = (): Drift[] => [
  [
    async () => writeFileSync(`${routes}/x.toml`, ""),
    `edge file edges/edge-${name}/dynamic/x.toml: of no environment`,
  ],
  [
    () => onHost(`echo x >/host/${name}/${secrets()}/api/MORE`),
    `${file(`${secrets()}/api/MORE`)}: put there by somebody else`,
  ],
  [
    () => onHost(`mkdir /host/${name}/releases/ffffffff`),
    `release file ${name}/releases/ffffffff: left by a deploy that was killed`,
  ],
  [
    () =>
      docker(
        ...["run", "--detach", "--init", "--name", `${name}-guest`],
        ...["--network", network("data"), helper, "sleep", "600"],
      ),
    `stranger container ${name}-guest: on the environment's networks`,
  ],
  [
    () => docker("volume", "create", network("more")),
    `stranger volume ${network("more")}: ${stranger}, with what is in it`,
  ],
  [
    () => docker("network", "create", network("more")),
    `stranger network ${network("more")}: ${stranger}`,
  ],
];

const byRecovery = (): Drift[] => [
  [
    async () => writeFileSync(`${directory}/journal/deploy`, "1 2026-01-01T00:00:00Z ann@vm\n"),
    `release ${name}/journal/deploy: a deploy that did not end`,
  ],
  [
    async () => {
      const labels = { stack: name, role: "service", name: "api", release };
      const flags = Object.entries(labels).map(([key, value]) => `--label=slipway.${key}=${value}`);
      await docker("create", "--name", `${name}-stray`, ...flags, helper);
    },
    `stranger container ${name}-stray: a service that the state does not know`,
  ],
  [
    async () => {
      // An import would take them out.
      const file = join(stack.files, `state/.pulumi/stacks/slipway/${name}.json`);
      const state = JSON.parse(readFileSync(file, "utf8"));
      const { latest } = state.checkpoint;
      const [resource] = latest.resources.slice(-1);
      latest.pending_operations = [{ type: "updating", resource }];
      writeFileSync(file, JSON.stringify(state));
    },
    "state command switch: not ended (updating)",
  ],
  [
    async () => {
      const locks = join(stack.files, "state/.pulumi/locks/organization/slipway", name);
      mkdirSync(locks, { recursive: true });
      const owner = { pid: 4194303, username: "ann", hostname: hostname() };
      const lock = { ...owner, timestamp: "2026-01-01T00:00:00Z" };
      writeFileSync(join(locks, "1.json"), JSON.stringify(lock));
    },
    `state lock: left by process 4194303 of ann@${hostname()}, dead, from 2026-01-01T00:00:00.000Z`,
  ],
];

describe("is put right by what it says", () => {
  it.each([
    ["the engine brings back", byEngine],
    ["a command of Docker's changes", byDocker],
    ["a script writes again", byScripts],
    ["a switch writes again", bySwitch],
    ["a person has to remove", byHand],
    ["a killed deploy left", byRecovery],
  ])("what %s", async (_, drifts) => {
    const told: string[] = [];
    for (const [make, ...found] of drifts()) {
      await make();
      told.push(...found);
    }
    const report = await audit(stack);
    expect(lines(report).sort()).toEqual(told.sort());
    const types = new Set(report.findings.map(({ type }) => type));
    for (const type of types) await heal(stack, type);
    await isClean();
    await eventually("the service answers", 20, async () =>
      (await stack.ask("/").catch(() => undefined))?.status === 200 ? true : undefined,
    );
  });

  it("an edge that is stopped", async () => {
    await docker("stop", edge);
    const report = await audit(stack);
    expect(lines(report)).toEqual(["container container edge-server: state: exited"]);
    expect(report.certificates).toEqual([{ name: "localhost", daysLeft: null }]);
    await heal(stack, report.findings[0]?.type ?? "");
    await isClean();
  });
});

describe("finds in the state", () => {
  // biome-ignore lint/suspicious/noExplicitAny: a state has any shape
  const find = (deployment: any, what: string) =>
    deployment.resources.find(({ urn }: { urn: string }) => urn.endsWith(`::${what}`));
  const redis = "container redis-server";

  // biome-ignore lint/suspicious/noExplicitAny: a state has any shape
  it.each<[string, (deployment: any) => void, string[]]>([
    [
      "what was changed there without the container: variables, mounts, labels",
      (deployment) => {
        const { inputs } = find(deployment, "redis-server");
        inputs.envs = ["DEBUG=1"];
        inputs.volumes[1].readOnly = false;
        inputs.labels[0].value = "other";
        inputs.tmpfs["/tmp"] = "rw";
      },
      [
        `container ${redis}: variable DEBUG: not set`,
        `container ${redis}: label slipway.stack: another value`,
        `container ${redis}: tmpfs /tmp: another value`,
        `container ${redis}: mount /run/secrets: ${directory}/redis read-only`,
      ],
    ],
    [
      "an image that is another one",
      (deployment) => {
        find(deployment, "redis-server").inputs.image = helper;
      },
      [`container ${redis}: image: made of sha256:`],
    ],
    [
      "what is still to be deleted",
      (deployment) => {
        const old = structuredClone(find(deployment, "redis-server"));
        deployment.resources.push({ ...old, id: "f".repeat(64), delete: true });
      },
      [`state ${redis}: still to be deleted`],
    ],
    [
      "what failed when it was made",
      (deployment) => {
        find(deployment, "redis-server").initErrors = ["it did not start"];
      },
      [`state ${redis}: made, and then failed (it did not start)`],
    ],
  ])("%s", async (_, edit, told) => {
    const putBack = await editState(edit);
    const found = lines(await audit(stack));
    for (const each of told) expect(found).toContainEqual(expect.stringContaining(each));
    await putBack();
    await isClean();
  });
});

it("the program, when it declares something else than was deployed", async () => {
  const set = (level: string) =>
    stack.pulumi("config", "set", "--path", "slipway:settings.LOG_LEVEL", level);
  await set("DEBUG");
  const found = lines(await audit(stack));
  expect(found).toContainEqual(
    expect.stringMatching(/^program container \S+-api-\S+-1: not deployed$/),
  );
  expect(found).toContain(`program container ${name}-api-${release}-1: deployed`);
  await set("INFO");
  await isClean();
});

it("a page for maintenance is a warning", async () => {
  await stack.script("set-maintenance.ts", "on");
  const report = await audit(stack);
  expect(report).toMatchObject({ drift: false, findings: [{ kind: "edge", severity: "warning" }] });
  await heal(stack, report.findings[0]?.type ?? "");
  await isClean();
});

it("a deploy at work is named, and what it has half made is no drift", async () => {
  await stack.pulumi("config", "set", "--path", "slipway:deploy.soakSeconds", "30");
  await stack.pulumi("config", "set", "--path", "slipway:settings.LOG_LEVEL", "DEBUG");
  const deploying = stack.up();
  await eventually("the new release serves", 120, async () => {
    const { headers } = await stack.ask("/");
    return headers["x-slipway-release"] === release ? undefined : true;
  });
  const report = await audit(stack);
  expect(report).toMatchObject({ drift: false, findings: [] });
  expect(report.deploy).toMatch(/^a deploy by .+ since 20/);
  expect(report.leftOut).toContain("program");
  const { exitCode, stderr } = await stack.script("audit-stack.ts", "--redo");
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining("is at work")]);
  await deploying;
  await isClean();
});

it("what cannot be looked at is one line, and exit status 1", async () => {
  const { exitCode, stdout, stderr } = await stack.script("audit-stack.ts", "--stack", "nowhere");
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
  expect(stderr.split("\n")).toHaveLength(1);
});
