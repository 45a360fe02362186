import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { pipConfiguration } from "../../scripts/images/host-settings.ts";

let home = "";

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "slipway-test-home-"));
  mkdirSync(join(home, ".config/pip"), { recursive: true });
  vi.stubEnv("HOME", home);
  for (const name of Object.keys(process.env))
    if (name.startsWith("PIP_")) vi.stubEnv(name, undefined);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true });
});

test("a machine's package index goes into the image, and nothing that means only this machine", async () => {
  const settings = `[global]
index-url = https://mirror.example/simple
extra-index-url =
    https://one.example/simple
    https://two.example/simple
cache-dir = /home/somebody/cache

[install]
find-links = /opt/wheels
`;
  writeFileSync(join(home, ".config/pip/pip.conf"), settings);
  expect(await pipConfiguration()).toBe(`[global]
index-url = https://mirror.example/simple
extra-index-url = https://one.example/simple
  https://two.example/simple
`);
});

test("a variable is stronger than the file", async () => {
  writeFileSync(
    join(home, ".config/pip/pip.conf"),
    "[global]\nindex-url = https://file.example/simple\n",
  );
  vi.stubEnv("PIP_INDEX_URL", "https://variable.example/simple");
  expect(await pipConfiguration()).toBe("[global]\nindex-url = https://variable.example/simple\n");
});

test("without settings there is no file", async () => {
  vi.stubEnv("PIP_CERT", "/etc/ssl/cert.pem");
  expect(await pipConfiguration()).toBe("");
});
