import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import type { HostFile } from "../../components/host-files.ts";
import { consumersOf } from "../../infra/consumers.ts";
import { configuredImages } from "../../infra/release-description.ts";
import { releaseFiles } from "../../infra/release-files.ts";
import { readSettings } from "../../infra/settings.ts";
import { configure, erp, images, planted } from "./configuration.ts";
import { record } from "./record.ts";

await record();
const references: Record<string, string> = {
  "postgres.url": "postgresql://app_g1:one@postgres:5432/app",
  "postgres.ownerUrl": "postgresql://owner_g1:two@postgres:5432/app",
  "redis.url": "redis://app:three@redis:6379/0",
};

interface Written {
  mode: string;
  owner: string;
  text?: string;
  isSecret?: boolean;
}

/** Every entry as the host gets it: a directory's mode and owner, and a file's content and whether it is secret. */
async function written(changes: Record<string, unknown> = {}): Promise<Record<string, Written>> {
  configure(erp(changes));
  const settings = readSettings();
  const consumers = consumersOf(settings);
  const given = configuredImages(settings);
  const files = releaseFiles(settings, consumers, pulumi.output(references), given);
  const entries = files.map(async ({ path, mode, owner, ...rest }): Promise<[string, Written]> => {
    const { content } = rest as HostFile;
    const at = { mode, owner };
    if (content === undefined) return [path, at];
    const output = pulumi.output(content);
    const text = await new Promise<string>((resolve) => void output.apply(resolve));
    return [path, { ...at, text, isSecret: await pulumi.isSecret(output) }];
  });
  return Object.fromEntries(await Promise.all(entries));
}

test("each consumer has its secrets in a directory of its own, for its user alone", async () => {
  const front = { port: 80, image: images.redis, user: "7:7", secrets: ["JWT_SECRET_KEY"] };
  const files = await written({ "services.front": front });
  expect(files["secrets/front"]).toEqual({ mode: "0500", owner: "7:7" });
  expect(files["secrets/front/JWT_SECRET_KEY"]).toEqual({
    ...{ mode: "0400", owner: "7:7", text: planted.jwt, isSecret: true },
  });
  const paths = Object.keys(files).filter((path) => path.startsWith("secrets/front/"));
  expect(paths).toEqual(["secrets/front/JWT_SECRET_KEY"]);
  for (const name of ["api", "worker", "beat", "migration"]) {
    expect(files[`secrets/${name}`]).toEqual({ mode: "0500", owner: "10001:10001" });
  }
});

test("references stand for what the stack makes, and only the migration gets the owner's", async () => {
  const files = await written();
  expect(files["secrets/api/DATABASE_URL"]?.text).toBe(references["postgres.url"]);
  expect(files["secrets/worker/REDIS_URL"]?.text).toBe(references["redis.url"]);
  expect(files["secrets/migration/DATABASE_URL"]?.text).toBe(references["postgres.ownerUrl"]);
  const owners = Object.entries(files).filter(([, file]) => JSON.stringify(file).includes(":two@"));
  expect(owners.map(([path]) => path)).toEqual(["secrets/migration/DATABASE_URL"]);
});

test("all that lies under secrets is secret, and no other user sees what is there", async () => {
  const files = await written();
  const contents = Object.entries(files).filter(([, file]) => "text" in file);
  for (const [path, file] of contents) {
    expect([path, file.isSecret]).toEqual([path, path.startsWith("secrets/")]);
  }
  expect(files.secrets).toEqual({ mode: "0711", owner: "0:0" });
});

test("the host can see with which generation of passwords a release logs in", async () => {
  const changes = { "postgres.passwordGeneration": 4, redis: { mode: "none" } };
  const files = await written({ ...changes, workers: {}, beat: {}, secrets: {} });
  expect(files.generations?.text).toBe("postgres 4");
  expect((await written()).generations?.text).toBe("postgres 1\nredis 1");
});

test("the host can see what a release's services answer on, and which images it was configured with", async () => {
  const front = {
    port: 80,
    image: images.redis,
    replicas: 2,
    probes: { readiness: "/", smoke: ["/a"] },
  };
  const changes = { "services.front": { ...front, hosts: ["www.example.com", "example.com"] } };
  const files = await written({ ...changes, "beat.image": images.postgres });
  expect(files.description).toMatchObject({ mode: "0444", owner: "0:0", isSecret: false });
  expect(files.description?.text).toBe(
    [
      "service api 8000 1 /healthz/ready",
      "service front 80 2 /",
      "smoke api localhost /healthz/ready",
      "smoke front www.example.com /a",
      `image app.image ${images.app}`,
      `image services.front.image ${images.redis}`,
      `image beat.image ${images.postgres}`,
      "",
    ].join("\n"),
  );
});

test("the start scripts are those of the checkout", async () => {
  const files = await written();
  for (const name of ["start.sh", "probe.sh"]) {
    const script = new URL(`../../scripts/container/${name}`, import.meta.url);
    expect(files[`bin/${name}`]).toMatchObject({
      ...{ mode: "0444", owner: "0:0", text: readFileSync(script, "utf8") },
    });
  }
});

test("a directory comes before what lies in it", async () => {
  const paths = Object.keys(await written());
  for (const [index, path] of paths.entries()) {
    const parent = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : ".";
    if (path !== ".") expect(paths.slice(0, index)).toContain(parent);
  }
});
