import { existsSync } from "node:fs";
import { listContainers, type RunningContainer } from "./containers.ts";
import { docker } from "./engine.ts";
import { readEnvironment } from "./environment.ts";
import { presentImage } from "./host-directory.ts";
import { officialReference } from "./images/official-images.ts";
import { localStack, stackFiles } from "./workspace.ts";

/** What there is of the local stack on its host. */
interface Remains {
  /** Docker's ids, and names of volumes. */
  containers: string[];
  networks: string[];
  volumes: string[];
  /** Absolute paths of its files and directories. */
  paths: string[];
  engine: string;
  directory: string;
  /** An image that the files can be removed with. */
  image: string;
}

/** Asks the engine, by labels and names; where the stack's configuration is gone, its containers tell the rest. */
export async function findRemains(): Promise<Remains> {
  const known = existsSync(stackFiles(localStack).configFile)
    ? readEnvironment(localStack)
    : undefined;
  const engine = known?.engine ?? process.env.DOCKER_HOST ?? "unix:///var/run/docker.sock";
  const containers = await listContainers({ stack: localStack, engine });
  const { directory = "/var/lib/slipway", edgeName, ownsEdge } = known ?? placesOf(containers);
  const list = async (kind: "network" | "volume" | "image", filter: string) =>
    (await docker({ engine }, [kind, "ls", "--quiet", "--filter", filter]))
      .split("\n")
      .filter(Boolean);
  const label = `label=slipway.stack=${localStack}`;
  const volumes = [
    ...(await list("volume", `name=^slipway-${localStack}-[a-z0-9_]+$`)),
    ...(await list("volume", label)),
  ];
  const edge = `edges/${edgeName}`;
  const shared = [`${localStack}.yml`, `${localStack}-maintenance.yml`].map(
    (file) => `dynamic/${file}`,
  );
  const atEdge = [`certificates/${localStack}`, ...shared].map((path) => `${edge}/${path}`);
  const places = [localStack, ...(edgeName ? (ownsEdge ? [edge] : atEdge) : [])];
  return {
    containers: containers.map(({ id }) => id),
    networks: await list("network", label),
    volumes: [...new Set(volumes)],
    paths: places.map((place) => `${directory}/${place}`).filter((path) => existsSync(path)),
    engine,
    directory,
    image: known
      ? await presentImage(known, containers)
      : (containers[0]?.image ??
        (await list("image", "label=slipway.standin"))[0] ??
        officialReference("helper")),
  };
}

/** Removes all of it. What is not there any more is no failure. */
export async function removeRemains(): Promise<void> {
  const { engine, directory, image, ...found } = await findRemains();
  const run = (...words: string[]) => docker({ engine }, words);
  if (found.containers.length > 0)
    await run("container", "rm", "--force", "--volumes", ...found.containers);
  for (const network of found.networks) {
    // An edge that another stack owns may be on it.
    const format = "{{range $id, $_ := .Containers}}{{println $id}}{{end}}";
    const attached = (await run("network", "inspect", "--format", format, network)).split("\n");
    for (const id of attached.filter(Boolean))
      await run("network", "disconnect", "--force", network, id);
    await run("network", "rm", network);
  }
  if (found.volumes.length > 0) await run("volume", "rm", ...found.volumes);
  if (found.paths.length === 0) return;
  const mounted = found.paths.map((path) => path.replace(directory, "/host"));
  await run(
    ...["run", "--rm", "--network", "none", "--log-driver", "none", "--user", "0:0"],
    ...["--mount", `type=bind,source=${directory},target=/host`],
    ...["--entrypoint", "rm", image, "-rf", ...mounted],
  );
}

/** Where the files of a stack are, by what its containers mount. */
function placesOf(containers: RunningContainer[]) {
  const places = new RegExp(
    `^([^:]+)/(?:${localStack}/(?:live|postgres|redis)|edges/([^/:]+)/dynamic):`,
  );
  const found = containers
    .flatMap(({ binds }) => binds)
    .map((bind) => places.exec(bind))
    .filter((match) => match !== null);
  const edgeName = found.map(([, , edge]) => edge).find(Boolean);
  return { directory: found[0]?.[1], edgeName, ownsEdge: edgeName !== undefined };
}
