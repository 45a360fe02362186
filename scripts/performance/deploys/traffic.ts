import { execa } from "execa";
import { Failure } from "../../failure.ts";
import { localStack } from "../../workspace.ts";
import { type Answer, AskingClient } from "./asking-client.ts";

/** What a client saw while something happened. */
export interface Watched<Result> {
  result: Result;
  answers: readonly Answer[];
}

/** As often as tells when traffic moves; it shares the processors with what is measured. */
const usualPerSecond = 50;

/** Asks `url` from before `action` until after it. */
export async function watch<Result>(
  url: string,
  authority: string,
  action: () => Promise<Result>,
  perSecond = usualPerSecond,
): Promise<Watched<Result>> {
  const client = new AskingClient(url, authority, perSecond);
  client.start();
  try {
    await sleep(500);
    const result = await action();
    await sleep(300);
    return { result, answers: await client.stop() };
  } finally {
    await client.stop();
  }
}

/**
 * When traffic came to be wholly with one version, in milliseconds since the epoch: the last answer of another one, or
 * none, or an error.
 */
export function whollyWith(version: string, answers: readonly Answer[]): number {
  const isOwn = (answer: Answer) => answer.version === version && answer.status === 200;
  const index = answers.findLastIndex((answer) => !isOwn(answer));
  if (index === answers.length - 1) {
    throw new Failure(`the client was not answered by version ${version} at the end`);
  }
  const last = answers[index];
  if (!last) throw new Failure(`version ${version} answered from the beginning`);
  return last.at;
}

/** Answers that no client should get: none at all, errors, or those of somebody else. */
export function failures(answers: readonly Answer[]): Answer[] {
  return answers.filter(({ status, version }) => status !== 200 || version === undefined);
}

/** When the first of the stack's running containers of a service started, in milliseconds since the epoch. */
export async function serviceStarted(): Promise<number> {
  const format = "{{.State.StartedAt}}";
  const { stdout: ids } = await execa("docker", [
    ...["ps", "--quiet", "--filter", `label=slipway.stack=${localStack}`],
    ...["--filter", "label=slipway.role=service"],
  ]);
  const { stdout } = await execa("docker", ["inspect", "--format", format, ...ids.split("\n")]);
  return Math.min(...stdout.split("\n").map((time) => Date.parse(time)));
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
