import { expect, test } from "vitest";
import { describeSetting, settingChanges } from "../../scripts/review/settings-diff.ts";

const told = (from: unknown, to: unknown) => settingChanges(from, to).map(describeSetting);

test("a setting is told by its key, with what it was and what it is", () => {
  const from = { "slipway:services": { api: { replicas: 1, hosts: ["a.example.com"] } } };
  const to = {
    "slipway:services": { api: { replicas: 2, hosts: ["a.example.com", "b.example.com"] } },
  };
  expect(told(from, to)).toEqual([
    '`slipway:services.api.hosts[1]`: `"b.example.com"` (new)',
    "`slipway:services.api.replicas`: `1` → `2`",
  ]);
  expect(told(to, from)).toContain(
    '`slipway:services.api.hosts[1]`: `"b.example.com"` (taken out)',
  );
});

test("a secret is told of, and not told", () => {
  const secure = (text: string) => ({ "slipway:secrets": { KEY: { secure: text } } });
  expect(told(secure("v1:one"), secure("v1:two"))).toEqual([
    "`slipway:secrets.KEY`: another secret",
  ]);
  expect(told({}, secure("v1:one"))).toEqual(["`slipway:secrets.KEY`: a secret (new)"]);
  expect(told(secure("v1:one"), secure("v1:one"))).toEqual([]);
});

test("keys with other characters stand in brackets", () => {
  expect(told(undefined, { "slipway:registries": { "ghcr.io": { username: "ci" } } })).toEqual([
    '`slipway:registries["ghcr.io"].username`: `"ci"` (new)',
  ]);
});
