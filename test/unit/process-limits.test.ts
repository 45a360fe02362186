import { expect, test } from "vitest";
import { variablesOf } from "./environment.ts";
import { runProgram } from "./program.ts";
import { record, types } from "./record.ts";

const recorder = await record();

test("each server of data may have so many processes and no more", async () => {
  await runProgram(recorder, { "postgres.maxProcesses": 300 });
  const { inputs, dependencies } = recorder.named("process-limits");
  expect(variablesOf(inputs.stdin).LIMITS?.split("\n").sort()).toEqual([
    "id-of-postgres-server 300",
    "id-of-redis-server 128",
  ]);
  for (const server of ["postgres-server", "redis-server"]) {
    expect(dependencies).toContain(recorder.named(server).urn);
  }
});

test("a stack without servers of its own has nothing to limit", async () => {
  await runProgram(recorder, {
    edge: { mode: "shared", certificates: "provided" },
    postgres: { mode: "managed", url: "postgresql://app:x@db.example.com/erp" },
    redis: { mode: "managed", url: "redis://cache.example.com" },
  });
  expect(recorder.of(types.command).map(({ name }) => name)).not.toContain("process-limits");
});
