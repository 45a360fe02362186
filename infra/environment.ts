import type { Environment } from "../components/application-container.ts";
import type { Host } from "../components/host-script.ts";
import type { Settings } from "./settings.ts";

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

/** The host of settings whose images are named as they are there. */
export function hostOf({ host, images }: Settings): Host {
  return { engine: host.socket, directory: host.directory, helperImage: images.helper };
}
