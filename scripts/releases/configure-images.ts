import { readFileSync, writeFileSync } from "node:fs";
import { execa } from "execa";
import { Failure } from "../failure.ts";
import type { Toolchain } from "../toolchain/ensure-toolchain.ts";
import { root, stackEnvironment, stackFiles } from "../workspace.ts";
import type { ImageChange } from "./image-changes.ts";

/** Sets images in a stack's configuration, and returns what puts its file back as it was. */
export async function configureImages(
  changes: ImageChange[],
  stack: string,
  toolchain: Toolchain,
): Promise<() => void> {
  const { configFile } = stackFiles(stack);
  const before = readFileSync(configFile);
  const values = changes.flatMap(({ key, to }) => ["--plaintext", `slipway:${key}=${to}`]);
  const words = ["config", "set-all", "--path", ...values, "--non-interactive"];
  const putBack = () => writeFileSync(configFile, before);
  const { failed, stderr } = await execa("pulumi", words, {
    ...{ cwd: root, env: stackEnvironment(stack, toolchain), reject: false },
  });
  if (!failed) return putBack;
  putBack();
  throw new Failure(`the configuration could not be changed: ${stderr.trim().split("\n").at(-1)}`);
}
