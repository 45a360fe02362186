import { expect, test } from "vitest";
import { images } from "./configuration.ts";
import { variablesOf } from "./environment.ts";
import { runProgram, upstream } from "./program.ts";
import { passwordOf, record, secret, types } from "./record.ts";

const recorder = await record();
const none = { mode: "none" };

const names = (type: string) => recorder.of(type).map((each) => each.name);
const settingsOf = (role: string) => {
  const container = recorder.of(types.container).find(({ name }) => name.startsWith(role));
  return (container?.inputs.envs ?? []) as string[];
};
/** The secrets of a release as files, by path. */
function filesOf(release: string | undefined): Record<string, string> {
  const { FILES = "" } = variablesOf(recorder.named(`release-${release}-files`).inputs.stdin);
  const files = FILES.split("\n").filter((line) => line.startsWith("f "));
  return Object.fromEntries(
    files.map((line) => {
      const [, path = "", , , content = ""] = line.split(" ");
      return [path, Buffer.from(content, "base64").toString()];
    }),
  );
}

test("the example comes out with its address, its release and the volumes that stay", async () => {
  const { url, release, volumes } = await runProgram(recorder);
  expect(url).toBe("https://localhost:8443");
  expect(release).toMatch(/^[0-9a-f]{8}$/);
  expect(volumes).toEqual(
    ["postgres", "backups", "redis", "uploads"].map((name) => `slipway-staging-${name}`),
  );
  expect(
    recorder
      .of(types.volume)
      .map(({ inputs }) => inputs.name)
      .sort(),
  ).toEqual([...volumes].sort());
});

test("settings say what their references mean", async () => {
  const { release } = await runProgram(recorder, {
    "settings.DSN": "{postgres.user}@{postgres.host}:{postgres.port}/{postgres.database}",
  });
  expect(settingsOf("staging-api")).toEqual(
    expect.arrayContaining([
      "ENVIRONMENT=staging",
      `RELEASE=${release}`,
      "BASE_URL=https://localhost:8443",
      "DSN=app_g1@postgres:5432/app",
    ]),
  );
});

test("the edge's address is that of the API, whatever other services are called; each has its own", async () => {
  const service = (host: string) => ({ port: 80, hosts: [host] });
  const others = {
    "services.web": service("www.example.com"),
    "services.admin": service("admin.example.com"),
    "settings.ADDRESSES": "{services.web.url} {services.admin.url} {services.api.url}",
  };
  const { url } = await runProgram(recorder, others);
  expect(url).toBe("https://localhost:8443");
  expect(settingsOf("staging-api")).toContain(
    `ADDRESSES=${["www.example.com", "admin.example.com", "localhost"].map((host) => `https://${host}:8443`).join(" ")}`,
  );
  const inside = { "services.api.hosts": [], "services.api.probes.smoke": [] };
  const without = await runProgram(recorder, { ...others, ...inside, "settings.ADDRESSES": "" });
  expect(without.url).toBe("https://admin.example.com:8443");
});

test("the standard port does not show in the address", async () => {
  const { url } = await runProgram(recorder, { "edge.httpsPort": 443 });
  expect(url).toBe("https://localhost");
});

test("managed servers are no container and no volume of data, and the application gets their addresses", async () => {
  const { release, volumes } = await runProgram(recorder, {
    postgres: {
      mode: "managed",
      url: "postgresql://a%40b:p%3Aw@db.example.com:5433/erp",
      ownerUrl: "postgresql://owner:other@db.example.com:5433/erp",
    },
    redis: { mode: "managed", url: "redis://cache.example.com" },
    "secrets.PASSWORD": "{postgres.password}",
    "settings.PLACE":
      "{postgres.user} {postgres.ownerUser} {postgres.port} {redis.host}:{redis.port}",
  });
  expect(names(types.container).sort()).toEqual([
    ...["edge-server", `staging-api-${release}-1`, `staging-beat-${release}-1`],
    `staging-worker-${release}-1`,
  ]);
  expect(volumes).toEqual(["slipway-staging-backups", "slipway-staging-uploads"]);
  expect(settingsOf("staging-api")).toContain("PLACE=a@b owner 5433 cache.example.com:6379");
  expect(filesOf(release)).toMatchObject({
    "secrets/api/DATABASE_URL": "postgresql://a%40b:p%3Aw@db.example.com:5433/erp",
    "secrets/api/PASSWORD": "p:w",
    "secrets/migration/DATABASE_URL": "postgresql://owner:other@db.example.com:5433/erp",
  });
});

test("a stack without Celery, database and migration is its services", async () => {
  const { release } = await runProgram(recorder, {
    ...{ postgres: none, redis: none, workers: {}, beat: {}, migration: {} },
    ...{ "secrets.DATABASE_URL": undefined, "secrets.REDIS_URL": undefined },
  });
  expect(names(types.container).sort()).toEqual(["edge-server", `staging-api-${release}-1`]);
  expect(names(types.command)).not.toContain("migration");
});

