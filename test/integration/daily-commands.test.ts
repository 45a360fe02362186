import { existsSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resolveImages } from "../../scripts/images/resolve-images.ts";
import { docker, TestStack } from "./stack.ts";

const stack = new TestStack();
let release: string;

beforeAll(async () => {
  const { python } = await resolveImages({ detail: () => {}, note: () => {} });
  await stack.prepare((model) => {
    const services = ["config", "slipway:services"];
    const api = model.getIn([...services, "api"]);
    // Another image, and first of all: what takes any service for the application takes this one.
    const command = ["python3", "-m", "http.server", "--directory", "/usr/share", "8000"];
    const probes = { liveness: "/", readiness: "/" };
    const about = { image: python, command, port: 8000, probes };
    model.setIn(services, model.createNode({ about }));
    model.setIn([...services, "api"], api);
  });
  const { exitCode, all } = await stack.script("run-quickstart.ts");
  if (exitCode !== 0) throw new Error(all);
  release = JSON.parse((await stack.ask("/")).body).release;
});

afterAll(() => stack.takeDown());

describe("status", () => {
  it("says what runs, which release, since when, healthy, and how full", async () => {
    const { exitCode, stdout } = await stack.script("show-status.ts");
    expect(exitCode).toBe(0);
    for (const name of ["edge", "postgres", "redis", "about", "api", "worker", "beat"]) {
      expect(stdout).toMatch(new RegExp(`${name} .*running.*min.*MiB`));
    }
    expect(stdout).toContain(`release ${release} is live`);
    const volumes = [...stdout.matchAll(/^volume (\S+): \d/gm)].map(([, name]) => name);
    const kept = ["backups", "postgres", "redis", "uploads"].map(
      (name) => `slipway-${stack.name}-${name}`,
    );
    expect(volumes).toEqual(kept);
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

it("what only reads needs no passphrase", async () => {
  const passphrase = `${stack.files}/passphrase`;
  renameSync(passphrase, `${passphrase}.away`);
  try {
    for (const [script = "", ...words] of [
      ["show-status.ts"],
      ["show-logs.ts", "beat"],
      ["run-command.ts", "true"],
      ["open-psql.ts", "--version"],
    ]) {
      const { exitCode, stderr } = await stack.script(script, ...words);
      expect({ script, exitCode, stderr }).toEqual({ script, exitCode: 0, stderr: "" });
    }
  } finally {
    renameSync(`${passphrase}.away`, passphrase);
  }
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
    expect(stderr).toContain("it has edge, postgres, redis, about, api, worker, beat");
  });

  it("shows all containers in the order of time", async () => {
    const { stdout } = await stack.script("show-logs.ts", "--tail", "all");
    const lines = stdout
      .split("\n")
      .map((line) => /^(\S+) .*"timestamp": "([^"]+)"/.exec(line) ?? [])
      .flatMap(([, name, time]) => (name && time ? [{ name, at: Date.parse(time) }] : []));
    const turns = lines.filter(({ name }, index) => name !== lines[index - 1]?.name);
    expect(new Set(lines.map(({ name }) => name))).toEqual(new Set(["api", "worker", "beat"]));
    expect(turns.length).toBeGreaterThan(4);
    // The application takes its time before Docker does.
    for (const [index, { at }] of lines.entries())
      expect(at).toBeGreaterThan((lines[index - 1]?.at ?? 0) - 200);
  });

  it("ends quietly when nobody reads on", async () => {
    const logs = stack.script("show-logs.ts", "--tail", "all");
    logs.stdout?.destroy();
    const { exitCode, stderr } = await logs;
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
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

  it("takes the service that is asked for, and names those that there are", async () => {
    const about = await stack.script("run-command.ts", "--service", "about", "ls", "/run/secrets");
    expect([about.exitCode, about.all]).toEqual([0, ""]);
    const { exitCode, stderr } = await stack.script("run-command.ts", "--service=web", "true");
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^slipway: .* has no 'web' to run it as; it has api, worker, about$/);
  });

  it("leaves the command's own options to it", async () => {
    const { stdout } = await stack.script(
      "run-command.ts",
      "printf",
      "%s ",
      "-s",
      "--service",
      "x",
    );
    expect(stdout).toBe("-s --service x ");
    const apart = await stack.script("run-command.ts", "--", "echo", "--stack", "x", "--help");
    expect(apart.stdout).toBe("--stack x --help");
  });

  it("reaches the database as the application does", async () => {
    const { stdout } = await stack.script("run-command.ts", "alembic", "current");
    expect(stdout).toContain("(head)");
  });
});

describe("psql", () => {
  const ask = (statement: string, ...words: string[]) =>
    stack.script("open-psql.ts", ...words, "-At", "-c", statement);

  it("asks the stack's own database", async () => {
    expect((await ask("select count(*) >= 0 from orders")).stdout).toBe("t");
    expect((await ask("select current_user")).stdout).toBe("postgres");
  });

  it("asks it by a login that can only read, when that is wanted", async () => {
    const { stdout } = await ask("select current_user, count(*) >= 0 from orders", "--read-only");
    expect(stdout).toBe("readonly_g1|t");
    const { exitCode, stderr } = await ask("delete from orders", "--read-only");
    expect(exitCode).toBe(1);
    expect(stderr).toContain("read-only transaction");
  });
});

describe("maintenance", () => {
  it("puts a page with 503 and Retry-After at the edge, and takes it away", async () => {
    const on = await stack.script("set-maintenance.ts", "on", "--retry-after", "120");
    expect(on.exitCode, on.all).toBe(0);
    const { status, headers, body } = await stack.ask("/api/v1/orders");
    expect([status, headers["retry-after"]]).toEqual([503, "120"]);
    expect(body).toContain("<h1>Down for maintenance</h1>");
    const logs = await stack.script("show-logs.ts");
    expect(logs.all).not.toMatch(/maintenance|does not support reading/);
    const off = await stack.script("set-maintenance.ts", "off");
    expect(off.exitCode, off.all).toBe(0);
    expect((await stack.ask("/")).status).toBe(200);
  });

  it.each(["on", "off"])("says so when the edge does not answer: %s", async (wanted) => {
    const edge = `slipway-edge-${stack.name}`;
    await docker("stop", edge);
    const { exitCode, stderr } = await stack.script("set-maintenance.ts", wanted);
    await docker("start", edge);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /^slipway: https:\/\/localhost:\d+ does not answer with.* after 10 seconds; .*npm run logs -- edge$/,
    );
    expect(await stack.containers("maintenance")).toHaveLength(wanted === "on" ? 1 : 0);
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

describe("quickstart:down", () => {
  const label = `label=slipway.stack=${stack.name}`;
  const remains = async () => {
    const name = `name=slipway-${stack.name}`;
    const [containers, networks, volumes] = await Promise.all([
      docker("ps", "--all", "--quiet", "--filter", label),
      docker("network", "ls", "--quiet", "--filter", name),
      docker("volume", "ls", "--quiet", "--filter", name),
    ]);
    const edge = existsSync(`/var/lib/slipway/edges/edge-${stack.name}`);
    const files = existsSync(`/var/lib/slipway/${stack.name}`);
    return { containers, networks, volumes, edge, files };
  };

  it("takes all of a stack away whose files are gone, and says what it found", async () => {
    rmSync(stack.files, { recursive: true });
    const { exitCode, all, stdout } = await stack.script("take-down-quickstart.ts");
    expect(exitCode, all).toBe(0);
    expect(stdout).toMatch(/files are gone.* 7 containers, \d networks, 4 volumes, 2 paths/);
    const { containers, networks, volumes, ...directories } = await remains();
    expect([containers.stdout, networks.stdout, volumes.stdout]).toEqual(["", "", ""]);
    expect(directories).toEqual({ edge: false, files: false });
  });

  it("says that there is nothing, and is content", async () => {
    const { exitCode, all } = await stack.script("take-down-quickstart.ts");
    expect(exitCode).toBe(0);
    expect(all).toBe("There is no local stack, and nothing of one on the Docker engine.");
  });
});
