import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { execa } from "execa";
import { Failure } from "../failure.ts";
import type { Toolchain } from "../toolchain/ensure-toolchain.ts";
import { root, stackEnvironment, stackFiles } from "../workspace.ts";
import type { ImageChange } from "./image-changes.ts";

/** A stack's configuration with other images. */
export interface ConfiguredFile {
  /** What to deploy from. */
  configFile: string;
  /** Makes the stack's own file what it was before. */
  putBack: () => void;
  /** Ends the use of `configFile`. */
  close: () => void;
}

/**
 * Sets images in a stack's own file where it names one, and else in a copy of it: what the file leaves out is the
 * state's to keep. Fails with one line, and the file as it was.
 */
export async function configureImages(
  changes: ImageChange[],
  stack: string,
  toolchain: Toolchain,
): Promise<ConfiguredFile> {
  const { configFile: own } = stackFiles(stack);
  const before = readFileSync(own);
  const directory = mkdtempSync(join(tmpdir(), "slipway-images-"));
  const putBack = () => writeFileSync(own, before);
  const close = () => rmSync(directory, { recursive: true });
  const set = (those: ImageChange[], file: string) =>
    setImages(those, file, stackEnvironment(stack, toolchain));
  try {
    await set(
      changes.filter(({ isNamed }) => isNamed),
      own,
    );
    const leftOut = changes.filter(({ isNamed }) => !isNamed);
    if (leftOut.length === 0) return { configFile: own, putBack, close };
    const copy = join(directory, basename(own));
    copyFileSync(own, copy);
    await set(leftOut, copy);
    return { configFile: copy, putBack, close };
  } catch (error) {
    putBack();
    close();
    throw error;
  }
}

async function setImages(
  changes: ImageChange[],
  configFile: string,
  environment: ReturnType<typeof stackEnvironment>,
): Promise<void> {
  if (changes.length === 0) return;
  const values = changes.flatMap(({ key, to }) => ["--plaintext", `slipway:${key}=${to}`]);
  const words = ["config", "set-all", "--path", ...values, "--non-interactive"];
  const { failed, stderr } = await execa("pulumi", words, {
    ...{ cwd: root, reject: false },
    env: { ...environment, PULUMI_OPTION_CONFIG_FILE: configFile },
  });
  if (!failed) return;
  throw new Failure(`the configuration could not be changed: ${stderr.trim().split("\n").at(-1)}`);
}
