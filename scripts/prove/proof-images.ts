import { join } from "node:path";
import { buildImage } from "../images/build-image.ts";
import type { Report } from "../progress.ts";

/** The faults that an image can have: the directories of image/faults. */
export type Fault =
  | "none"
  | "crash-at-start"
  | "never-ready"
  | "ready-then-dies"
  | "migration-raises"
  | "migration-waits"
  | "migration-breaks-old-code"
  | "migration-destroys-rows"
  | "smoke-fails"
  | "worker-silent"
  | "beat-dies"
  | "errors-in-soak";

/** Images of the example with an endpoint that takes 0.8 s and, where wanted, one fault. */
export class ProofImages {
  readonly #app: string;
  readonly #report: Report;

  constructor(app: string, report: Report) {
    this.#app = app;
    this.#report = report;
  }

  /** Builds an image, or finds it in the engine's cache; another `series` makes another image. Returns its id. */
  make(fault: Fault, series = "1"): Promise<string> {
    return buildImage(
      {
        title: `the image of the proof (${fault})`,
        directory: join(import.meta.dirname, "image"),
        arguments: { APP_IMAGE: nameOf(this.#app), FAULT: fault, SERIES: series },
        tag: `slipway-proof/erp:${fault}-${series}`,
      },
      this.#report,
    );
  }
}

/** BuildKit takes `FROM sha256:...` for the name of a repository; the example's image has one of its own. */
function nameOf(image: string): string {
  return `slipway-app/erp:${image.slice("sha256:".length, 19)}`;
}
