import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hostScript } from "../../components/host-script.ts";
import { resolveImages } from "../../scripts/images/resolve-images.ts";
import { docker } from "../throw-away.ts";

const stack = `test-${randomBytes(3).toString("hex")}`;
const directory = mkdtempSync(join(tmpdir(), "slipway-host-"));
const label = ["--label", `slipway.stack=${stack}`];
const declared = `slipway-${stack}-uploads`;
const left = [`slipway-${stack}-postgres`, `slipway-${stack}-old_files`];
const labelled = `kept-${stack}`;
const others = [`slipway-${stack}-x-postgres`, `other-slipway-${stack}-postgres`];
let helperImage: string;

beforeAll(async () => {
  helperImage = (await resolveImages({ detail: () => {}, note: console.info })).helper;
  for (const name of [declared, ...left, ...others]) await docker("volume", "create", name);
  await docker("volume", "create", ...label, labelled);
});
afterAll(async () => {
  await docker("volume", "rm", declared, ...left, ...others, labelled);
  rmSync(directory, { recursive: true });
});

/** Runs a function of a host script and returns what it prints. */
async function run(script: string, call: string, variables: Record<string, string>) {
  const engine = process.env.DOCKER_HOST ?? "unix:///var/run/docker.sock";
  const host = { engine, directory, helperImage };
  const input = hostScript(script, host, { STACK: stack, ...variables });
  return (await execa("bash", ["-s", "--", call], { input })).stdout;
}

describe("an environment's files", () => {
  const variables = {
    ...{ DIRECTORY: stack, VOLUMES: declared, OWNER: "10001:10002" },
    ...{ OWN_EDGE: "", GENERATIONS: "" },
    FILES: `d . 0755 0:0\nd redis 0500 999:998\nf redis/users.acl 0400 999:998 ${btoa("x")}`,
  };
  const apply = (changes = {}) => run("environment-files", "apply", { ...variables, ...changes });
  const described = (path: string) => {
    const { mode, uid, gid } = statSync(join(directory, stack, path));
    return `${(mode & 0o7777).toString(8)} ${uid}:${gid}`;
  };

  it("have the modes and owners that are asked for, now and when they change", async () => {
    await apply();
    expect(described("redis")).toBe("500 999:998");
    expect(described("redis/users.acl")).toBe("400 999:998");
    await apply({ FILES: variables.FILES.replace("0400 999", "0440 1000") });
    expect(described("redis/users.acl")).toBe("440 1000:998");
  });

  it("leave what lies beside them", async () => {
    const marker = join(directory, stack, "live/release");
    mkdirSync(dirname(marker));
    writeFileSync(marker, "0123abcd");
    await apply();
    expect(existsSync(marker)).toBe(true);
  });

  it("give the application's volumes to its user", async () => {
    const volume = ["--volume", `${declared}:/volume`];
    const words = ["run", "--rm", ...volume, helperImage, "stat", "-c", "%a %u:%g", "/volume"];
    expect(await docker(...words)).toBe("750 10001:10002");
  });

  it("go with the environment, and the volumes that stay are named, those of no other stack", async () => {
    const [, names = ""] = (await run("environment-files", "remove", variables)).split(": ");
    expect(names.split(" ").sort()).toEqual([declared, ...left, labelled].sort());
    expect(existsSync(join(directory, stack))).toBe(false);
  });
});

it("a switch waits for one that is still at work", async () => {
  const live = join(directory, stack, "live");
  mkdirSync(live, { recursive: true });
  const before = Date.now();
  const other = execa("flock", [live, "sh", "-c", "echo held; exec sleep 2"]);
  await other.iterable()[Symbol.asyncIterator]().next();
  await run("switch-release", "one_at_a_time", {});
  expect(Date.now() - before).toBeGreaterThan(1900);
  await other;
});

it("the edge of a stack that is nothing else stays as long as another stack is reached by it", async () => {
  const container = await docker("create", "--network", "none", helperImage);
  const routes = join(directory, "edges/shared/dynamic");
  mkdirSync(routes, { recursive: true });
  for (const name of ["tls", stack, `${stack}-maintenance`]) {
    writeFileSync(join(routes, `${name}.yml`), "");
  }
  const remove = () =>
    run("attach-edge", "remove", {
      ...{ EDGE: `slipway-${stack}-shared`, EDGE_DIRECTORY: "edges/shared" },
      ...{ EDGE_CONTAINER: container, NETWORK: "none" },
    });
  try {
    expect(await remove()).toBe("");
    writeFileSync(join(routes, "another.yml"), "");
    await expect(remove()).rejects.toThrow("the edge shared is also that of another, which");
  } finally {
    await docker("rm", container);
  }
});

it("an edge keeps a certificate as long as its environment serves with it", async () => {
  const place = (edge: string) => join(directory, `edges/${edge}/certificates/${stack}/key.pem`);
  for (const edge of ["here", "before"]) {
    mkdirSync(dirname(place(edge)), { recursive: true });
    writeFileSync(place(edge), "key");
  }
  const serve = (content: string) =>
    run("switch-release", "clean_edges", {
      EDGE_FILE: `edges/here/dynamic/${stack}.yml`,
      EDGE_CONTENT: content,
    });
  await serve(`{"keyFile": "/etc/slipway/certificates/${stack}/key.pem"}`);
  expect([existsSync(place("here")), existsSync(place("before"))]).toEqual([true, false]);
  await serve("{}");
  expect(existsSync(place("here"))).toBe(false);
});
