import { auditOf, hasDrift } from "./audit/audit.ts";
import { checks, repositoryChecks } from "./audit/checks.ts";
import { gatherEvidence } from "./audit/evidence.ts";
import { reportJson, reportText } from "./audit/report.ts";
import { gatherRepositoryEvidence } from "./audit/repository-evidence.ts";
import { type Command, readCommandLine } from "./command-line.ts";
import { readEnvironment } from "./environment.ts";
import { Failure, runScript } from "./failure.ts";
import { prepareToolchain } from "./prepare-toolchain.ts";
import { StackState } from "./stack-state.ts";
import { githubStack } from "./workspace.ts";

const command: Command = {
  usage: "npm run audit -- [--json] [--redo] [--stack STACK]",
  about:
    "Looks for all that is not as it was deployed, and changes nothing. Exit status: 0 for nothing, 2 for drift, 1 when it could not look.",
  options: {
    json: { type: "boolean", about: "print it as JSON" },
    redo: {
      type: "boolean",
      about: "have the next `up` do again what somebody undid and the engine does not see",
    },
  },
};

await runScript(async () => {
  const { stack, values } = readCommandLine(command);
  const environment = stack === githubStack ? undefined : readEnvironment(stack);
  const toolchain = await prepareToolchain(stack);
  const started = performance.now();
  const at = new Date();
  const audit = environment
    ? auditOf(await gatherEvidence(environment, toolchain), checks)
    : auditOf(await gatherRepositoryEvidence(toolchain), repositoryChecks);
  const seconds = (performance.now() - started) / 1000;
  if (values.redo) {
    const names = new Set(audit.findings.flatMap(({ redo = [] }) => redo));
    if (audit.deploy) throw new Failure(`${audit.deploy} is at work; type it again when it ended`);
    if (names.size > 0) await new StackState(stack, toolchain).redo(names);
    console.log(
      names.size === 0
        ? "there is nothing that `up` would have to do again"
        : `the next deploy does again: ${[...names].join(", ")}; type: npm run pulumi -- up --stack ${stack}`,
    );
    return;
  }
  console.log(values.json ? reportJson(audit, seconds, at) : reportText(audit, seconds));
  if (hasDrift(audit)) process.exitCode = 2;
});
