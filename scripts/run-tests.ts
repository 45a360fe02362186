import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { execa } from "execa";
import type { JsonTestResults } from "vitest/node";
import { root } from "./workspace.ts";

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
  /** A line for each that failed: which, and the first line of what it said. */
  failures: string[];
}

/**
 * Runs the tests of a project of test/vitest.config.ts whose paths hold one of `filters`. What it prints is shown as it
 * comes, or with `pipe` when it has ended. A run that ends without a report counts as one failure: no test of it may
 * pass unseen.
 */
export async function runTests(
  project: string,
  filters: string[],
  output: "inherit" | "pipe" = "inherit",
): Promise<Counts> {
  const directory = mkdtempSync(join(tmpdir(), "slipway-tests-"));
  const report = join(directory, "report.json");
  const words = [
    "run",
    "--config",
    "test/vitest.config.ts",
    "--project",
    project,
    "--passWithNoTests",
  ];
  const { failed, all } = await execa(
    "vitest",
    [...words, "--reporter=default", "--reporter=json", `--outputFile.json=${report}`, ...filters],
    { stdio: ["ignore", output, output], all: true, reject: false, preferLocal: true },
  );
  if (all) console.log(all);
  const results = readReport(report);
  rmSync(directory, { recursive: true });
  const failures = results ? failuresOf(results) : [`${project}: it ended without a report`];
  if (failed && failures.length === 0) failures.push(`${project}: an error outside of its tests`);
  return {
    passed: results?.numPassedTests ?? 0,
    failed: failures.length,
    skipped: results ? results.numPendingTests + results.numTodoTests : 0,
    failures,
  };
}

function readReport(file: string): JsonTestResults | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

/** A file that fails before or after its tests counts as one. */
function failuresOf({ testResults }: JsonTestResults): string[] {
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(root, name);
    const failed = assertionResults.filter((each) => each.status === "failed");
    if (failed.length === 0 && status === "failed") return [`${file}: ${firstLine(message)}`];
    return failed.map(
      ({ fullName, failureMessages }) => `${file}, ${fullName}: ${firstLine(failureMessages?.[0])}`,
    );
  });
}

function firstLine(text = ""): string {
  return text.trim().split("\n")[0] ?? "";
}