test("a stack behind another's edge runs none, and is attached to it by name", async () => {
  await runProgram(recorder, { edge: { mode: "shared", name: "front", certificates: "provided" } });
  expect(names(types.container)).not.toContain("edge-server");
  const { EDGE } = variablesOf(recorder.named("edge-attachment").inputs.stdin);
  expect(EDGE).toBe("slipway-front");
  const { EDGE_FILE } = variablesOf(recorder.named("switch").inputs.stdin);
  expect(EDGE_FILE).toBe("edges/front/dynamic/staging.yml");
});

test("the stack that owns the edge writes its directory, one that shares it its certificate there", async () => {
  const filesOf = async (edge: Record<string, string>) => {
    await runProgram(recorder, { edge: { name: "front", certificates: "provided", ...edge } });
    const { inputs, shown, urn } = recorder.named("edge-files");
    expect(shown.stdin).toBe(secret);
    const { DIRECTORY, FILES = "" } = variablesOf(inputs.stdin);
    expect(inputs.triggers).toEqual([DIRECTORY]);
    expect(recorder.named("edge-attachment").dependencies).toContain(urn);
    return { DIRECTORY, paths: FILES.split("\n").map((line) => line.split(" ")[1]) };
  };
  const certificate = ["./certificate.pem", "./key.pem"];
  expect(await filesOf({ mode: "shared" })).toEqual({
    ...{ DIRECTORY: "edges/front/certificates/staging", paths: [".", ...certificate] },
  });
  const own = await filesOf({ mode: "own" });
  expect(own.DIRECTORY).toBe("edges/front");
  expect(own.paths).toEqual([
    ...[".", "dynamic", "certificates", "acme", "dynamic/tls.yml"],
    ...["bin", "bin/start-edge.sh", "bin/whole.sh", "certificates/staging"],
    ...certificate.map((file) => file.replace(".", "certificates/staging")),
  ]);
  const { urn } = recorder.named("edge-files");
  expect(upstream(recorder, recorder.named("edge-server"))).toContain(urn);
});

test("a stack that shares an edge which obtains its certificates writes nothing there", async () => {
  const edge = { mode: "shared", name: "front", certificates: "acme" };
  await runProgram(recorder, { edge, tls: undefined });
  expect(names(types.command)).not.toContain("edge-files");
});

test("a stack may be nothing but the edge: there is no release, and nothing to switch to", async () => {
  const { release, volumes } = await runProgram(recorder, {
    ...{ postgres: none, redis: none, services: {}, workers: {}, beat: {}, migration: {} },
    ...{ settings: {}, secrets: {}, app: {} },
  });
  expect(release).toBeUndefined();
  expect(volumes).toEqual([]);
  expect(names(types.container)).toEqual(["edge-server"]);
  expect(names(types.command)).not.toContain("switch");
});

test("images are pulled with the registry's credentials where the stack says so", async () => {
  const image = `ghcr.io/acme/erp@sha256:${"5".repeat(64)}`;
  await runProgram(recorder, { transport: "pull", "app.image": image });
  expect(recorder.of(types.image).map(({ inputs }) => inputs.name)).toEqual([image]);
});

test("each image has to have what the containers made of it start by", async () => {
  const front = { port: 80, image: images.redis, user: "101:101" };
  await runProgram(recorder, { "services.front": front });
  const { IMAGES = "" } = variablesOf(recorder.named("images-checked").inputs.stdin);
  expect(IMAGES.split("\n").sort()).toEqual(
    [
      `${images.helper} ${images.helper}`,
      `${images.postgres} ${images.postgres}`,
      `${images.traefik} ${images.traefik}`,
      `${images.redis} ${images.redis} /bin/sh`,
      `${images.app} ${images.app} /bin/sh flock`,
    ].sort(),
  );
});

test("a report may connect by the login that only reads, and a dump by the one that reads everything", async () => {
  const secrets = {
    DATABASE_URL: "{postgres.readOnlyUrl}",
    REDIS_URL: "{postgres.backupUrl}",
  };
  const { release } = await runProgram(recorder, { secrets });
  const files = filesOf(release);
  expect(files["secrets/api/DATABASE_URL"]).toBe(
    `postgresql://readonly_g1:${passwordOf("postgres readonly 1")}@postgres:5432/app`,
  );
  expect(files["secrets/api/REDIS_URL"]).toBe(
    `postgresql://backup_g1:${passwordOf("postgres backup 1")}@postgres:5432/app`,
  );
});

test("a new generation of passwords is what the next release connects with", async () => {
  const { release } = await runProgram(recorder, { "postgres.passwordGeneration": 3 });
  expect(filesOf(release)["secrets/api/DATABASE_URL"]).toContain(
    `postgresql://app_g3:${passwordOf("postgres app 3")}@`,
  );
  expect(filesOf(release)["secrets/migration/DATABASE_URL"]).toMatch(/^postgresql:\/\/owner_g3:/);
});
