import type { RunningContainer } from "./containers.ts";
import type { DeployedEnvironment } from "./environment.ts";

/** A release's containers that a one-off command can be made like, the most likely first. */
export function modelContainers(
  containers: RunningContainer[],
  release: string | undefined,
  { appImage, consumers }: Pick<DeployedEnvironment, "appImage" | "consumers">,
): RunningContainer[] {
  const configured = consumers.map(({ name }) => name);
  const rank = ({ name, image }: RunningContainer) => {
    const own = consumers.find((each) => each.name === name);
    const isApplication = image === appImage || (own !== undefined && own.image === undefined);
    const hasAllSecrets = own?.secrets === undefined;
    return (isApplication ? 0 : 2) + (hasAllSecrets ? 0 : 1);
  };
  return containers
    .filter(({ role }) => role === "service" || role === "worker")
    .filter((each) => release !== undefined && each.release === release)
    .sort((a, b) => rank(a) - rank(b) || configured.indexOf(a.name) - configured.indexOf(b.name));
}
