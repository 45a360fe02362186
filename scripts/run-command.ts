import { listContainers } from "./containers.ts";
import { against, findEnvironment, liveRelease } from "./environment.ts";
import { Failure, runScript } from "./failure.ts";
import { takeStack } from "./workspace.ts";

const usage = "npm run exec -- [--stack STACK] COMMAND [ARGUMENT ...]";

/** Runs a command in a fresh container that is made like the live release's, and goes when the command ends. */
await runScript(async () => {
  const { stack, rest } = takeStack(process.argv.slice(2));
  const command = rest[0] === "--" ? rest.slice(1) : rest;
  if (command.length === 0) throw new Failure(`a command is missing; type: ${usage}`);
  const environment = findEnvironment(stack);
  const release = await liveRelease(environment);
  const containers = await listContainers(environment);
  const model = containers.find(
    (each) => each.release === release && (each.role === "service" || each.role === "worker"),
  );
  if (!release || !model) {
    throw new Failure(
      `no release is live in ${stack}; type: npm run pulumi -- up --stack ${stack}`,
    );
  }
  const terminal = process.stdin.isTTY ? ["--tty"] : [];
  const [network = "bridge", ...others] = model.networks;
  const run = against(environment);
  const { stdout: id } = await run("docker", [
    ...["create", "--rm", "--interactive", ...terminal, "--init", "--read-only", "--tmpfs", "/tmp"],
    ...["--label", `slipway.stack=${stack}`, "--label", "slipway.role=exec"],
    ...["--cap-drop", "ALL", "--security-opt", "no-new-privileges:true", "--pids-limit", "256"],
    ...["--memory", String(model.memoryBytes), "--user", model.user, "--network", network],
    ...model.environment.flatMap((each) => ["--env", each]),
    ...model.binds.flatMap((each) => ["--volume", each]),
    ...["--entrypoint", "/bin/sh", model.image, "/run/slipway/bin/start.sh", "task", ...command],
  ]);
  for (const each of others) await run("docker", ["network", "connect", each, id]);
  const words = ["start", "--attach", "--interactive", id];
  const { exitCode } = await run("docker", words, { stdio: "inherit", reject: false });
  process.exitCode = exitCode ?? 1;
});
