import { existsSync, readFileSync } from "node:fs";
import { relative } from "node:path";
import { execa } from "execa";
import { parse } from "yaml";
import { readCommandLine } from "./command-line.ts";
import { Failure, runScript } from "./failure.ts";
import { describePlan } from "./plan/describe-plan.ts";
import { makePlan } from "./plan/make-plan.ts";
import { describeSetting, settingChanges } from "./review/settings-diff.ts";
import { root, stackFiles } from "./workspace.ts";

/** Where Alembic keeps its migrations, whatever the directory is called above that. */
const migrations = ":(glob)**/versions/*.py";

await runScript(async () => {
  const { stack, values } = readCommandLine({
    usage: "npm run review -- --since REF [--settings STACK] [--stack STACK]",
    about: "Says what a change does: the plan of a stack, the settings of another one, migrations.",
    options: {
      since: { type: "string", value: "REF", about: "the commit that the change begins at" },
      settings: {
        ...{ type: "string", value: "STACK" },
        about: "a stack whose file is compared, without its secrets",
      },
    },
  });
  const since = String(values.since ?? "origin/main");
  const known = await execa("git", ["rev-parse", "--verify", "--quiet", `${since}^{commit}`], {
    ...{ cwd: root, reject: false },
  });
  if (known.failed) {
    throw new Failure(
      `there is no commit '${since}'; type for example: npm run review -- --since origin/main`,
    );
  }
  const base = known.stdout;
  const plan = await makePlan(stack);
  console.log(`### Plan\n\n${describePlan(stack, plan)}\n`);
  if (values.settings) {
    const lines = (await changesOf(String(values.settings), base)).map(describeSetting);
    console.log(`### Settings of ${values.settings}\n\n${listOf(lines, "As they are.")}\n`);
  }
  const { stdout } = await execa(
    "git",
    ["diff", "--name-status", `${base}...HEAD`, "--", migrations],
    { cwd: root },
  );
  const files = stdout.split("\n").filter(Boolean);
  const words: Record<string, string> = { A: "new", M: "changed", D: "removed" };
  const told = files.map((line) => {
    const [status = "", name] = line.split("\t");
    return `\`${name}\` (${words[status.charAt(0)] ?? "moved"})`;
  });
  console.log(`### Migrations\n\n${listOf(told, "None.")}`);
});

async function changesOf(stack: string, base: string) {
  const { configFile } = stackFiles(stack);
  const file = relative(root, configFile);
  const { stdout } = await execa("git", ["show", `${base}:${file}`], { cwd: root, reject: false });
  const now = existsSync(configFile) ? readFileSync(configFile, "utf8") : "";
  return settingChanges(parse(stdout ?? "")?.config, parse(now)?.config);
}

function listOf(lines: string[], otherwise: string): string {
  return lines.length > 0 ? lines.map((line) => `- ${line}`).join("\n") : otherwise;
}
