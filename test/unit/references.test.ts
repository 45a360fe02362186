import { expect, test } from "vitest";
import { knownReferences, referencesIn, resolveReferences } from "../../infra/references.ts";

const nothing = { postgres: false, ownPostgres: false, redis: false, published: [] };

test("references stand in braces anywhere in a value", () => {
  const value = "postgresql+asyncpg://{postgres.user}:x@{postgres.host}:5432/erp?a={stack.name}";
  expect(referencesIn(value)).toEqual(["postgres.user", "postgres.host", "stack.name"]);
});

test.each([
  "",
  "{}",
  "{queues}",
  "{ postgres.url }",
  '{"a": {"b": 1}}',
  "{Postgres.url}",
  "{a.b.c}",
  '{"a":{"b":{}}}',
  "{{user.name}}",
  "{{{user.name}}}",
])("%j holds no reference", (value) => expect(referencesIn(value)).toEqual([]));

test("each reference is replaced, however often it stands there", () => {
  const values = { "redis.url": "redis://app:p@redis:6379/0", "stack.name": "staging" };
  expect(resolveReferences("{stack.name}/{redis.url}/{stack.name}", values)).toBe(
    "staging/redis://app:p@redis:6379/0/staging",
  );
});

test("a value that looks like a reference or a pattern is put in as it is", () => {
  const values = { "redis.password": "$& $1 {stack.name}", "stack.name": "staging" };
  expect(resolveReferences("{redis.password}", values)).toBe("$& $1 {stack.name}");
});

test.each([
  ["{{user.name}}", "{user.name}"],
  ["{{{user.name}}}", "{{user.name}}"],
  ["{{stack.name}} is {stack.name}", "{stack.name} is staging"],
  ['{"a":{"b":{"c":"{stack.name}"}}}', '{"a":{"b":{"c":"staging"}}}'],
  ["{{ user.name }} {{}} }} {{", "{{ user.name }} {{}} }} {{"],
  ["{{services.web.url}} {services.web.url}", "{services.web.url} https://example.com"],
])("%j, double braces and others, becomes %j", (template, text) => {
  const values = { "stack.name": "staging", "services.web.url": "https://example.com" };
  expect(resolveReferences(template, values)).toBe(text);
});

test("services are known by the host names that they have", () => {
  const { plain } = knownReferences({ ...nothing, published: ["web-2"] });
  expect(plain).toContain("services.web-2.url");
  expect(referencesIn("{services.web-2.url}")).toEqual(["services.web-2.url"]);
});

test("a reference without a value is an error", () => {
  expect(() => resolveReferences("{redis.url}", {})).toThrow("{redis.url} is not known");
});

test("without servers only stack, release and edge are known", () => {
  const none = ["stack.name", "release.id", "edge.url"];
  expect(knownReferences(nothing)).toEqual({ plain: none, all: none });
});

test("logins that only read or dump are those of the stack's own server", () => {
  const { plain, all } = knownReferences({ ...nothing, postgres: true, ownPostgres: true });
  for (const name of ["postgres.readOnlyUrl", "postgres.backupUrl"]) {
    expect(all).toContain(name);
    expect(plain).not.toContain(name);
  }
});

test("urls and passwords are for secrets alone", () => {
  const { plain, all } = knownReferences({ ...nothing, postgres: true, redis: true });
  expect(plain).toContain("postgres.ownerUser");
  expect(plain).toContain("redis.port");
  const secret = all.filter((name) => !plain.includes(name));
  expect(secret).toEqual(
    ["url", "ownerUrl", "password", "ownerPassword"]
      .map((name) => `postgres.${name}`)
      .concat("redis.url", "redis.password"),
  );
});
