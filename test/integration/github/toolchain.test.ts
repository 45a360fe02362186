import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { githubPlugin } from "../../../scripts/toolchain/versions.ts";
import { githubStack, root, stackFiles } from "../../../scripts/workspace.ts";

const entry = (stack: string) =>
  join(stackFiles(stack).homeDirectory, "plugins", `resource-github-v${githubPlugin.version}`);

test.each([
  [githubStack, true],
  ["staging", false],
])("the environment of %s has the GitHub plugin: %s", async (stack, has) => {
  rmSync(entry(stack), { recursive: true, force: true });
  const print = join(root, "scripts/print-environment.ts");
  const { stdout } = await execa(process.execPath, [print, "--stack", stack]);
  expect(stdout).toContain(`export PULUMI_OPTION_STACK='${stack}'`);
  expect(existsSync(entry(stack))).toBe(has);
});
