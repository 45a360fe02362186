import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resolveImages } from "../../scripts/images/resolve-images.ts";
import { audit, heal, lines } from "./audit.ts";
import { driftsOf } from "./audit-drifts.ts";
import { docker, eventually, TestStack } from "./stack.ts";

const stack = new TestStack();
const { name } = stack;
const directory = `/var/lib/slipway/${name}`;
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

it("of a stack that is up finds nothing, in seconds", async () => {
  await isClean();
  const { seconds, certificates } = await audit(stack);
  console.info(`an audit of the whole environment took ${seconds} s`);
  expect(seconds).toBeLessThan(20);
  expect(certificates).toEqual([{ name: "localhost", daysLeft: expect.any(Number) }]);
  expect((await stack.script("audit-stack.ts")).stdout).toContain("all is as it was deployed");
});

describe("is put right by what it says", () => {
  it.each([
    "the engine brings back",
    "a command of Docker's changes",
    "a script writes again",
    "a switch writes again",
    "a person has to remove",
    "a killed deploy left",
  ] as const)("what %s", async (who) => {
    const told: string[] = [];
    for (const [make, ...found] of driftsOf(stack, release, helper)[who]) {
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
