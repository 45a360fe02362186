import { cpSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, it } from "vitest";
import { eventually } from "../stack.ts";
import { type Deployments, makeDeployments } from "./deployments.ts";
import { holdersOf, signal } from "./processes.ts";

let tiny: Deployments;

beforeAll(async () => {
  tiny = await makeDeployments();
  await tiny.deployWell();
});
afterAll(() => tiny?.stack.takeDown());

/** The CLI as another checkout has it, which knows nothing of this one's locks: with a copy of the state. */
async function elsewhere() {
  const state = join(tiny.stack.directory, "state");
  cpSync(join(tiny.stack.files, "state"), state, { recursive: true });
  const { stdout: exports } = await tiny.stack.script("print-environment.ts");
  const backend = `export PULUMI_BACKEND_URL='file://${state}?metadata=skip'`;
  return (words: string) =>
    execa("bash", ["-c", `${exports}\n${backend}\nexec pulumi ${words} --non-interactive`], {
      ...{ cwd: join(import.meta.dirname, "../../.."), all: true, reject: false },
    });
}

it("of two deploys at once one is refused and changes nothing, and the next one works", async () => {
  const { stack } = tiny;
  const pulumi = await elsewhere();
  tiny.configure({ "deploy.soakSeconds": 2 });
  const first = tiny.deploy();
  await eventually("the first has switched", 60, async () =>
    tiny.journal().at(-1)?.event === "handed-over" ? true : undefined,
  );
  // It stays at work for as long as this takes.
  const script = holdersOf(join(tiny.directory, "live"));
  expect(script).not.toEqual([]);
  signal(script, "SIGSTOP");
  const release = tiny.live();
  try {
    const containers = await tiny.containers();

    const preview = await tiny.up(() => pulumi("preview"));
    expect(preview.exitCode, preview.all).toBe(0);
    expect(preview.events).toEqual([]);

    // Another release: what is refused would be to be seen.
    tiny.configure({ "services.web.settings.MARK": "second" });
    const second = await tiny.up(() => pulumi("up --yes --skip-preview"));
    expect(second.exitCode).not.toBe(0);
    expect(second.all).toMatch(
      new RegExp(
        `error: another deploy of ${stack.name} is at work, by \\S+@\\S+ since \\S+Z \\([0-9a-f]{8}\\); wait for its end; nothing was changed$`,
        "m",
      ),
    );
    // A machine that has other work needs long for a preview as well.
    expect(second.seconds).toBeLessThan(Math.max(5, preview.seconds + 4));
    expect(second.events.map(({ event }) => event)).toEqual(["refused"]);
    expect(await tiny.containers()).toEqual(containers);
  } finally {
    signal(script, "SIGCONT");
  }
  const { exitCode, all } = await first;
  expect(exitCode, all).toBe(0);
  expect(tiny.live()).toBe(release);
  tiny.configure({ "deploy.soakSeconds": 0 });
  const next = await tiny.up();
  expect(next.exitCode, next.all).toBe(0);
  expect(tiny.live()).not.toBe(release);
});

it("is given back by a deploy that fails", async () => {
  const failed = await tiny.deploy({ CRASHES: "yes" });
  expect(failed.exitCode).not.toBe(0);
  await tiny.deployWell();
});

it("a deploy that changes nothing notes nothing", async () => {
  const { exitCode, all, events } = await tiny.up();
  expect(exitCode, all).toBe(0);
  expect(all).toMatch(/\d+ unchanged/);
  expect(events).toEqual([]);
});

it("ends when what holds the lease for it is killed", async () => {
  tiny.configureRelease();
  const served = tiny.live();
  const deploy = tiny.up();
  await eventually("it has begun", 60, async () =>
    tiny.journal().at(-1)?.event === "begun" ? true : undefined,
  );
  signal(holdersOf(join(tiny.directory, "journal")), "SIGKILL");
  const { exitCode, all } = await deploy;
  expect(exitCode).not.toBe(0);
  expect(all).toContain(`error: the lease of ${tiny.stack.name} on its host was lost`);
  expect(tiny.live()).toBe(served);
  const recovered = await tiny.stack.script("recover-stack.ts");
  expect(recovered.exitCode, recovered.all).toBe(0);
  await tiny.deployWell();
});
