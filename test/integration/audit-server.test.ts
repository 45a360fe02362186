import { execa } from "execa";
import { afterAll, beforeAll, expect, it } from "vitest";
import { resolveImages } from "../../scripts/images/resolve-images.ts";
import { type PreparedVps, startPreparedVps } from "../../scripts/vps/prepared-vps.ts";
import { removeImages, smallImage } from "../small-image.ts";
import { until } from "../throw-away.ts";
import { audit, lines } from "./audit.ts";
import { armCron } from "./backups/arm-cron.ts";
import type { TestStack } from "./stack.ts";
import { makeVpsStack } from "./vps-stack.ts";

let vps: PreparedVps;
let stack: TestStack;
let images: string[];
let cron: Awaited<ReturnType<typeof armCron>>;

beforeAll(async () => {
  const { helper } = await resolveImages({ detail: () => {}, note: console.info });
  images = await Promise.all(["a", "b", "c"].map((text) => smallImage(helper, text)));
  vps = await startPreparedVps();
  cron = await armCron(vps);
  stack = await makeVpsStack(vps, images[0] as string, (config) =>
    config.setIn(["config", "slipway:deploy"], { soakSeconds: 0, drainSeconds: 1 }),
  );
  for (const image of images) {
    await stack.pulumi("config", "set", "--path", "slipway:app.image", image);
    await stack.up();
  }
});
afterAll(async () => {
  await stack?.takeDown();
  await vps?.stop();
  await removeImages(...images);
});

it("over SSH finds nothing on a server where all is as it was deployed", async () => {
  const before = await vps.accepted();
  const report = await audit(stack);
  expect(lines(report)).toEqual([]);
  console.info(
    `over SSH it took ${report.seconds} s and ${(await vps.accepted()) - before} connections`,
  );
});

it("finds a timer that is off, and a watchdog of another version", async () => {
  await vps.run("systemctl", "disable", "--now", "slipway-watchdog.timer");
  await vps.run("sh", "-c", "echo true >>/usr/local/lib/slipway/watchdog.sh");
  const report = await audit(stack);
  expect(lines(report)).toEqual([
    "server watchdog: its script: not so",
    "server watchdog: armed, and at each start: not so",
  ]);
  expect(report.findings[0]?.type).toMatch(
    /^npm run prepare-host -- --stack \S+ root@127\.0\.0\.1$/,
  );
  await vps.run("sed", "-i", "$d", "/usr/local/lib/slipway/watchdog.sh");
  await vps.run("systemctl", "enable", "--now", "slipway-watchdog.timer");
  expect(lines(await audit(stack))).toEqual([]);
});

it("finds an image that was run once and that nothing keeps", async () => {
  const [first = ""] = images;
  const saved = execa("docker", ["save", first], { encoding: "buffer" });
  await saved.pipe("docker", ["exec", "--interactive", vps.container, "docker", "load"]);
  const report = await audit(stack);
  expect(lines(report)).toEqual([`image image ${first}: kept by no release, nor for a rollback`]);
  expect(report.findings[0]?.type).toBe(`on its host: docker image rm ${first}`);
  await vps.run("docker", "image", "rm", first);
  expect(lines(await audit(stack))).toEqual([]);
});

it("finds that nothing runs backups: a timer of the login that deploys does, when nobody is logged in", async () => {
  await stack.pulumi("config", "set", "--path", "slipway:postgres.mode", "own");
  await stack.up();
  const { user } = vps.host;
  const systemctl = (...words: string[]) => {
    const id = `$(id -u ${user})`;
    const script = `runuser -u ${user} -- env XDG_RUNTIME_DIR=/run/user/${id} systemctl --user ${words.join(" ")}`;
    return vps.run("sh", "-euc", script);
  };
  const unit = `slipway-backup-${stack.name}`;
  const status = async () => (await stack.script("show-status.ts")).all;
  // The first one is begun by the deploy, as the timer's service.
  await until(
    async () => /^backup in repository 1: \d{8}-\d{6}F, /m.exec(await status()) ?? undefined,
    120,
  );
  await until(
    async () =>
      (await systemctl("show", "-P", "ActiveState", unit)).includes("inactive") ? true : undefined,
    120,
  );
  expect(await systemctl("list-timers", "--all", "--no-legend")).toContain(`${unit}.timer`);
  expect(lines(await audit(stack))).toEqual([]);
  await systemctl("disable", "--now", `${unit}.timer`);
  const report = await audit(stack);
  expect(lines(report)).toEqual(["backup what runs backups: nothing does"]);
  expect((await stack.script("audit-stack.ts", "--redo")).exitCode).toBe(0);
  await stack.up();
  expect(lines(await audit(stack))).toEqual([]);
});

it("cron runs backups where the login that deploys has no timers, at their time", async () => {
  const runs = () => vps.run("cat", `${cron.directory}/runs`);
  expect(await until(async () => /apply\napply/.exec(await runs())?.[0], 150)).toBeTruthy();
  await cron.remove();
  expect(await vps.run("crontab", "-l")).toBe("0 0 1 1 * true");
});

it("says in one line that the server is away", async () => {
  const port = ["--path", "slipway:host.port"];
  await stack.pulumi("config", "set", ...port, "1");
  const { exitCode, stdout, stderr } = await stack.script("audit-stack.ts");
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
  expect(stderr).toMatch(/^slipway: the host 127\.0\.0\.1 \(port 1\) does not answer to SSH.*$/);
  await stack.pulumi("config", "set", ...port, String(vps.host.port));
});
