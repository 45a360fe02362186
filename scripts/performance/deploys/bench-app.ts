import { execa } from "execa";
import { Failure } from "../../failure.ts";
import { freePort } from "../../free-port.ts";
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

/** Seconds that a container of an image, with nothing beside it, takes from its start to the first good answer. */
export async function startUp(image: string, module: string): Promise<number> {
  const port = await freePort();
  const settings = {
    DATABASE_URL: "postgresql://nobody:nothing@127.0.0.1:1/none",
    REDIS_URL: "redis://127.0.0.1:1/0",
  };
  const { stdout: id } = await execa("docker", [
    ...["run", "--detach", "--publish", `127.0.0.1:${port}:8000`],
    ...Object.entries(settings).flatMap(([key, value]) => ["--env", `${key}=${value}`]),
    ...[image, "uvicorn", module, ...serverWords],
  ]);
  try {
    const deadline = Date.now() + 60_000;
    for (;;) {
      const isUp = await fetch(`http://127.0.0.1:${port}/healthz/live`).then(
        ({ ok }) => ok,
        () => false,
      );
      if (isUp) break;
      if (Date.now() > deadline) throw new Failure(`${module} did not start within 60 seconds`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const ready = Date.now();
    const { stdout } = await execa("docker", ["inspect", "--format", "{{.State.StartedAt}}", id]);
    return (ready - Date.parse(stdout)) / 1000;
  } finally {
    await execa("docker", ["rm", "--force", "--volumes", id]);
  }
}
