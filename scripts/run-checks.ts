import { join } from "node:path";
import { execa } from "execa";
import { readCommandLine } from "./command-line.ts";
import { ensureDocker } from "./ensure-docker.ts";
import { ensurePrograms } from "./ensure-programs.ts";
import { runScript } from "./failure.ts";
import { buildApp } from "./images/build-app.ts";
import { resolveImages } from "./images/resolve-images.ts";
import { duration, runSteps } from "./progress.ts";
import { type Counts, runTests } from "./run-tests.ts";
import { ensureProgram, ensureToolchain } from "./toolchain/ensure-toolchain.ts";
import { challtestsrv, githubPlugin, k6, pebble, registry } from "./toolchain/versions.ts";
import { type Linter, workflowLinters } from "./workflow-linters.ts";
import { root } from "./workspace.ts";

/** Every check of the repository, one after the other; a failed one does not keep the others from running. */
await runScript(async () => {
  const { words: filters } = readCommandLine({
    usage: "npm test [FILE ...]",
    about:
      "Runs every check there is, or the tests of the files whose paths hold one of the words.",
    words: Number.POSITIVE_INFINITY,
    elsewhere: () => "npm test",
  });
  process.chdir(root);
  const started = Date.now();
  let linters: Linter[] = [];
  await runSteps("Setting up", [
    { title: "Docker engine", run: ensureDocker },
    {
      title: "Pulumi CLI and plugins",
      run: async (report) => void (await ensureToolchain(report, [githubPlugin])),
    },
    {
      title: "Images",
      run: async (report) => {
        const images = await resolveImages(report);
        await buildApp(join(root, "examples/erp"), images.python, report);
      },
    },
    {
      title: "Programs of the tests",
      run: async (report) => {
        await ensurePrograms(["curl", "jq", "python", "shellcheck", "sshd"], report);
        for (const each of [registry, k6, pebble, challtestsrv]) await ensureProgram(each, report);
        linters = await workflowLinters(report);
      },
    },
  ]);
  const counts: Counts = { passed: 0, failed: 0, skipped: 0, failures: [] };
  const add = (more: Counts) => {
    counts.failures.push(...more.failures);
    counts.passed += more.passed;
    counts.failed += more.failed;
    counts.skipped += more.skipped;
  };
  if (filters.length === 0) {
    add(await check("lint", "biome", ["check", "."]));
    add(await check("types", "tsc", ["--noEmit", "--project", "."]));
    add(await check("shell", "shellcheck", await tracked("*.sh", ".ci/run")));
    const workflows = await tracked(".github/*.yml", "examples/*/.github/*.yml");
    for (const { title, program, words } of linters)
      add(await check(title, program, words(workflows)));
  }
  add(await runTests("unit", filters));
  const both = await Promise.all([
    runTests("integration", filters),
    runTests("beside", filters, "pipe"),
  ]);
  for (const each of both) add(each);
  for (const each of counts.failures) console.log(`FAILED  ${each}`);
  console.log(`All of it took ${duration(started)}.`);
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  if (counts.failed > 0) process.exitCode = 1;
});

async function check(title: string, program: string, words: string[]): Promise<Counts> {
  const started = Date.now();
  const { failed } = await execa(program, words, {
    stdio: "inherit",
    reject: false,
    preferLocal: true,
  });
  console.log(`${failed ? "FAILED" : "passed"}  ${title}  (${duration(started)})`);
  return failed
    ? { passed: 0, failed: 1, skipped: 0, failures: [title] }
    : { passed: 1, failed: 0, skipped: 0, failures: [] };
}

async function tracked(...patterns: string[]): Promise<string[]> {
  const { stdout } = await execa("git", ["ls-files", ...patterns]);
  return stdout.split("\n");
}
