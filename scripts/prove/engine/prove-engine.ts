import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { ensureDocker } from "../../ensure-docker.ts";
import { Failure } from "../../failure.ts";
import { runSteps } from "../../progress.ts";
import { root } from "../../workspace.ts";
import { findImages, type Pace, type PresentImages } from "../set-up.ts";
import type { Trial } from "../trial.ts";
import { whyNoOwnEngine } from "./own-engine.ts";

/** Refuses, before anything was done, what this machine cannot do. */
export function requireOwnEngine(): void {
  const why = whyNoOwnEngine();
  if (why)
    throw new Failure(`the part engine cannot be proved here: ${why}; leave it out by --only`);
}

/**
 * The trials of the part `engine`, in an engine and a network namespace of their own. One that could not be brought to
 * an end is a trial that failed.
 */
export async function proveEngine(pace: Pace): Promise<Trial[]> {
  const from = Date.now();
  try {
    return await tryEngine(pace);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const stretch = { from, to: Date.now() };
    const title = "Docker engine restarted";
    const broken = [`it broke off: ${error.message}`];
    return [
      { part: "engine", title, ended: "broke off", ...stretch, attempt: stretch, seen: [], broken },
    ];
  }
}

async function tryEngine(pace: Pace): Promise<Trial[]> {
  const directory = mkdtempSync(join(tmpdir(), "slipway-engine-"));
  const file = (name: string) => join(directory, name);
  try {
    await runSteps("A Docker engine of the proof's own", [
      {
        title: "Its images",
        run: async (report) => {
          await ensureDocker(report);
          const present = await idsOf(await findImages(report));
          writeFileSync(file("given.json"), JSON.stringify({ pace, present }));
          writeFileSync(file("daemon.json"), "{}");
          report.detail("saving them");
          const images = [nameOf(present.app), ...Object.values(present.servers)];
          await execa("docker", ["image", "save", "--output", file("images.tar"), ...images]);
        },
      },
    ]);
    const inside = join(import.meta.dirname, "inside.ts");
    const { failed } = await execa(
      "unshare",
      ["--net", "--mount", process.execPath, inside, directory],
      {
        ...{ cwd: root, stdio: ["ignore", "inherit", "inherit"], reject: false },
        env: { SLIPWAY_LOCAL_STACK: `prove-${randomBytes(3).toString("hex")}` },
      },
    );
    if (failed) throw new Failure("the part engine broke off, see above");
    const { trials, problems } = JSON.parse(readFileSync(file("result.json"), "utf8"));
    trials[0]?.broken.push(...problems);
    return trials;
  } finally {
    rmSync(directory, { recursive: true, force: true, maxRetries: 20 });
  }
}

/** What a registry's digest names has only its id in another engine. */
async function idsOf({ app, servers }: PresentImages): Promise<PresentImages> {
  const entries = Object.entries(servers).map(async ([name, image]) => {
    const words = ["image", "inspect", "--format", "{{.Id}}", image];
    return [name, (await execa("docker", words)).stdout];
  });
  return { app, servers: Object.fromEntries(await Promise.all(entries)) };
}

/** By its name, which the other engine gives it as well. */
function nameOf(app: string): string {
  return `slipway-app/erp:${app.slice("sha256:".length, 19)}`;
}
