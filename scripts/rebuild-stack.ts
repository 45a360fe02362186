import { type Command, readCommandLine } from "./command-line.ts";
import { readConfiguration, readEnvironment } from "./environment.ts";
import { Failure, runScript } from "./failure.ts";
import { prepareToolchain } from "./prepare-toolchain.ts";
import { deployRestoring } from "./rebuild/deploy-restoring.ts";
import { emptyHost } from "./rebuild/empty-host.ts";
import { prepareHost, requireGone } from "./rebuild/other-host.ts";
import { StackState } from "./stack-state.ts";
import { localStack } from "./workspace.ts";

const command: Command = {
  usage: "npm run rebuild -- --stack STACK --host [USER@]ADDRESS[:PORT] [--force]",
  about:
    "Makes a stack anew whose server is lost, on another one: from git, the state and the repository elsewhere.",
  options: {
    host: {
      ...{ type: "string", value: "SERVER" },
      about: "the new server, as prepare-host takes it",
    },
    force: {
      type: "boolean",
      about: "even though the old server answers: from then on it must not be started again",
    },
  },
};

await runScript(async () => {
  const { stack, values } = readCommandLine(command);
  const begun = performance.now();
  const environment = readEnvironment(stack);
  if (environment.isManaged) {
    throw new Failure(
      `the Postgres of ${stack} is managed, and not lost with its server; type: npm run prepare-host, set slipway:host.address and hostKey, then npm run pulumi -- up --stack ${stack}; files come back by npm run restore -- --files-only, from repository 2`,
    );
  }
  const offsite = readConfiguration(stack)["slipway:backups"]?.offsite?.mode ?? "none";
  if (!environment.database || offsite === "none") {
    throw new Failure(
      `${stack} has no backups elsewhere than on its server: with that they are lost; where the disk is there, its volumes are all that there is`,
    );
  }
  const host = values.host as string | undefined;
  if (stack !== localStack && !host) {
    throw new Failure(`the new server is missing; type: ${command.usage.replace("STACK", stack)}`);
  }
  const toolchain = await prepareToolchain();
  const state = new StackState(stack, toolchain);
  if (host) {
    if (!values.force) await requireGone(environment, host);
    await prepareHost(stack, host);
  }
  await emptyHost(readEnvironment(stack));
  const copy = await state.forgetHost();
  console.log(`the state knows of no server any more; what it was is in ${copy}`);
  const exitCode = await deployRestoring(stack, toolchain);
  if (exitCode !== 0) {
    throw new Failure(
      `the deploy did not end well, and nothing of the data is lost by it; go on with the same command`,
    );
  }
  const seconds = Math.round((performance.now() - begun) / 1000);
  console.log(
    `${stack} serves again, ${seconds} s after the command was typed. Have its names lead to the new server, and commit Pulumi.${stack}.yaml.`,
  );
});
