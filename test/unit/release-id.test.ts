import { expect, test } from "vitest";
import { consumersOf } from "../../infra/consumers.ts";
import { startScripts } from "../../infra/release-files.ts";
import { identify, releaseId } from "../../infra/release-id.ts";
import { readSettings } from "../../infra/settings.ts";
import { configure, erp } from "./configuration.ts";
import { environment } from "./environment.ts";
import { record } from "./record.ts";

await record();

const specification = { containers: [{ image: "erp", envs: ["A=1"] }], probes: { live: "/" } };
const secrets = { JWT: "planted", generations: [1, 1] };
const key = "0123456789abcdef0123456789abcdef";

test("the id of what is the same never changes, or every stack would make a new release", () => {
  expect(releaseId(specification, secrets, key)).toBe("cf4032a9");
});

test("the order of keys does not matter, that of lists does", () => {
  const moved = { probes: { live: "/" }, containers: [{ envs: ["A=1"], image: "erp" }] };
  const id = releaseId(specification, secrets, key);
  expect(releaseId(moved, { generations: [1, 1], JWT: "planted" }, key)).toBe(id);
  expect(releaseId({ ...specification, words: ["a", "b"] }, secrets, key)).not.toBe(
    releaseId({ ...specification, words: ["b", "a"] }, secrets, key),
  );
});

test("whatever is changed, the id is another one", () => {
  const ids = [
    releaseId(specification, secrets, key),
    releaseId({ ...specification, probes: { live: "/live" } }, secrets, key),
    releaseId({ ...specification, added: null }, secrets, key),
    releaseId(specification, { ...secrets, JWT: "planted " }, key),
    releaseId(specification, { ...secrets, generations: [1, 2] }, key),
    releaseId(specification, secrets, `${key}0`),
  ];
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}$/);
});

test("a secret and a setting of the same text are not the same", () => {
  expect(releaseId({ a: "x" }, {}, key)).not.toBe(releaseId({}, { a: "x" }, key));
});

test("another start or probe script is another release: both are mounted into the containers", () => {
  configure(erp());
  const settings = readSettings();
  const identified = () => identify(settings, environment, consumersOf(settings), {});
  const before = identified();
  for (const name of ["start.sh", "probe.sh"]) {
    const script = startScripts[name];
    startScripts[name] = `${script}# one more line\n`;
    expect(identified()).not.toBe(before);
    startScripts[name] = script as string;
  }
  expect(identified()).toBe(before);
});
