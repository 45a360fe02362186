import type { Part } from "./trial.ts";

export const headings: Record<Part, string> = {
  deploys: "Good deploys in a row",
  faults: "Releases that must not come to serve",
  kills: "kill -9 in the middle of a deploy",
  collisions: "Two deploys at once",
  restarts: "A server that restarts in the middle",
  engine: "A Docker engine that restarts in the middle",
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
  engine:
    "In a Docker engine of its own, each after a good deploy that tells how long one takes. Everything is down while the engine is; the deploy ends in the old or the new release, and the next one works.",
};
