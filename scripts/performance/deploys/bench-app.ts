import { execa } from "execa";
import { nameOf } from "../../images/build-app.ts";
import { buildImage } from "../../images/build-image.ts";
import type { Report } from "../../progress.ts";
import { localStack } from "../../workspace.ts";

/** What a version does wrong: its smoke test fails once it has the traffic, or the requests of its clients do. */
export type Fault = "smoke" | "work";

export interface Version {
  /** What it puts into the header `X-Bench-Version`. */
  version: string;
  /** The image's id. */
  image: string;
}

export const serverWords = ["--host", "0.0.0.0", "--port", "8000", "--no-access-log"];

const repository = `slipway-bench/${localStack}`;

/** Versions of the application in `app/`: layers on the ERP's image that start in two seconds more. */
export class BenchApp {
  readonly #erp: string;
  readonly #report: Report;
  #count = 0;

  /** @param erp id of the ERP's image. */
  constructor(erp: string, report: Report) {
    this.#erp = erp;
    this.#report = report;
  }

  /** The next version, which this run has not had yet. */
  async build(fault?: Fault): Promise<Version> {
    const version = String(++this.#count);
    const image = await buildImage(
      {
        title: `version ${version} of the bench's application`,
        directory: new URL("app", import.meta.url).pathname,
        arguments: { APP_IMAGE: await nameOf(this.#erp), VERSION: version, FAULT: fault ?? "" },
        tag: `${repository}:${version}`,
      },
      this.#report,
    );
    return { version, image };
  }

  /** Removes the images of all versions. */
  async remove(): Promise<void> {
    const list = ["image", "ls", "--format", "{{.Repository}}:{{.Tag}}", repository];
    const tags = (await execa("docker", list)).stdout.split("\n").filter(Boolean);
    if (tags.length > 0) await execa("docker", ["image", "rm", "--force", ...tags]);
  }
}
