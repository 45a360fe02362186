import { existsSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ordersOf } from "./orders.ts";
import { docker, eventually, TestStack } from "./stack.ts";

const stack = new TestStack();

const orders = ordersOf(stack);

const inspect = async (id: string, format: string) =>
  (await docker("inspect", "--format", format, id)).stdout;

async function volumesOfStack(): Promise<string[]> {
  const { stdout } = await docker(
    "volume",
    "ls",
    "--quiet",
    "--filter",
    `name=^slipway-${stack.name}-`,
  );
  return stdout.split("\n").filter(Boolean).sort();
}

beforeAll(async () => {
  await stack.prepare();
  const { exitCode, all } = await stack.script("run-quickstart.ts");
  if (exitCode !== 0) throw new Error(all);
  expect(all).toContain(`https://localhost:${stack.httpsPort}`);
});

afterAll(() => stack.takeDown());

describe("a stack that is up", () => {
  it("answers over HTTPS with the release that is live, and sends HTTP there", async () => {
    const { status, headers, body } = await stack.ask("/");
    expect(status).toBe(200);
    const { service, environment, release } = JSON.parse(body);
    expect({ service, environment }).toEqual({ service: "erp", environment: stack.name });
    expect(headers["x-slipway-release"]).toBe(release);
    const plain = await fetch(`http://127.0.0.1:${stack.httpPort}/x?y=1`, {
      redirect: "manual",
      headers: { host: "localhost" },
    });
    expect(plain.status).toBe(301);
    expect(plain.headers.get("location")).toBe(`https://127.0.0.1:${stack.httpsPort}/x?y=1`);
  });

  it("has an order that is placed invoiced by the worker", async () => {
    const id = await orders.place("Ada");
    const invoice = await orders.invoiced(id);
    expect(invoice).toMatchObject({ amount: "12.50" });
  });

  it("has beat tick", async () => {
    const ticks = async () => JSON.parse((await stack.ask("/api/v1/ticks")).body);
    const first = (await ticks())[0]?.id ?? 0;
    await eventually("a new tick", 30, async () =>
      (await ticks())[0]?.id > first ? true : undefined,
    );
  });

  it("publishes no port but the edge's", async () => {
    for (const role of ["postgres", "redis", "service", "worker", "beat"]) {
      for (const id of await stack.containers(role)) {
        expect(await inspect(id, "{{json .HostConfig.PortBindings}}"), role).toMatch(
          /^(\{\}|null)$/,
        );
      }
    }
  });

  it("gives the database data checksums, and the application no more than its own role", async () => {
    const [server = ""] = await stack.containers("postgres");
    const ask = async (sql: string) =>
      (await docker("exec", server, "psql", "-U", "postgres", "-d", "app", "-Atc", sql)).stdout;
    expect(await ask("show data_checksums")).toBe("on");
    expect(await ask("select distinct tableowner from pg_tables where schemaname = 'public'")).toBe(
      "owner",
    );
    expect(await ask("select has_schema_privilege('app_g1', 'public', 'create')")).toBe("f");
    expect(await ask("select has_table_privilege('app_g1', 'orders', 'insert')")).toBe("t");
  });

  it("limits the processes of every container", async () => {
    for (const role of ["edge", "postgres", "redis", "service", "worker", "beat"]) {
      for (const id of await stack.containers(role)) {
        expect(Number(await inspect(id, "{{.HostConfig.PidsLimit}}")), role).toBeGreaterThan(0);
      }
    }
  });
});

describe("a second up", () => {
  it("changes nothing", async () => {
    expect(await stack.up("--expect-no-changes")).toMatch(/\d+ unchanged/);
  });

  it("leaves nothing for a refresh to find", async () => {
    const { exitCode, all } = await stack.pulumi("preview", "--refresh", "--expect-no-changes");
    expect(exitCode, all).toBe(0);
  });

  it("is a matter of seconds as a second quickstart", async () => {
    const started = Date.now();
    const { exitCode, all } = await stack.script("run-quickstart.ts");
    expect(exitCode, all).toBe(0);
    expect(Date.now() - started).toBeLessThan(20_000);
  });

  it("leaves every container healthy", async () => {
    const roles = ["edge", "postgres", "redis", "service", "worker", "beat"];
    for (const role of roles) {
      const [id, ...more] = await stack.containers(role);
      expect(more, `one ${role}`).toEqual([]);
      await eventually(`${role} is healthy`, 60, async () =>
        (await inspect(id as string, "{{.State.Health.Status}}")) === "healthy" ? true : undefined,
      );
    }
  });
});

