import { beforeAll, describe, expect, test } from "vitest";
import { planted } from "./configuration.ts";
import { runProgram } from "./program.ts";
import { passwordOf, record, secret, types } from "./record.ts";

const recorder = await record();
const registries = { "ghcr.io": { username: "ci", password: planted.registry } };

/** Each secret as it is, and as a file's line and a URL would carry it. */
function spellings(): string[] {
  const made = recorder.of(types.password).map(({ name }) => passwordOf(name));
  const all = [...Object.values(planted), ...made];
  return all.flatMap((text) => [text, Buffer.from(text).toString("base64").slice(0, -4)]);
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
    expect(recorder.all.length).toBeGreaterThan(30);
    expect(leaks()).toEqual([]);
  });

  test("hands each secret over in the standard input of a command, or to the provider", () => {
    const text = recorder.of(types.command).map(({ inputs }) => inputs.stdin);
    const encoded = (value: string) => Buffer.from(value).toString("base64").slice(0, -4);
    expect(text.join("\n")).toContain(encoded(planted.jwt));
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

test("passwords that the stack makes have nothing that a URL or a shell would read", async () => {
  await runProgram(recorder);
  const passwords = recorder.of(types.password);
  expect(passwords).toHaveLength(5);
  for (const { inputs } of passwords) expect(inputs).toEqual({ length: 32, special: false });
});
