import { type Command, readCommandLine } from "./command-line.ts";
import { listContainers } from "./containers.ts";
import { docker } from "./engine.ts";
import { readEnvironment, runOnHost } from "./environment.ts";
import { runScript } from "./failure.ts";
import { lookAtLive } from "./host-directory.ts";
import { prepareToolchain } from "./prepare-toolchain.ts";
import { StackState } from "./stack-state.ts";
import { findStrangers } from "./strangers.ts";

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
  const environment = readEnvironment(stack);
  const state = new StackState(stack, await prepareToolchain());
  for (const line of await state.unlock(values.force === true)) console.log(line);
  const said = await runOnHost(environment, "recover", "apply", {
    STACK: stack,
    EDGE: `slipway-${environment.edgeName}`,
    EDGE_FILE: `edges/${environment.edgeName}/dynamic/${stack}.yml`,
    ROUTES_FILE: `edges/${environment.edgeName}/dynamic/${stack}-maintenance.yml`,
    HOSTS: Object.values(environment.hosts).flat().join("\n"),
    EDGE_ADDRESS: environment.edgeAddress,
    EDGE_PORT: String(environment.httpsPort),
  });
  if (said) console.log(said);

  const pending = await state.clearPending();
  if (pending > 0) console.log(`${pending} operations were pending in the state and are cleared`);
  const containers = await listContainers(environment);
  const { release: live, images } = await lookAtLive(environment, containers);
  if (live && (await state.record(images)))
    console.log(`the state has it now that release ${live} serves, and with which images`);
  const strangers = findStrangers(containers, await state.containers(), live);
  for (const { id, name, release = "" } of strangers) {
    await docker(environment, ["rm", "--force", id]);
    console.log(`a container of ${name} ${release} that the state does not know is removed`);
  }
  console.log(
    `${live ? `release ${live} serves` : "nothing serves yet"}; go on with: npm run pulumi -- up --stack ${stack}`,
  );
});
