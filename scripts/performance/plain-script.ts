import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { readEnvironment } from "../environment.ts";
import { localStack } from "../workspace.ts";
import { containerCommands } from "./container-command.ts";
import { type Deployed, roleOf } from "./inspect-stack.ts";
import { type ShellCommand, shellText } from "./shell-command.ts";

/**
 * Writes a script of Docker commands that makes what a deploy made, in the order in which one would, and ends when the
 * same answers come: the API's over the edge and HTTPS, the worker's to a ping, the scheduler's lock. What a container
 * is made of comes from `docker inspect`; the files lie beside the script as they were on the host; roles and schema
 * are made by the two scripts of the deploy that do it.
 * @param state what `pulumi stack export --show-secrets` prints.
 * @returns the script's path.
 */
export async function writePlainScript(
  deployed: Deployed,
  state: string,
  directory: string,
): Promise<string> {
  const { edgeName, helperImage, ...environment } = readEnvironment(localStack);
  const volumes = deployed.volumes.map(({ Name }) => Name);
  const flags = [
    ...["docker", "run", "--rm", "--interactive", "--network", "none", "--log-driver", "none"],
    ...["--volume", `${environment.directory}:/slipway`],
    ...volumes.flatMap((name) => ["--volume", `${name}:/volumes/${name}`]),
  ];
  const inHelper = (...words: string[]) => ({ flags, words: [helperImage, ...words] });
  const run = ({ flags, words }: ShellCommand) =>
    execa(flags[0] as string, [...flags.slice(1), ...words], { encoding: "buffer" });
  const files = await run(inHelper("tar", "-c", "-C", "/slipway", localStack, `edges/${edgeName}`));
  writeFileSync(join(directory, "files.tar"), files.stdout);
  const format = "chown %u:%g %n; chmod %a %n;";
  const paths = volumes.map((name) => `/volumes/${name}`);
  const owners = await run(inHelper("stat", "-c", format, ...paths));

  for (const command of ["postgres-roles", "migration"]) {
    let script = inputOf(state, command);
    for (const { Id, Name } of deployed.containers) script = script.replaceAll(Id, Name.slice(1));
    writeFileSync(join(directory, `${command}.sh`), script);
  }
  const unpack = `tar -xp -C /slipway; ${Buffer.from(owners.stdout).toString().replaceAll("\n", " ")}`;
  const text = [
    "#!/bin/bash",
    "set -euo pipefail",
    'cd "$(dirname "$0")"',
    `export DOCKER_HOST=${environment.engine}`,
    ...deployed.networks.map(networkCommand).map(shellText),
    ...volumes.map((name) => `docker volume create ${name}`),
    `${shellText(inHelper("sh", "-ec", unpack))} <files.tar`,
    ...start(deployed, ["postgres", "redis", "edge"]),
    "bash -s -- apply <postgres-roles.sh",
    "bash -s -- apply <migration.sh",
    ...start(deployed, ["service", "worker", "beat"]),
    ...waits(deployed, environment),
    "",
  ].join("\n");
  const file = join(directory, "plain.sh");
  writeFileSync(file, text);
  return file;
}

function networkCommand({ Name, Internal, Labels }: Deployed["networks"][number]): ShellCommand {
  const labels = Object.entries(Labels).flatMap(([key, value]) => ["--label", `${key}=${value}`]);
  const flags = ["docker", "network", "create", ...(Internal ? ["--internal"] : []), ...labels];
  return { flags, words: [Name] };
}

function start({ containers }: Deployed, roles: string[]): string[] {
  return containers
    .filter((container) => roles.includes(roleOf(container)))
    .flatMap(containerCommands)
    .map((command) => `${shellText(command)} >/dev/null`);
}

function waits(
  { containers }: Deployed,
  { hosts, httpsPort }: { hosts: Record<string, string[]>; httpsPort: number },
): string[] {
  const until = (question: string) => `until ${question} >/dev/null 2>&1; do sleep 0.2; done`;
  const inside = (role: string, command: string) =>
    containers
      .filter((container) => roleOf(container) === role)
      .map(({ Name }) => until(`docker exec ${Name.slice(1)} sh -c '${command}'`));
  const ping = 'celery --app "$SLIPWAY_CELERY" inspect ping --destination "celery@$(hostname)"';
  return [
    ...Object.values(hosts)
      .flat()
      .map((host) =>
        until(
          `curl --fail --silent --insecure --resolve ${host}:${httpsPort}:127.0.0.1 https://${host}:${httpsPort}/healthz/ready`,
        ),
      ),
    ...inside("worker", ping),
    ...inside("beat", "! flock --nonblock --shared /run/slipway/beat/lock true"),
  ];
}

/** The script that a command of the deploy got by its standard input. */
function inputOf(state: string, name: string): string {
  const { resources } = JSON.parse(state).deployment;
  const { stdin } = resources.find(({ urn }: { urn: string }) => urn.endsWith(`::${name}`)).inputs;
  return typeof stdin === "string" ? stdin : JSON.parse(stdin.plaintext);
}