describe("drift", () => {
  it.each(["service", "worker", "redis"])(
    "of a %s that was removed is reported and healed",
    async (role) => {
      const [id = ""] = await stack.containers(role);
      await docker("rm", "--force", id);
      const { exitCode } = await stack.pulumi("preview", "--refresh", "--expect-no-changes");
      expect(exitCode).not.toBe(0);
      await stack.up("--refresh");
      expect(await stack.containers(role)).toHaveLength(1);
      expect((await orders.invoiced(await orders.place(role))).amount).toBe("12.50");
    },
  );

  it("of a service that was stopped is reported and healed", async () => {
    const [id = ""] = await stack.containers("service");
    await docker("stop", id);
    const { exitCode } = await stack.pulumi("preview", "--refresh", "--expect-no-changes");
    expect(exitCode).not.toBe(0);
    await stack.up("--refresh");
    const running = await Promise.all(
      (await stack.containers("service")).map((each) => inspect(each, "{{.State.Running}}")),
    );
    expect(running).toEqual(["true"]);
    expect((await stack.ask("/")).status).toBe(200);
  });
});

describe("a switch whose smoke test fails", () => {
  it("puts everything back, and the next deploy needs no hand", async () => {
    const smoke = "slipway:services.api.probes.smoke[0]";
    const before = (await stack.ask("/")).headers["x-slipway-release"];
    await stack.pulumi("config", "set", "--path", smoke, "/nowhere");
    const deploying = stack.pulumi("up", "--yes", "--skip-preview");
    let isOver = false;
    void deploying.finally(() => {
      isOver = true;
    });
    const placed: number[] = [];
    while (!isOver) placed.push(await orders.place("Babbage"));
    const { exitCode, all } = await deploying;
    expect(exitCode).not.toBe(0);
    expect(all).toMatch(/the smoke test https:\/\/localhost:\d+\/nowhere answered 404/);

    const { status, headers } = await stack.ask("/");
    expect([status, headers["x-slipway-release"]]).toEqual([200, before]);
    const marker = readFileSync(`/var/lib/slipway/${stack.name}/live/release`, "utf8").trim();
    expect(marker).toBe(before);
    // None of the tasks went to the release that failed.
    const invoices = await Promise.all(placed.map(orders.invoiced));
    expect(new Set(invoices.map(({ release }) => release))).toEqual(new Set([before]));

    await stack.pulumi("config", "set", "--path", smoke, "/healthz/live");
    await stack.up();
    expect((await stack.ask("/")).headers["x-slipway-release"]).not.toBe(before);
    expect(await stack.containers("service")).toHaveLength(1);
    await orders.invoiced(await orders.place("Byron"));
  });
});

describe("down and up again", () => {
  it("names the volumes that stay, keeps the data in them, and leaves nothing else", async () => {
    const id = await orders.place("Grace");
    await orders.invoiced(id);
    const kept = await volumesOfStack();
    // What no state knows: a page, and what a kill left half-made.
    await stack.script("set-maintenance.ts", "on");
    const [api = ""] = await stack.containers("service");
    const leftover = ["--label", `slipway.stack=${stack.name}`, await inspect(api, "{{.Image}}")];
    await docker("create", "--network", `slipway-${stack.name}-data`, ...leftover);
    const { exitCode, all } = await stack.pulumi("destroy", "--yes", "--skip-preview");
    expect(exitCode, all).toBe(0);
    for (const volume of kept) expect(all).toContain(volume);
    expect(await volumesOfStack()).toEqual(kept);
    const label = `label=slipway.stack=${stack.name}`;
    expect((await docker("ps", "--all", "--quiet", "--filter", label)).stdout).toBe("");
    expect((await docker("network", "ls", "--quiet", "--filter", label)).stdout).toBe("");

    await stack.up();
    expect((await orders.read(id)).customer).toBe("Grace");
    await orders.invoiced(await orders.place("Hopper"));
  });

  it("leaves no container, network, volume or file after quickstart:down", async () => {
    const { exitCode, all } = await stack.script("take-down-quickstart.ts");
    expect(exitCode, all).toBe(0);
    expect(await volumesOfStack()).toEqual([]);
    const label = `label=slipway.stack=${stack.name}`;
    expect((await docker("ps", "--all", "--quiet", "--filter", label)).stdout).toBe("");
    expect((await docker("network", "ls", "--quiet", "--filter", label)).stdout).toBe("");
    expect(existsSync(`/var/lib/slipway/${stack.name}`)).toBe(false);
    expect(readFileSync(stack.configFile, "utf8")).toContain("slipway:services");
  });
});
