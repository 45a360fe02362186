import * as pulumi from "@pulumi/pulumi";
import { afterEach, expect, test } from "vitest";
import { environmentFiles } from "../../components/environment-files.ts";
import { host, variablesOf } from "./environment.ts";
import { runProgram, upstream } from "./program.ts";
import { record, secret, types } from "./record.ts";

const recorder = await record();

afterEach(() => void recorder.clear());

test("files, volumes and generations of passwords go to the host in one step", async () => {
  environmentFiles("files", {
    ...{ host, stack: "staging", owner: "10001:10001" },
    files: [
      { kind: "directory", path: "redis", mode: "0500", owner: "999:999" },
      {
        ...{ kind: "file", path: "redis/users.acl", mode: "0400", owner: "999:999" },
        content: pulumi.secret("planted"),
      },
    ],
    volumes: ["slipway-staging-uploads", "slipway-staging-archive"],
    generations: "postgres 2\nredis 1",
  });
  await recorder.wait();
  const { inputs, shown } = recorder.named("files");
  expect(shown.stdin).toBe(secret);
  expect(variablesOf(inputs.stdin)).toMatchObject({
    ...{ STACK: "staging", DIRECTORY: "staging", OWNER: "10001:10001" },
    FILES: `d redis 0500 999:999\nf redis/users.acl 0400 999:999 ${btoa("planted")}`,
    VOLUMES: "slipway-staging-uploads slipway-staging-archive",
    GENERATIONS: "postgres 2\nredis 1",
    OWN_EDGE: "",
  });
  // What a destroy says of the volumes is for whoever types it.
  expect(inputs).toMatchObject({ delete: expect.stringContaining("remove"), logging: "stdout" });
});

test("a stack's volumes outlive it under names that never change", async () => {
  await runProgram(recorder, { "app.volumes.archive": "/var/lib/erp/archive" });
  const volumes = recorder.of(types.volume);
  expect(volumes.map(({ inputs }) => inputs.name).sort()).toEqual(
    ["archive", "backups", "postgres", "redis", "uploads"].map((name) => `slipway-staging-${name}`),
  );
  for (const { options } of volumes) {
    expect(options.retainOnDelete).toBe(true);
    // A protected resource would make every destroy fail.
    expect(options.protect).toBe(false);
  }
});

test("they come before the servers that read them", async () => {
  await runProgram(recorder);
  const files = recorder.named("environment-files");
  const { FILES = "", VOLUMES, OWN_EDGE, GENERATIONS } = variablesOf(files.inputs.stdin);
  expect(GENERATIONS).toBe("postgres 1\nredis 1");
  expect({ VOLUMES, OWN_EDGE }).toEqual({ VOLUMES: "slipway-staging-uploads", OWN_EDGE: "edge" });
  const paths = FILES.split("\n").map((line) => line.split(" ")[1]);
  expect(paths).toEqual([
    ...[
      ".",
      "live",
      "journal",
      "journal/log",
      "backups",
      "beat",
      "postgres",
      "postgres/password",
      "pgbackrest",
      "pgbackrest/files-1.sh",
      "pgbackrest/pgbackrest.conf",
      "pgbackrest/archive-wal.sh",
      "redis",
      "redis/users.acl",
    ],
  ]);
  for (const server of ["postgres", "redis"]) {
    expect(upstream(recorder, recorder.named(`${server}-server`))).toContain(files.urn);
  }
});
