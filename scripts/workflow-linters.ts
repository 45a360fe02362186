import type { Report } from "./progress.ts";
import { ensureProgram } from "./toolchain/ensure-toolchain.ts";
import { ensureZizmor } from "./toolchain/ensure-zizmor.ts";
import { actionlint } from "./toolchain/versions.ts";

export interface Linter {
  title: string;
  program: string;
  /** The whole command line behind the program, for files below `.github`. */
  words(files: string[]): string[];
}

/**
 * What reads workflows: actionlint their meaning, with shellcheck for the steps, and zizmor what somebody could abuse,
 * also in dependabot.yml. Each ends with an exit status other than 0 when it finds something. Needs python and shellcheck.
 */
export async function workflowLinters(report: Report): Promise<Linter[]> {
  return [
    {
      title: "workflows",
      program: await ensureProgram(actionlint, report),
      // Without pyflakes, which some machines have and others lack.
      words: (files) => ["-pyflakes=", ...files.filter((file) => file.includes("/workflows/"))],
    },
    {
      title: "security of workflows",
      program: await ensureZizmor(report),
      words: (files) => ["--offline", "--pedantic", "--strict-collection", "--quiet", ...files],
    },
  ];
}
