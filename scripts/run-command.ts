import { type Command, readOuterCommandLine } from "./command-line.ts";
import { listContainers, type RunningContainer } from "./containers.ts";
import { against, docker, type EngineHost } from "./engine.ts";
import { readEnvironment } from "./environment.ts";
import { Failure, runScript } from "./failure.ts";
import { lookAtLive } from "./host-directory.ts";
import { modelContainers } from "./model-container.ts";

const command: Command = {
  usage: "npm run exec -- [--service NAME] [--stack STACK] COMMAND [ARGUMENT ...]",
  about: "Runs a command in a fresh container of the live release, which goes when it ends.",
  options: {
    service: {
      ...{ type: "string", value: "NAME" },
      about: "the service or worker whose image, settings and secrets it gets",
    },
  },
};

await runScript(async () => {
  const { stack, values, words } = readOuterCommandLine(command);
  if (words.length === 0) throw new Failure(`a command is missing; type: ${command.usage}`);
  const environment = readEnvironment(stack);
  const containers = await listContainers(environment);
  const live = await lookAtLive(environment, containers);
  const models = modelContainers(containers, live, environment.consumers);
  const model = models.find(({ name }) => !values.service || name === values.service);
  if (models.length === 0) {
    throw new Failure(
      `no release is live in ${stack}; type: npm run pulumi -- up --stack ${stack}`,
    );
  }
  if (!model) {
    const names = [...new Set(models.map(({ name }) => name))];
    throw new Failure(
      `${stack} has no '${values.service}' to run it as; it has ${names.join(", ")}`,
    );
  }
  const id = await createLike(model, stack, words, environment);
  const { exitCode } = await against(environment)(
    "docker",
    ["start", "--attach", "--interactive", id],
    { stdio: "inherit", reject: false },
  );
  process.exitCode = exitCode ?? 1;
});

/** Docker's id of a container that is made like another one and removed by its end. */
async function createLike(
  model: RunningContainer,
  stack: string,
  words: string[],
  environment: EngineHost,
): Promise<string> {
  const terminal = process.stdin.isTTY ? ["--tty"] : [];
  const [network = "bridge", ...others] = model.networks;
  const id = await docker(environment, [
    ...["create", "--rm", "--interactive", ...terminal, "--init", "--read-only", "--tmpfs", "/tmp"],
    ...["--label", `slipway.stack=${stack}`, "--label", "slipway.role=exec"],
    ...["--cap-drop", "ALL", "--security-opt", "no-new-privileges:true", "--pids-limit", "256"],
    ...["--memory", String(model.memoryBytes), "--memory-swap", String(model.memoryBytes)],
    ...["--cpu-shares", "512", "--user", model.user, "--network", network],
    ...model.environment.flatMap((each) => ["--env", each]),
    ...model.binds.flatMap((each) => ["--volume", each]),
    ...["--entrypoint", "/bin/sh", model.image, "/run/slipway/bin/start.sh", "task", ...words],
  ]);
  for (const each of others) await docker(environment, ["network", "connect", each, id]);
  return id;
}
