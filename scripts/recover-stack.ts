import { type Command, readCommandLine } from "./command-line.ts";
import { listContainers } from "./containers.ts";
import { docker } from "./engine.ts";
import { type DeployedEnvironment, readEnvironment, runOnHost } from "./environment.ts";
import { runScript } from "./failure.ts";
import { lookAtLive } from "./host-directory.ts";
import { prepareToolchain } from "./prepare-toolchain.ts";
import { StackState } from "./stack-state.ts";
import { findStrangers } from "./strangers.ts";
import { githubStack } from "./workspace.ts";

const command: Command = {
  usage: "npm run recover -- [--force] [--stack STACK]",
  about:
    "After a deploy was killed: says what happened, clears its locks, and makes the next `up` possible.",
  options: {
    force: {
      type: "boolean",
      about: "clear locks of other machines as well; only when no deploy runs there",
    },
  },
};

await runScript(async () => {
  const { stack, values } = readCommandLine(command);
  const environment = stack === githubStack ? undefined : readEnvironment(stack);
  const state = new StackState(stack, await prepareToolchain());
  for (const line of await state.unlock(values.force === true)) console.log(line);
  if (environment) await recoverHost(environment);
  const pending = await state.clearPending();
  if (pending > 0) console.log(`${pending} operations were pending in the state and are cleared`);
  const served = environment ? `${await recoverRelease(environment, state)}; ` : "";
  console.log(`${served}go on with: npm run pulumi -- up --stack ${stack}`);
});

async function recoverHost(environment: DeployedEnvironment): Promise<void> {
  const { stack, edgeName, hosts, edgeAddress, httpsPort } = environment;
  const said = await runOnHost(environment, "recover", "apply", {
    STACK: stack,
    EDGE: `slipway-${edgeName}`,
    EDGE_FILE: `edges/${edgeName}/dynamic/${stack}.yml`,
    ROUTES_FILE: `edges/${edgeName}/dynamic/${stack}-maintenance.yml`,
    HOSTS: Object.values(hosts).flat().join("\n"),
    EDGE_ADDRESS: edgeAddress,
    EDGE_PORT: String(httpsPort),
  });
  if (said) console.log(said);
}

/** Brings the state and the containers to what serves, and says what that is. */
async function recoverRelease(environment: DeployedEnvironment, state: StackState) {
  const containers = await listContainers(environment);
  const { release: live, images } = await lookAtLive(environment, containers);
  if (live && (await state.record(images)))
    console.log(`the state has it now that release ${live} serves, and with which images`);
  const strangers = findStrangers(containers, await state.containers(), live);
  for (const { id, name, release = "" } of strangers) {
    await docker(environment, ["rm", "--force", id]);
    console.log(`a container of ${name} ${release} that the state does not know is removed`);
  }
  return live ? `release ${live} serves` : "nothing serves yet";
}
