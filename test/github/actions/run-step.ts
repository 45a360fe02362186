import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";

export interface StepResult {
  isWell: boolean;
  /** What the shell printed. */
  said: string;
  outputs: Record<string, string>;
  summary: string;
}

/** Runs the `run` of a step as GitHub's runner does, in bash that ends with the first failure. */
export async function runStep(
  script: string,
  directory: string,
  environment: Record<string, string>,
): Promise<StepResult> {
  const files = mkdtempSync(join(tmpdir(), "slipway-step-"));
  const [output, summary, text] = ["output", "summary", "step.sh"].map((name) => join(files, name));
  for (const file of [output, summary]) writeFileSync(file as string, "");
  writeFileSync(text as string, script);
  const { PATH = "", HOME = "", XDG_CACHE_HOME } = process.env;
  const { failed, all } = await execa(
    "bash",
    ["--noprofile", "--norc", "-eo", "pipefail", text as string],
    {
      ...{ cwd: directory, all: true, reject: false, extendEnv: false, stdin: "ignore" },
      env: {
        ...{ PATH, HOME, CI: "true", ...(XDG_CACHE_HOME ? { XDG_CACHE_HOME } : {}) },
        ...environment,
        ...{ GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: summary },
      },
    },
  );
  const outputs = Object.fromEntries(
    readFileSync(output as string, "utf8")
      .split("\n")
      .filter((line) => line.includes("="))
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
  const result = {
    isWell: !failed,
    said: all,
    outputs,
    summary: readFileSync(summary as string, "utf8"),
  };
  rmSync(files, { recursive: true });
  return result;
}
