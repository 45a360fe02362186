import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { attachment, hardened, healthcheck } from "./container.ts";
import type { HostEntry } from "./host-files.ts";
import type { Host } from "./host-script.ts";
import { type Passwords, validGenerations } from "./passwords.ts";

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

/** One Redis server with an append-only file, on a volume that outlives the stack; it reads `redisFiles` from the host. */
export class Redis extends pulumi.ComponentResource {
  readonly password: pulumi.Output<string>;
  /** Docker's id. */
  readonly container: pulumi.Output<string>;

  constructor(name: string, args: RedisArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:index:Redis", name, {}, opts);
    const { host, stack, passwords, passwordGeneration } = args;

    const data = new docker.Volume(
      `${name}-data`,
      { name: `slipway-${stack}-redis` },
      { parent: this, retainOnDelete: true },
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
            hostPath: `${host.directory}/${stack}/redis`,
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
      { parent: this, deleteBeforeReplace: true },
    );

    this.password = passwords(`redis app ${passwordGeneration}`);
    this.container = server.id;
    this.registerOutputs({ container: this.container });
  }
}

/** What the server reads from the environment's directory: its users, with the passwords of two generations. */
export function redisFiles(passwords: Passwords, generation: number): HostEntry[] {
  const valid = validGenerations(generation).map((each) => passwords(`redis app ${each}`));
  const content = pulumi
    .all([passwords("redis admin"), ...valid])
    .apply(([admin, ...app]) =>
      [
        "user default off",
        "user health on nopass -@all +ping",
        `user admin on >${admin} +@all ~* &*`,
        `user app on ${app.map((each) => `>${each}`).join(" ")} ~* &* +@all -@admin -@dangerous +info +keys`,
        "",
      ].join("\n"),
    );
  return [
    { kind: "directory", path: "redis", mode: "0500", owner: uid },
    { kind: "file", path: "redis/users.acl", mode: "0400", owner: uid, content },
  ];
}

function serverFlags({ memoryMegabytes }: RedisArgs): string[] {
  const settings = {
    dir: "/data",
    appendonly: "yes",
    // Written before a task is acknowledged, on the disk a second later: what a crash of the host may cost.
    appendfsync: "everysec",
    aclfile: "/run/secrets/users.acl",
    // A queue is no cache: refuse new tasks rather than forget old ones. The rest of the limit is for the rewrite's copy.
    "maxmemory-policy": "noeviction",
    maxmemory: `${Math.floor((memoryMegabytes * 6) / 10)}mb`,
  };
  return Object.entries(settings).flatMap(([key, value]) => [`--${key}`, value]);
}
