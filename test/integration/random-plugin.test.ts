import bcrypt from "bcryptjs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  isSecret,
  isUnknown,
  type PropertyMap,
} from "../../scripts/toolchain/plugins/provider/values.ts";
import { ProviderClient } from "../plugins/provider-client.ts";

const password = "random:index/randomPassword:RandomPassword::it";
const text = "random:index/randomString:RandomString::it";
const id = "random:index/randomId:RandomId::it";
const bytes = "random:index/randomBytes:RandomBytes::it";
let provider: ProviderClient;

beforeAll(async () => {
  provider = await ProviderClient.start("pulumi-resource-random");
});
afterAll(() => provider.plugin.stop());

describe("RandomPassword", () => {
  test("is secret, with its bcrypt hash, and stores every rule", async () => {
    const created = await provider.create(password, { length: 24 });
    const { result, bcryptHash, ...rules } = created.state;
    expect(created.id).toBe("none");
    expect(isSecret(result)).toBe(true);
    expect(isSecret(bcryptHash)).toBe(true);
    const value = secretValue(result);
    expect(value).toHaveLength(24);
    expect(await bcrypt.compare(value, secretValue(bcryptHash))).toBe(true);
    expect(secretValue(bcryptHash)).toMatch(/^\$2[aby]\$10\$/);
    expect(rules).toEqual({
      length: 24,
      lower: true,
      upper: true,
      number: true,
      numeric: true,
      special: true,
      minLower: 0,
      minUpper: 0,
      minNumeric: 0,
      minSpecial: 0,
    });
  });

  test("two are never the same", async () => {
    const made = await Promise.all(
      Array.from({ length: 4 }, () => provider.create(password, { length: 16 })),
    );
    expect(new Set(made.map(({ state }) => secretValue(state.result))).size).toBe(4);
  });

  test("a preview knows the rules, not the password", async () => {
    const { id, state } = await provider.create(
      password,
      { length: 8, special: false },
      { preview: true },
    );
    expect(id).toBe("");
    expect(state).toMatchObject({ length: 8, special: false, lower: true, minUpper: 0 });
    expect([isUnknown(state.result), isUnknown(state.bcryptHash)]).toEqual([true, true]);
  });

  test("any change replaces it", async () => {
    const old = { length: 8, keepers: { generation: "1" } };
    expect(await provider.diff(password, old, { ...old, keepers: { generation: "2" } })).toEqual({
      changes: true,
      replaces: ["keepers.generation"],
      detailed: { "keepers.generation": "UPDATE_REPLACE" },
    });
    expect((await provider.diff(password, old, { ...old, length: 9 })).replaces).toEqual([
      "length",
    ]);
    const official = { ...old, __defaults: [] };
    expect((await provider.diff(password, official, old)).changes).toBe(false);
  });

  test("stays as it is when read, and needs nothing to be deleted", async () => {
    const { id, inputs, state } = await provider.create(password, { length: 8 });
    expect(await provider.read(password, id, state, inputs)).toEqual({ id, inputs, state });
    await provider.delete(password, state);
  });
});

describe("RandomString", () => {
  test("keeps to its rules", async () => {
    for (let i = 0; i < 50; i++) {
      const { id, state } = await provider.create(text, {
        length: 6,
        lower: false,
        minUpper: 2,
        minNumeric: 1,
        minSpecial: 3,
        overrideSpecial: "-_",
      });
      const result = String(state.result);
      expect(id).toBe(result);
      expect(result).toMatch(/^[A-Z0-9_-]{6}$/);
      expect(result.replace(/[^A-Z]/g, "")).toHaveLength(2);
      expect(result.replace(/[^0-9]/g, "")).toHaveLength(1);
    }
  });

  test("number: false, the old name, leaves digits out", async () => {
    const { state } = await provider.create(text, { length: 200, number: false, special: false });
    expect(state).toMatchObject({ number: false, numeric: false });
    expect(state.result).toMatch(/^[A-Za-z]{200}$/);
  });

  test.each([
    [{}, "length: Missing required field 'length'"],
    [{ length: 0 }, "length: length must be at least 1, not 0"],
    [{ length: 3, minLower: 2, minUpper: 2 }, "length: length must be at least 4, not 3"],
    [{ length: 3, minLower: -1 }, "minLower: minLower must not be negative"],
    [{ length: 3.5 }, "length: Field 'length' must be a whole number"],
    [
      { length: 3, lower: false, upper: false, numeric: false, special: false },
      "length: at least one of lower, upper, numeric and special must be true",
    ],
    [
      { length: 3, number: true, numeric: false },
      "number: number is the old name of numeric: give only numeric",
    ],
  ])("refuses %j", async (inputs, failure) => {
    expect((await provider.check(text, inputs as PropertyMap)).failures).toEqual([failure]);
  });
});

describe("RandomId and RandomBytes", () => {
  test("an id shows the same bytes in each encoding, after its prefix", async () => {
    const { id: name, state } = await provider.create(id, { byteLength: 9, prefix: "app-" });
    const raw = Buffer.from(name, "base64url");
    expect(raw).toHaveLength(9);
    expect(state).toEqual({
      byteLength: 9,
      prefix: "app-",
      b64Url: `app-${name}`,
      b64Std: `app-${raw.toString("base64")}`,
      hex: `app-${raw.toString("hex")}`,
      dec: `app-${BigInt(`0x${raw.toString("hex")}`)}`,
    });
  });

  test("bytes are secret", async () => {
    const { state } = await provider.create(bytes, { length: 32 });
    expect([isSecret(state.hex), isSecret(state.base64)]).toEqual([true, true]);
    const raw = Buffer.from(secretValue(state.hex), "hex");
    expect(raw).toHaveLength(32);
    expect(secretValue(state.base64)).toBe(raw.toString("base64"));
  });

  test("no bytes are refused", async () => {
    expect((await provider.check(bytes, { length: 0 })).failures).toEqual([
      "length: length must be at least 1, not 0",
    ]);
  });
});

function secretValue(value: unknown): string {
  return (value as { value: string }).value;
}
