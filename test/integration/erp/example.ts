import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll } from "vitest";
import { workflowSteps } from "../../workflow-steps.ts";

export const example = join(import.meta.dirname, "../../../examples/erp");
export const pipeline = workflowSteps(join(example, ".github/workflows/ci.yml"));

/** By which the example's tools are installed and ask: proxies, authorities and the index of this machine. */
export const machine = Object.fromEntries(
  Object.entries(process.env).filter(([name]) =>
    /^(PIP_.*|SSL_CERT_.*|.*_CA_BUNDLE|.*_proxy)$/i.test(name),
  ),
) as Record<string, string>;

/** Makes directories that go when the tests of the file are over. */
export function cleanCopies() {
  let root: string;
  let files: string[];
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), "slipway-erp-"));
    files = (await execa("git", ["ls-files"], { cwd: example })).stdout.split("\n");
  });
  afterAll(() => rm(root, { recursive: true }));

  /** The example's files that git has, with some put in and those of some paths left out. */
  return async (put: Record<string, string> = {}, without = /^$/): Promise<string> => {
    const directory = await mkdtemp(join(root, "copy-"));
    for (const file of files.filter((each) => !without.test(each)))
      await cp(join(example, file), join(directory, file));
    for (const [file, text] of Object.entries(put)) {
      await mkdir(dirname(join(directory, file)), { recursive: true });
      await writeFile(join(directory, file), text);
    }
    return directory;
  };
}
