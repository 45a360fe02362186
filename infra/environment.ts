import type { Environment } from "../components/application-container.ts";
import type { Host } from "../components/host-script.ts";
import { sshOf } from "./schema/ssh.ts";
import type { Settings } from "./settings.ts";
import { keyFile } from "./ssh-key.ts";

/** The environment that a stack's application runs in; known before any resource is. */
export function environmentOf({ stack, host, app }: Settings): Environment {
  return {
    stack,
    directory: `${host.directory}/${stack}`,
    dataNetwork: `slipway-${stack}-data`,
    edgeNetwork: `slipway-${stack}-edge`,
    secretsAs: app.secretsAs,
  };
}

/**
 * Name of the network by which Postgres reaches a repository elsewhere, or a dump comes from a managed one; the one of the
 * data has no way out.
 */
export function offsiteNetwork({ stack, postgres, backups }: Settings): string | undefined {
  const isElsewhere =
    postgres.mode === "managed" || (postgres.mode === "own" && backups.offsite.mode !== "none");
  return backups.enabled && isElsewhere ? `slipway-${stack}-offsite` : undefined;
}

/** The host of settings whose images are named as they are there. */
export function hostOf({ stack, host, images }: Settings): Host {
  const { socket: engine, directory, privateKey } = host;
  const ssh = sshOf(host, privateKey && keyFile(stack));
  return { engine, directory, helperImage: images.helper, ssh, privateKey };
}
