import { auditOf, hasDrift } from "./audit/audit.ts";
import { checks } from "./audit/checks.ts";
import { gatherEvidence } from "./audit/evidence.ts";
import { reportJson, reportText } from "./audit/report.ts";
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
      about: "have the next `up` run the scripts again whose work somebody undid",
    },
  },
};

await runScript(async () => {
  const { stack, values } = readCommandLine(command);
  if (stack === githubStack) {
    throw new Failure(
      `the stack ${stack} has no server to look at; type: npm run pulumi -- --stack ${stack} preview --refresh --expect-no-changes`,
    );
  }
  const environment = readEnvironment(stack);
  const toolchain = await prepareToolchain();
  const started = performance.now();
  const at = new Date();
  const audit = auditOf(await gatherEvidence(environment, toolchain), checks);
  const seconds = (performance.now() - started) / 1000;
  if (values.redo) {
    const names = new Set(audit.findings.flatMap(({ redo = [] }) => redo));
    if (audit.deploy) throw new Failure(`${audit.deploy} is at work; type it again when it ended`);
    if (names.size > 0) await new StackState(stack, toolchain).redo(names);
    console.log(
      names.size === 0
        ? "there is nothing that a script would put right"
        : `the next deploy does again: ${[...names].join(", ")}; type: npm run pulumi -- up --stack ${stack}`,
    );
    return;
  }
  console.log(values.json ? reportJson(audit, seconds, at) : reportText(audit, seconds));
  if (hasDrift(audit)) process.exitCode = 2;
});
