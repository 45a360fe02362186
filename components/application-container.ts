import type * as docker from "@pulumi/docker";
import { attachment, hardened, healthcheck, type Limits } from "./container.ts";

/** The environment that an application's containers run in; all plain, so that names are known before any resource is. */
export interface Environment {
  stack: string;
  /** Absolute path on the host of this environment's files. */
  directory: string;
  /** The network of the servers of data, which has no way out. */
  dataNetwork: string;
  /** The network that the edge reaches the services by. */
  edgeNetwork: string;
  secretsAs: "files" | "environment";
}

/** What containers of the application have in common, by configuration. */
export interface Consumer extends Limits {
  /** The service's or worker's name. */
  name: string;
  image: string;
  /** Numeric `user:group`. */
  user: string;
  /** The image's own when absent. */
  command?: string[] | undefined;
  settings: Record<string, string>;
  /** Names of the secrets that it may read. */
  secrets: string[];
  volumes: { volume: string; path: string }[];
  /** How long it may take to stop. */
  stopSeconds: number;
  maxProcesses: number;
}

interface Role {
  role: "service" | "worker" | "beat";
  settings?: Record<string, string>;
  probe: string[];
  /** How often in a row the probe has to fail. Defaults to 3. */
  retries?: number;
  /** Host paths to mount writable, by path in the container. */
  directories?: Record<string, string>;
}

/**
 * While a release starts, what serves goes before it: of a processor that both want it gets an eighth of what another
 * container does. The switch gives it the usual 1024 when it is ready.
 */
const startingCpuShares = 128;

/** The arguments of one container of a release. Pure, since the release's id is a hash of what comes out. */
export function applicationContainer(
  environment: Environment,
  consumer: Consumer,
  release: string,
  replica: number,
  { role, settings = {}, probe, retries = 3, directories = {} }: Role,
): docker.ContainerArgs {
  const files = releaseDirectory(environment, release);
  const envs = {
    ...consumer.settings,
    ...settings,
    SLIPWAY_STACK: environment.stack,
    SLIPWAY_RELEASE: release,
    SLIPWAY_SECRETS_AS: environment.secretsAs,
  };
  const alias = `${consumer.name}-${release}-${replica}`;
  return {
    ...hardened({ stack: environment.stack, role, name: consumer.name, release }, consumer),
    image: consumer.image,
    user: consumer.user,
    cpuShares: startingCpuShares,
    ...(consumer.command
      ? { entrypoints: ["/bin/sh", "/run/slipway/bin/start.sh", role], command: consumer.command }
      : {}),
    envs: Object.entries(envs).map(([key, value]) => `${key}=${value}`),
    networksAdvanced: [
      attachment(environment.dataNetwork, alias),
      attachment(environment.edgeNetwork, alias),
    ],
    volumes: [
      { hostPath: `${files}/bin`, containerPath: "/run/slipway/bin", readOnly: true },
      {
        hostPath: `${files}/secrets/${consumer.name}`,
        containerPath: "/run/secrets",
        readOnly: true,
      },
      {
        hostPath: `${environment.directory}/live`,
        containerPath: "/run/slipway/live",
        readOnly: true,
      },
      ...Object.entries(directories).map(([containerPath, hostPath]) => ({
        hostPath,
        containerPath,
      })),
      ...consumer.volumes.map(({ volume, path }) => ({ volumeName: volume, containerPath: path })),
    ],
    tmpfs: { "/tmp": "rw,noexec,nosuid,nodev,size=64m" },
    healthcheck: healthcheck(
      ["CMD", "/bin/sh", "/run/slipway/bin/probe.sh", ...probe],
      "10s",
      retries,
    ),
    destroyGraceSeconds: consumer.stopSeconds,
    stopTimeout: consumer.stopSeconds,
  };
}

/** Absolute path on the host of the files that come and go with a release. */
export function releaseDirectory(environment: Environment, release: string): string {
  return `${environment.directory}/releases/${release}`;
}

/** Nothing of a release is replaced in place, and no name is fixed: a half-made container never blocks the next one. */
export const releaseOptions = {
  replaceOnChanges: ["*"],
  deleteBeforeReplace: false,
  // The switch has changed them.
  ignoreChanges: ["cpuShares"],
};
