import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { attachment, hardened, healthcheck } from "./container.ts";
import { hostCommand } from "./host-command.ts";
import type { Host } from "./host-script.ts";
import type { Passwords } from "./passwords.ts";

const uid = "999:999";

export interface RedisArgs {
  host: Host;
  stack: string;
  image: string;
  /** Name of the network on which it answers as `redis`. */
  network: string;
  memoryMegabytes: number;
  cpus?: number | undefined;
  maxProcesses: number;
  /** One more than before makes a new password; the one of the generation before goes on working. */
  passwordGeneration: number;
  passwords: Passwords;
}

/** One Redis server with an append-only file, on a volume that outlives the stack; users by an ACL file. */
export class Redis extends pulumi.ComponentResource {
  readonly password: pulumi.Output<string>;
  /** Docker's id. */
  readonly container: pulumi.Output<string>;

  constructor(name: string, args: RedisArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:index:Redis", name, {}, opts);
    const { host, stack, passwords, passwordGeneration: generation } = args;
    const generations = generation > 1 ? [generation - 1, generation] : [generation];
    const valid = generations.map((each) => passwords(`redis app ${each}`));
    const directory = `${stack}/redis`;

    const data = new docker.Volume(
      `${name}-data`,
      { name: `slipway-${stack}-redis` },
      { parent: this, retainOnDelete: true },
    );
    const users = hostCommand(
      `${name}-users`,
      {
        host,
        script: "redis-users",
        variables: {
          DIRECTORY: directory,
          STACK: stack,
          GENERATION: String(generation),
          CONTAINER: `slipway-${stack}-redis`,
          OWNER: uid,
          ADMIN_PASSWORD: passwords("redis admin"),
          PASSWORDS: pulumi.all(valid).apply((all) => all.join(" ")),
        },
        removes: true,
      },
      { parent: this },
    );
    const server = new docker.Container(
      `${name}-server`,
      {
        ...hardened({ stack, role: "redis", name: "redis" }, args),
        name: `slipway-${stack}-redis`,
        image: args.image,
        user: uid,
        command: ["redis-server", ...serverFlags(args)],
        networksAdvanced: [attachment(args.network, "redis")],
        volumes: [
          { volumeName: data.name, containerPath: "/data" },
          {
            hostPath: `${host.directory}/${directory}`,
            containerPath: "/run/secrets",
            readOnly: true,
          },
        ],
        tmpfs: { "/tmp": "rw,noexec,nosuid,nodev,size=16m" },
        healthcheck: healthcheck(
          ["CMD", "redis-cli", "--user", "health", "--no-auth-warning", "--pass", "health", "ping"],
          "5s",
        ),
        stopTimeout: 30,
        destroyGraceSeconds: 30,
      },
      { parent: this, dependsOn: [users], deleteBeforeReplace: true },
    );

    this.password = valid.at(-1) as pulumi.Output<string>;
    this.container = server.id;
    this.registerOutputs({ container: this.container });
  }
}

function serverFlags({ memoryMegabytes }: RedisArgs): string[] {
  const settings = {
    dir: "/data",
    appendonly: "yes",
    aclfile: "/run/secrets/users.acl",
    // A queue is no cache: refuse new tasks rather than forget old ones. The rest of the limit is for the rewrite's copy.
    "maxmemory-policy": "noeviction",
    maxmemory: `${Math.floor((memoryMegabytes * 6) / 10)}mb`,
  };
  return Object.entries(settings).flatMap(([key, value]) => [`--${key}`, value]);
}
