import { type DeployedEnvironment, runOnHost } from "../environment.ts";
import { Failure } from "../failure.ts";
import { watchdogScript } from "../watchdog-script.ts";
import type { Deployed } from "./deployed.ts";
import { type HostLook, parseLook } from "./host-look.ts";

/** Looks at all that the state says is on the host, in one go: over SSH each question takes its time. */
export async function lookAtHost(
  environment: DeployedEnvironment,
  { scripts, containers }: Deployed,
): Promise<HostLook> {
  const { stack } = environment;
  const release = scripts.get("switch") ?? {};
  const edge = edgeOf(environment, scripts);
  const directories = [...scripts.values()].flatMap(({ DIRECTORY }) => DIRECTORY ?? []);
  const networks = scripts.get("networks") ?? {};
  const said = await runOnHost(environment, "audit", "apply", {
    STACK: stack,
    RELEASE: release.RELEASE ?? "",
    EDGE: edge.name,
    EDGE_FILE: `${edge.directory}/dynamic/${stack}.yml`,
    EDGE_ADDRESS: edge.address,
    EDGE_PORT: edge.port,
    EDGE_CONTENT: release.EDGE_CONTENT ?? "",
    BACKENDS: release.BACKENDS ?? "",
    HOSTS: publicNames(release.EDGE_CONTENT ?? "").join("\n"),
    NETWORKS: [networks.DATA_NETWORK, networks.EDGE_NETWORK].filter(Boolean).join("\n"),
    IMAGES: [...new Set(containers.map(({ inputs }) => inputs.image))].join("\n"),
    DIRECTORIES: outermost([stack, ...directories]).join("\n"),
    WATCHDOG: environment.ssh ? watchdogScript() : "",
  });
  const look = parseLook(said);
  if (!look) {
    throw new Failure(
      `the files of ${stack} on its host cannot be listed; see whether its engine runs containers: npm run status -- --stack ${stack}`,
    );
  }
  return look;
}

/** The edge as it was deployed, which may be another one than is configured now. */
export function edgeOf(
  environment: Pick<DeployedEnvironment, "edgeName" | "edgeAddress" | "httpsPort">,
  scripts: Deployed["scripts"],
) {
  const attached = scripts.get("edge-attachment") ?? {};
  return {
    name: attached.EDGE ?? `slipway-${environment.edgeName}`,
    directory: attached.EDGE_DIRECTORY ?? `edges/${environment.edgeName}`,
    address: attached.EDGE_ADDRESS ?? environment.edgeAddress,
    port: attached.EDGE_PORT ?? String(environment.httpsPort),
  };
}

/** The container that is the edge, by its name, whoever has made it. */
export function edgeContainer({
  environment,
  deployed,
  host,
}: {
  environment: DeployedEnvironment;
  deployed: Pick<Deployed, "scripts">;
  host: Pick<HostLook, "containers">;
}) {
  const { name } = edgeOf(environment, deployed.scripts);
  return host.containers.find(({ Name }) => Name === `/${name}`);
}

/** The names that the edge answers by, with those that it only sends on. */
export function publicNames(edgeContent: string): string[] {
  return [...new Set([...edgeContent.matchAll(/Host\(`([^`]+)`\)/g)].map(([, name = ""]) => name))];
}

/** Without what lies in another one of them. */
function outermost(directories: string[]): string[] {
  return [...new Set(directories)].filter(
    (each) => !directories.some((other) => each.startsWith(`${other}/`)),
  );
}
