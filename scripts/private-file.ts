import { existsSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { execa } from "execa";
import { Failure } from "./failure.ts";

/**
 * Where a file goes that is for nobody else to read, `given` or by its name in the home directory: an absolute path at
 * which there is nothing, where nothing commits it.
 */
export async function placeFor(
  name: string,
  given: string | undefined,
  option: string,
): Promise<string> {
  const wanted = resolve(given ?? join(homedir(), name));
  if (!existsSync(dirname(wanted))) {
    throw new Failure(
      `there is no directory ${dirname(wanted)}; type: mkdir -p ${dirname(wanted)}`,
    );
  }
  const file = join(realpathSync(dirname(wanted)), basename(wanted));
  if (existsSync(file)) {
    throw new Failure(`${file} is there already; move it away, or name another one with ${option}`);
  }
  const words = ["-C", dirname(file), "rev-parse", "--show-toplevel"];
  const { failed, stdout } = await execa("git", words, { reject: false });
  if (!failed) {
    throw new Failure(
      `${file} lies in the repository ${stdout}, where it would be committed; name a place outside with ${option}`,
    );
  }
  return file;
}
