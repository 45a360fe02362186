import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../components/application-container.ts";
import type { Host } from "../components/host-script.ts";
import { Images } from "../components/images.ts";
import { networks } from "../components/networks.ts";
import { type Passwords, passwords } from "../components/passwords.ts";
import { sharedSshOptions, sshEngine } from "../components/ssh.ts";
import { environmentOf, hostOf, offsiteNetwork } from "./environment.ts";
import { declareEnvironmentFiles } from "./environment-files.ts";
import { withImagesOnHost } from "./images-on-host.ts";
import { commands, randoms } from "./providers.ts";
import { requiredImages } from "./required-images.ts";
import type { Settings } from "./settings.ts";

/** The Docker host, and what an environment has of its own there. */
export interface HostParts {
  host: Host;
  environment: Environment;
  networks: pulumi.Resource;
  /** Gives every resource of the stack this host's engine. */
  provider: docker.Provider;
  images: Images;
  /** The environment's directories, what servers read from them, and the application's volumes. */
  files: pulumi.Resource;
  passwords: Passwords;
}

export function declareHost(settings: Settings): HostParts {
  const { stack } = settings;
  const environment = environmentOf(settings);
  const host: Host = { ...hostOf(withImagesOnHost(settings)), provider: commands };
  const provider = new docker.Provider("docker", {
    ...(host.ssh
      ? { host: sshEngine(host.ssh), sshOpts: sharedSshOptions(host.ssh) }
      : { host: host.engine }),
    registryAuth: registryAuth(settings),
  });
  const withProvider = { providers: [provider] };
  const imagesOnHost = new Images(
    "images",
    { host, stack, images: requiredImages(settings), transport: settings.transport },
    withProvider,
  );
  const place = {
    ...{ host, provider, images: imagesOnHost },
    passwords: passwords("passwords", { provider: randoms }),
  };
  return {
    ...place,
    files: declareEnvironmentFiles(settings, place),
    environment,
    networks: networks("networks", {
      ...{ host, stack, data: environment.dataNetwork, edge: environment.edgeNetwork },
      offsite: offsiteNetwork(settings),
    }),
  };
}

const dockerHub = ["docker.io", "registry-1.docker.io"];

/**
 * By what stands before the names of a registry's images. Nothing has to for Docker Hub, which the plugin then calls by
 * its other name.
 */
function registryAuth({ registries }: Settings) {
  return Object.entries(registries).flatMap(([registry, { username, password }]) =>
    (dockerHub.includes(registry) ? dockerHub : [registry]).map((address) => ({
      address,
      username: pulumi.secret(username),
      password: pulumi.secret(password),
    })),
  );
}
