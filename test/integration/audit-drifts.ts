import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { docker, type TestStack } from "./stack.ts";

/** Something that a person does by hand, and what the audit is to say of it. */
export type Drift = [make: () => Promise<unknown>, ...told: string[]];

/** What a person may do to a local stack of the example that is up, by who puts it right. */
export function driftsOf(stack: TestStack, release: string, helper: string) {
  const { name } = stack;
  const directory = `/var/lib/slipway/${name}`;
  const routes = `/var/lib/slipway/edges/edge-${name}/dynamic`;
  const edge = `slipway-edge-${name}`;

  /** Docker's name of the stack's container of a role. */
  async function container(role: string): Promise<string> {
    const [id = ""] = await stack.containers(role);
    return (await docker("inspect", "--format", "{{.Name}}", id)).stdout.slice(1);
  }

  /** Runs a shell script as root where the files of the host are /host. */
  const onHost = (script: string) =>
    docker(
      ...["run", "--rm", "--user", "0:0", "--volume", "/var/lib/slipway:/host"],
      ...[helper, "sh", "-euc", script],
    );

  const of = (consumer: string) => `container ${name}-${consumer}-${release}-1`;
  const file = (path: string) => `file file ${name}/${path}`;
  const secrets = `releases/${release}/secrets`;
  const network = (end: string) => `slipway-${name}-${end}`;
  const stranger = "one that the state does not know";

  const byEngine: Drift[] = [
    [
      async () => docker("rm", "--force", await container("worker")),
      `program ${of("worker")}: gone`,
    ],
    [async () => docker("stop", await container("beat")), `container ${of("beat")}: state: exited`],
    [
      async () => docker("update", "--restart", "no", await container("redis")),
      "container container redis-server: restart policy: no",
    ],
    [
      async () =>
        docker("update", "--memory", "300m", "--memory-swap", "300m", await container("redis")),
      "container container redis-server: memory in bytes: 314572800",
      "container container redis-server: memory with swap: 314572800",
    ],
  ];

  const byDocker: Drift[] = [
    [
      async () => docker("update", "--pids-limit", "999", await container("service")),
      `container ${of("api")}: processes at most: 999`,
    ],
    [
      async () => docker("update", "--cpu-shares", "2", await container("service")),
      `container ${of("api")}: share of a processor: 2`,
    ],
    [
      async () => docker("network", "disconnect", network("data"), await container("service")),
      `container ${of("api")}: network ${network("data")}: not on it`,
    ],
    [
      async () => {
        const worker = await container("worker");
        await docker("network", "disconnect", network("edge"), worker);
        await docker("network", "connect", network("edge"), worker);
      },
      `container ${of("worker")}: network ${network("edge")}: does not`,
    ],
    [
      async () => docker("network", "connect", "bridge", await container("postgres")),
      "container container postgres-server: network bridge: on it",
    ],
  ];

  const byScripts: Drift[] = [
    [() => docker("network", "disconnect", network("edge"), edge), `edge edge ${edge}: not on it`],
    [
      async () => writeFileSync(`${routes}/${name}.yml`, "http: {}\n"),
      `edge routes edges/edge-${name}/dynamic/${name}.yml of ${edge}: another text`,
    ],
    [
      () => onHost(`echo other >/host/${name}/${secrets}/api/DATABASE_URL`),
      `${file(`${secrets}/api/DATABASE_URL`)}: another text`,
    ],
    [
      () => onHost(`rm /host/${name}/${secrets}/worker/REDIS_URL`),
      `${file(`${secrets}/worker/REDIS_URL`)}: gone`,
    ],
    [
      () => onHost(`chmod 0444 /host/${name}/postgres/password`),
      `${file("postgres/password")}: mode 0444`,
    ],
    [
      () => onHost(`chown 0:0 /host/${name}/redis/users.acl`),
      `${file("redis/users.acl")}: owner 0:0`,
    ],
  ];

  const bySwitch: Drift[] = [
    [
      async () => rmSync(`${routes}/${name}.yml`),
      `edge routes edges/edge-${name}/dynamic/${name}.yml of ${edge}: gone`,
    ],
    [
      async () => writeFileSync(`${directory}/live/release`, "ffffffff\n"),
      `release marker ${name}/live/release: ffffffff`,
    ],
  ];

  const byHand: Drift[] = [
    [
      async () => writeFileSync(`${routes}/x.toml`, ""),
      `edge file edges/edge-${name}/dynamic/x.toml: of no environment`,
    ],
    [
      () => onHost(`echo x >/host/${name}/${secrets}/api/MORE`),
      `${file(`${secrets}/api/MORE`)}: put there by somebody else`,
    ],
    [
      () => onHost(`mkdir /host/${name}/releases/ffffffff`),
      `release file ${name}/releases/ffffffff: left by a deploy that was killed`,
    ],
    [
      () =>
        docker(
          ...["run", "--detach", "--init", "--name", `${name}-guest`],
          ...["--network", network("data"), helper, "sleep", "600"],
        ),
      `stranger container ${name}-guest: on the environment's networks`,
    ],
    [
      () => docker("volume", "create", network("more")),
      `stranger volume ${network("more")}: ${stranger}, with what is in it`,
    ],
    [
      () => docker("network", "create", network("more")),
      `stranger network ${network("more")}: ${stranger}`,
    ],
  ];

  const byRecovery: Drift[] = [
    [
      async () => writeFileSync(`${directory}/journal/deploy`, "1 2026-01-01T00:00:00Z ann@vm\n"),
      `release ${name}/journal/deploy: a deploy that did not end`,
    ],
    [
      async () => {
        const labels = { stack: name, role: "service", name: "api", release };
        const flags = Object.entries(labels).map(
          ([key, value]) => `--label=slipway.${key}=${value}`,
        );
        await docker("create", "--name", `${name}-stray`, ...flags, helper);
      },
      `stranger container ${name}-stray: a service that the state does not know`,
    ],
    [
      async () => {
        // An import would take them out.
        const file = join(stack.files, `state/.pulumi/stacks/slipway/${name}.json`);
        const state = JSON.parse(readFileSync(file, "utf8"));
        const { latest } = state.checkpoint;
        const [resource] = latest.resources.slice(-1);
        latest.pending_operations = [{ type: "updating", resource }];
        writeFileSync(file, JSON.stringify(state));
      },
      "state command switch: not ended (updating)",
    ],
    [
      async () => {
        const locks = join(stack.files, "state/.pulumi/locks/organization/slipway", name);
        mkdirSync(locks, { recursive: true });
        const owner = { pid: 4194303, username: "ann", hostname: hostname() };
        const lock = { ...owner, timestamp: "2026-01-01T00:00:00Z" };
        writeFileSync(join(locks, "1.json"), JSON.stringify(lock));
      },
      `state lock: left by process 4194303 of ann@${hostname()}, dead, from 2026-01-01T00:00:00.000Z`,
    ],
  ];

  return {
    "the engine brings back": byEngine,
    "a command of Docker's changes": byDocker,
    "a script writes again": byScripts,
    "a switch writes again": bySwitch,
    "a person has to remove": byHand,
    "a killed deploy left": byRecovery,
  };
}
