import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { deferModule } from "../../scripts/toolchain/plugins/language-nodejs/defer-module.ts";

const directory = mkdtempSync(join(tmpdir(), "slipway-defer-"));
const require = createRequire(join(directory, "program.js"));
afterAll(() => rmSync(directory, { recursive: true }));

const loads = globalThis as unknown as { loaded?: string[] };

function makeModule(name: string, body: string): string {
  const file = join(directory, `${name}.cjs`);
  writeFileSync(file, `(globalThis.loaded ??= []).push("${name}");\n${body}`);
  return file;
}

test("a deferred module is loaded once, when something of it is used", () => {
  const file = makeModule("values", "exports.answer = 42; exports.double = (n) => n * 2;");
  deferModule(require, file);
  const module = require(file);
  expect(module.__esModule).toBe(true);
  expect(loads.loaded ?? []).not.toContain("values");
  expect(module.answer + module.double(1)).toBe(44);
  expect("answer" in module && !("other" in module)).toBe(true);
  expect(loads.loaded?.filter((name) => name === "values")).toHaveLength(1);
  expect(require(file).answer).toBe(42);
});

test("a deferred class can be made, by its name and as the default", () => {
  const file = makeModule(
    "class",
    "module.exports = class A { n = 1 }; module.exports.A = module.exports;",
  );
  deferModule(require, file);
  const module = require(file);
  expect(new module.A().n + new module.default().n + new module().n).toBe(3);
});

test("a module that is not installed is left alone", () => {
  deferModule(require, "no-such-package");
  expect(() => require("no-such-package")).toThrow(/Cannot find module/);
});
