import { execa } from "execa";
import { Failure } from "../../failure.ts";
import type { Report } from "../../progress.ts";
import type { BenchStack } from "../bench-stack.ts";
import type { Figures } from "../figures.ts";
import type { BenchApp, Version } from "./bench-app.ts";
import { requireAnswers } from "./deploy-version.ts";
import { services, watch, whollyWith } from "./traffic.ts";

const rounds = 3;
const atMost = 2;

/**
 * How long after a smoke test was refused all traffic is back on the release that serves. Leaves the stack serving a
 * version of `app`.
 */
export async function timeUndo(stack: BenchStack, app: BenchApp, report: Report): Promise<Figures> {
  const serving = await app.build();
  stack.chooseApp(serving.image);
  report.detail("deploying what has to come back");
  await stack.pulumi.up();
  const seconds: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    report.detail(`round ${round} of ${rounds}: a version whose smoke test fails`);
    seconds.push(await timeOneUndo(stack, serving, await app.build("smoke")));
  }
  return {
    durations: [
      {
        what: "traffic back after a smoke test that fails",
        seconds,
        atMost,
        because: "its answer",
      },
    ],
  };
}

async function timeOneUndo(stack: BenchStack, serving: Version, bad: Version): Promise<number> {
  stack.chooseApp(bad.image);
  const watched = await watch(`${stack.url}/healthz/live`, stack.authority, async () => {
    const said = await stack.pulumi.up().catch((error: unknown) => error);
    if (!(said instanceof Failure && said.message.includes("smoke test"))) {
      throw new Failure("a version whose smoke test fails was not refused for it");
    }
  });
  requireAnswers("an undo", watched);
  const back = whollyWith(serving.version, watched.answers);
  return (back - (await refusedAt(bad))) / 1000;
}

/** When the bad version answered the smoke test, in milliseconds since the epoch: the engine notes the time of its line. */
async function refusedAt({ image, version }: Version): Promise<number> {
  for (const id of await services("--all", "--filter", `ancestor=${image}`)) {
    const { stdout } = await execa("docker", ["logs", "--timestamps", id]);
    const line = stdout.split("\n").find((each) => each.endsWith(" smoke test refused"));
    if (line) return Date.parse(line.slice(0, line.indexOf(" ")));
  }
  throw new Failure(`version ${version} was never asked for its smoke test`);
}
