import { afterAll, beforeAll, expect, it } from "vitest";
import { docker, until } from "../../throw-away.ts";
import { type DatabaseStack, makeDatabaseStack } from "./database-stack.ts";

let stack: DatabaseStack;

beforeAll(async () => {
  stack = await makeDatabaseStack();
});

afterAll(async () => {
  await stack?.takeDown();
});

it("what is written is in the repository within the minute that may be lost", async () => {
  const { segment } = await stack.write("first");
  await until(async () => ((await stack.archived()) >= segment ? true : undefined), 90);
});

it("what is archived belongs to the server alone, and nothing of it can be read without its key", async () => {
  const files = "find /var/lib/pgbackrest -path '*/files' -prune -o -type f";
  const owners = await docker(
    "exec",
    stack.server,
    "sh",
    "-c",
    `${files} -printf '%u\\n' | sort -u`,
  );
  expect(owners).toBe("postgres");
  const found = await docker(
    "exec",
    stack.server,
    "sh",
    "-c",
    `${files} -exec grep -c "PG_WAL\\|first" {} + | grep -v ":0$" || true`,
  );
  expect(found).toBe("");
  expect(await docker("inspect", stack.server)).not.toContain("cipher");
});
