import type { Part } from "./trial.ts";

export const headings: Record<Part, string> = {
  deploys: "Good deploys in a row",
  faults: "Releases that must not come to serve",
  kills: "kill -9 in the middle of a deploy",
  collisions: "Two deploys at once",
  restarts: "A server that restarts in the middle",
  connections: "Connections that break in the middle of a deploy",
  engine: "Docker that restarts in the middle of a deploy",
  reboots: "A server that is turned off and on again",
  disk: "A disk that gets full in the middle of a deploy",
};

/** What a part does and what it wants, for the page. */
export const introductions: Record<Part, string> = {
  deploys:
    "Two images and a setting that changes each time; each fifth deploy is a rollback to the release before. After each, every container and every answer is of the new release.",
  faults:
    "An image of the example with one fault each, made in scripts/prove/image. `up` has to fail and say why, the old release has to serve on, and the good deploy after it has to work without a hand.",
  kills:
    "At moments that are spread over the time of a deploy, which two good ones tell first, the CLI, its plugins and the program are killed; every second time the scripts on the host live on. Then `recover` and one `up`, which has to end in the new release.",
  collisions:
    "At most one goes ahead, the other refuses at once and changes nothing, and the next one works.",
  restarts:
    "`docker restart` of the server, each after a good deploy that tells how long one takes. Requests may fail while it is down, and are counted; the deploy ends in the old or the new release, and the next one works.",
  connections:
    "At moments that are spread over the time of a deploy, in turns: the server ends every connection of who deploys; it drops each packet of SSH for some seconds; it drops them from then on, until the deploy has ended by itself, which it has to within two minutes. Then an `up` without a hand, as soon as the server has given up the lease of the deploy before, has to end in the new release.",
  engine:
    "`systemctl restart docker` and a kill of it, each after a good deploy that tells how long one takes. Containers live on; but Docker resolves the names by which the edge reaches them, so a connection that is new may fail while it is down, and is counted. The deploy ends in the old or the new release, and the next one works.",
  reboots:
    "As by a loss of power: every process is killed, then the server starts again. Requests fail meanwhile; everything has to be back without a hand. In the middle of a deploy `recover` and the next one have to work.",
  disk: "Of Slipway's files, at three moments, each after a good deploy that tells how long one takes. `up` says so, or was past it; one release serves, and the deploy after there is room again works.",
};
