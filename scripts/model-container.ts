import { copiedImage } from "../components/copied-image.ts";
import type { RunningContainer } from "./containers.ts";
import type { Consumer } from "./environment.ts";
import type { Live } from "./host-directory.ts";

/** Containers of what serves that a one-off command can be made like, the most likely first. */
export function modelContainers(
  containers: RunningContainer[],
  { release, images }: Live,
  consumers: Consumer[],
): RunningContainer[] {
  const configured = consumers.map(({ name }) => name);
  const app = images["app.image"];
  const application = app === undefined ? [] : [app, copiedImage(app)];
  const rank = ({ name, image }: RunningContainer) => {
    const hasAllSecrets = consumers.find((each) => each.name === name)?.secrets === undefined;
    return (application.includes(image) ? 0 : 2) + (hasAllSecrets ? 0 : 1);
  };
  return containers
    .filter(({ role }) => role === "service" || role === "worker")
    .filter((each) => release !== undefined && each.release === release)
    .sort((a, b) => rank(a) - rank(b) || configured.indexOf(a.name) - configured.indexOf(b.name));
}
