import { appendFileSync } from "node:fs";
import { execa } from "execa";
import { readCommandLine } from "../command-line.ts";
import { runScript } from "../failure.ts";
import { prepareToolchain } from "../prepare-toolchain.ts";
import { root, stackEnvironment } from "../workspace.ts";
import { given } from "./github.ts";

/** What runs after a deploy, and what came before it, into the summary of the run; its address for GitHub's deployment. */
await runScript(async () => {
  const { stack } = readCommandLine({
    usage: "report-deploy --stack STACK",
    about: "Writes what runs into the summary of a workflow's run.",
  });
  const env = stackEnvironment(stack, await prepareToolchain());
  const run = (program: string, words: string[]) =>
    execa(program, words, { cwd: root, env, reject: false, all: true });
  for (const name of ["status", "releases"]) {
    const { all } = await run("npm", ["run", "--silent", name, "--", "--stack", stack]);
    appendFileSync(given("GITHUB_STEP_SUMMARY"), `\n\`\`\`\n${all}\n\`\`\`\n`);
  }
  const { stdout, failed } = await run("pulumi", ["stack", "output", "url", "--non-interactive"]);
  if (!failed) appendFileSync(given("GITHUB_OUTPUT"), `url=${stdout.trim()}\n`);
});
