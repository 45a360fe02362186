import { readFileSync, statSync } from "node:fs";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { docker, eventually, TestStack } from "./stack.ts";

const stack = new TestStack();
let release: string;

beforeAll(async () => {
  await stack.prepare();
  const { exitCode, all } = await stack.script("run-quickstart.ts");
  if (exitCode !== 0) throw new Error(all);
  release = JSON.parse((await stack.ask("/")).body).release;
});

afterAll(() => stack.takeDown());

describe("status", () => {
  it("says what runs, which release, since when, healthy, and how full", async () => {
    const { exitCode, stdout } = await stack.script("show-status.ts");
    expect(exitCode).toBe(0);
    for (const name of ["edge", "postgres", "redis", "api", "worker", "beat"]) {
      expect(stdout).toMatch(new RegExp(`${name} .*running.*min.*MiB`));
    }
    expect(stdout).toContain(`release ${release} is live`);
    expect(stdout).toMatch(/volume slipway-\S+-postgres: \d/);
    expect(stdout).toMatch(/disk of the host: \d+% full/);
  });

  it("shows a container that is down", async () => {
    const [id = ""] = await stack.containers("beat");
    await docker("stop", id);
    expect((await stack.script("show-status.ts")).stdout).toMatch(/beat .*exited/);
    await docker("start", id);
  });

  it("says of a stack that is not there what to type", async () => {
    const { exitCode, stderr } = await stack.script("show-status.ts", "--stack", "nowhere");
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^slipway: there is no stack 'nowhere'.*\n?$/);
  });
});

it("a stack whose configuration lacks something is named with what to type", async () => {
  const { exitCode, stderr } = await stack.script("show-status.ts", "--stack", "staging");
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(
    /^slipway: .*Pulumi\.staging\.yaml.*npm run images -- --stack staging\n?$/,
  );
});

describe("logs", () => {
  it("shows one service's lines, and names the others when there is no such service", async () => {
    const { stdout } = await stack.script("show-logs.ts", "beat", "--tail", "20");
    expect(stdout.split("\n").every((line) => line.startsWith(`beat ${release}`))).toBe(true);
    const { exitCode, stderr } = await stack.script("show-logs.ts", "frontend");
    expect(exitCode).toBe(1);
    expect(stderr).toContain("it has edge, postgres, redis, api, worker, beat");
  });

  it("follows", async () => {
    const following = stack.script("show-logs.ts", "beat", "-f", "--tail", "0");
    const { value } = await following.iterable({ from: "stdout" })[Symbol.asyncIterator]().next();
    following.kill("SIGTERM");
    await following;
    expect(value).toContain("beat");
  });
});

describe("exec", () => {
  it("runs in a fresh container of the live release and gives its exit status", async () => {
    const { stdout } = await stack.script(
      "run-command.ts",
      "sh",
      "-c",
      "hostname; echo $SLIPWAY_RELEASE; id -u; ls /run/secrets",
    );
    const [hostname = "", ...rest] = stdout.split("\n");
    expect(rest).toEqual([release, "10001", "DATABASE_URL", "JWT_SECRET_KEY", "REDIS_URL"]);
    const { stdout: running } = await docker("ps", "--all", "--quiet");
    expect(running).not.toContain(hostname);
    expect((await stack.script("run-command.ts", "--", "sh", "-c", "exit 3")).exitCode).toBe(3);
  });

  it("reaches the database as the application does", async () => {
    const { stdout } = await stack.script("run-command.ts", "alembic", "current");
    expect(stdout).toContain("(head)");
  });
});

it("psql asks the stack's own database", async () => {
  const { stdout } = await stack.script(
    "open-psql.ts",
    "-At",
    "-c",
    "select count(*) >= 0 from orders",
  );
  expect(stdout).toBe("t");
});

describe("maintenance", () => {
  it("puts a page with 503 and Retry-After at the edge, and takes it away", async () => {
    const on = await stack.script("set-maintenance.ts", "on", "--retry-after", "120");
    expect(on.exitCode, on.all).toBe(0);
    const answer = await eventually("the page", 10, async () => {
      const { status, headers, body } = await stack.ask("/api/v1/orders");
      return status === 503 && body ? { headers, body } : undefined;
    });
    expect(answer.headers["retry-after"]).toBe("120");
    expect(answer.body).toContain("<h1>Down for maintenance</h1>");
    const off = await stack.script("set-maintenance.ts", "off");
    expect(off.exitCode, off.all).toBe(0);
    await eventually("service again", 10, async () =>
      (await stack.ask("/")).status === 200 ? true : undefined,
    );
  });

  it("says what to type when neither on nor off was", async () => {
    const { exitCode, stderr } = await stack.script("set-maintenance.ts", "perhaps");
    expect(exitCode).toBe(1);
    expect(stderr).toContain("npm run maintenance -- on|off");
  });
});

describe("pulumi", () => {
  it("is the CLI with the local stack's back-end, configuration and passphrase", async () => {
    const { stdout } = await stack.pulumi("stack", "output", "release");
    expect(stdout).toBe(release);
    expect(statSync(`${stack.files}/passphrase`).mode & 0o777).toBe(0o600);
    const { stdout: ignored } = await execa("git", [
      "check-ignore",
      `${stack.files}/passphrase`,
      stack.configFile,
    ]);
    expect(ignored.split("\n")).toHaveLength(2);
  });

  it("is the same by hand after the exports of env", async () => {
    const { stdout: exports } = await stack.script("print-environment.ts");
    const script = `${exports}\npulumi stack output release && pulumi config get slipway:transport`;
    const { stdout } = await execa("bash", ["-c", script], {
      env: { HOME: process.env.HOME },
      extendEnv: false,
    });
    expect(stdout.split("\n")).toEqual([release, "copy"]);
    expect(readFileSync(stack.configFile, "utf8")).toContain("slipway:transport: copy");
  });
});
