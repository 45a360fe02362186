import { beforeAll, describe, expect, test } from "vitest";
import { planted } from "./configuration.ts";
import { runProgram } from "./program.ts";
import { madeSecret, passwordOf, record, secret, types } from "./record.ts";

const recorder = await record();
const registries = { "ghcr.io": { username: "ci", password: planted.registry } };

/** Each secret as it is, and as the base64 of a file or URL that holds it, wherever in a group of three it begins. */
function spellings(): string[] {
  const purposes = ["postgres superuser", "postgres owner 1", "postgres app 1"];
  const made = [...purposes, "redis admin", "redis app 1"].map(passwordOf);
  return [...Object.values(planted), madeSecret, ...made].flatMap((text) => [
    text,
    ...encoded(text),
  ]);
}

function encoded(text: string): string[] {
  return [0, 1, 2].map((before) =>
    Buffer.from("x".repeat(before) + text)
      .toString("base64")
      .slice(before && before + 1, -4),
  );
}

/** Where a spelling of a secret stands in what the plain part of the state shows. */
function leaks(): string[] {
  return recorder.all.flatMap(({ name, shown, urn }) =>
    spellings()
      .filter((spelling) => JSON.stringify({ shown, urn }).includes(spelling))
      .map((spelling) => `${name}: ${spelling}`),
  );
}

describe.each([
  ["with servers of its own", { registries }],
  [
    "that shows an authority the way by DNS",
    {
      "edge.email": "ops@example.com",
      "edge.acme.challenge": "dns",
      "edge.acme.dns": { provider: "cloudflare", credentials: { CF_DNS_API_TOKEN: planted.dns } },
    },
  ],
  ["with secrets as environment", { "app.secretsAs": "environment" }],
  [
    "with managed servers",
    {
      postgres: { mode: "managed", url: `postgresql://app:${planted.managed}@db.example.com/erp` },
      redis: { mode: "managed", url: `rediss://:${planted.managed}@cache.example.com` },
    },
  ],
])("a stack %s", (_, changes) => {
  beforeAll(async () => void (await runProgram(recorder, changes)));

  test("shows no secret in any input or name", () => {
    expect(recorder.all.length).toBeGreaterThan(20);
    expect(leaks()).toEqual([]);
  });

  test("hands each secret over in the standard input of a command, or to the provider", () => {
    const text = recorder.of(types.command).map(({ inputs }) => inputs.stdin);
    for (const handed of [planted.jwt, planted.tlsKey]) {
      expect(encoded(handed).some((spelling) => text.join("\n").includes(spelling))).toBe(true);
    }
    for (const { inputs, shown } of recorder.of(types.command)) {
      const carries = spellings().some((spelling) => inputs.stdin.includes(spelling));
      if (carries) expect(shown.stdin).toBe(secret);
    }
  });

  test("has nothing secret where a process list, an error or an environment would show it", () => {
    for (const { inputs, shown } of recorder.of(types.command)) {
      const { stdin: _, ...rest } = shown;
      expect(JSON.stringify(rest)).not.toContain(secret);
      expect(inputs).not.toHaveProperty("environment");
    }
    for (const { inputs, shown } of recorder.of(types.container)) expect(shown).toEqual(inputs);
  });
});

test("the registry's password goes to the provider as a secret", async () => {
  await runProgram(recorder, { registries });
  const provider = recorder.all.find(({ type }) => type === "pulumi:providers:docker");
  expect(JSON.stringify(provider?.inputs)).toContain(planted.registry);
  expect(JSON.stringify(provider?.shown)).not.toContain(planted.registry);
});
