import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
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

test("what the state has as running is refused when a killed deploy brought another, and nobody named it", async () => {
  mkdirSync(join(root, "staging/live"), { recursive: true });
  mkdirSync(join(root, "staging/releases/aaaaaaaa"), { recursive: true });
  writeFileSync(join(root, "staging/live/release"), "aaaaaaaa\n");
  writeFileSync(
    join(root, "staging/releases/aaaaaaaa/description"),
    "service web 8000 1 /\nimage app.image sha256:new\nimage services.front.image sha256:front\n",
  );
  const checked = (app: string, images: string) =>
    check("require_record", {
      RECORDED: `app.image=sha256:${app} services.front.image=sha256:front`,
      IMAGES: images,
    });
  const { exitCode, stderr } = await checked("old", "app.image=sha256:old");
  expect(exitCode).not.toBe(0);
  expect(stderr).toMatch(
    /^release aaaaaaaa serves with sha256:new as app\.image, .* npm run recover -- --stack staging; nothing was changed$/,
  );
  // As the state has it, or another one that is named.
  expect(await checked("new", "app.image=sha256:new")).toMatchObject({ exitCode: 0, stderr: "" });
  expect(await checked("old", "app.image=sha256:new")).toMatchObject({ exitCode: 0, stderr: "" });
  writeFileSync(join(root, "staging/live/release"), "");
  expect(await checked("old", "app.image=sha256:old")).toMatchObject({ exitCode: 0, stderr: "" });
});
