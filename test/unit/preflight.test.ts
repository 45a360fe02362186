import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, expect, test } from "vitest";
import { hostScript } from "../../components/host-script.ts";

const root = mkdtempSync(join(tmpdir(), "slipway-preflight-"));
mkdirSync(join(root, "staging/journal"), { recursive: true });
afterAll(() => rmSync(root, { recursive: true }));

/** One check of the preflight by itself. */
async function check(name: string, variables: Record<string, string>) {
  const script = hostScript(
    "hold-lease",
    { engine: "unix:///nowhere", directory: root, helperImage: "" },
    { STACK: "staging", RELEASE: "0123abcd", BY: "ada", ...variables },
  );
  const input = script.replace('"$1" {', `deploy=d1; ${name} {`);
  return await execa("bash", ["-s"], { input, reject: false });
}

const now = Math.floor(Date.now() / 1000);

test("a host whose clock is another than the deployer's is refused, whichever is wrong", async () => {
  expect((await check("require_clock", { NOW: String(now) })).exitCode).toBe(0);
  for (const off of [-3600, 3600]) {
    const { exitCode, stderr } = await check("require_clock", { NOW: String(now + off) });
    expect(exitCode).not.toBe(0);
    expect(stderr).toMatch(/^the clock of the host differs by 3[56]\d\d seconds .*timedatectl/);
  }
});

test("a name that leads nowhere is told, and keeps nobody from a deploy", async () => {
  const names = { NEEDS_NAMES: "localhost\nerp.nowhere.invalid" };
  const { exitCode, stdout } = await check("check_names", names);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^erp\.nowhere\.invalid leads nowhere, as this host sees it/);
  expect(stdout.split("\n")).toHaveLength(1);
});
