import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { hostScript } from "../../components/host-script.ts";
import { type DeployedEnvironment, shellOnHost, whyOnHost } from "../environment.ts";
import { Failure } from "../failure.ts";

interface OwnDatabase extends DeployedEnvironment {
  database: string;
}

export interface CopyArgs {
  from: OwnDatabase;
  to: OwnDatabase;
  /** The columns that the statements were made for, as the host printed them. */
  columns: string;
  /** SQL. */
  masking: string;
  /** What the copy is marked with when it is whole. */
  id: string;
  tell: (line: string) => void;
}

/**
 * Has a masked copy made where one environment is, and loaded beside the database of another; it goes through this
 * machine and lies nowhere on it. Resolves with whether the tables are the same as those of the database there.
 */
export async function copyMasked(args: CopyArgs): Promise<"same" | "other"> {
  const { from, to, columns, masking, id, tell } = args;
  const variables = ({ stack, database }: OwnDatabase) => ({ STACK: stack, DATABASE: database });
  const makeScript = hostScript("make-masked-copy", from, {
    ...{ ...variables(from), COLUMNS: columns, MASKING: masking },
    REPOSITORIES: from.repositories.join(" "),
  });
  const loadScript = hostScript("load-copy", to, { ...variables(to), COPY: id });
  const load = shellOnHost(to, "apply")({ stdin: "pipe", reject: false });
  const make = shellOnHost(
    from,
    "apply",
  )({
    ...{ input: makeScript, buffer: { stdout: false }, reject: false },
  } as const);
  const told = [make.stderr, load.stderr].map((stream) => tellAllButLast(stream, tell));
  const reasons: string[] = [];
  const ended = [
    make.then((result) => {
      if (result.failed) reasons.push(whyOnHost(from, result) ?? "the copy could not be made");
    }),
    load.then((result) => {
      if (!result.failed) return;
      reasons.push(whyOnHost(to, result) ?? "the copy could not be loaded");
      make.kill();
    }),
  ];
  // Whoever ended too early says why.
  await pipeline(following(loadScript, make.stdout), load.stdin).catch(() => undefined);
  await Promise.all(ended);
  const [last] = await Promise.all(told);
  const [reason] = reasons;
  if (reason !== undefined) throw new Failure(reason);
  if (last !== undefined) tell(last);
  return (await load).stdout === "same" ? "same" : "other";
}

/** What a shell on a host reads: a script, and what that reads itself. */
export async function* following(script: string, dump: Readable): AsyncGenerator<Uint8Array> {
  yield Buffer.from(script);
  yield* dump;
}

/** The last line is kept for whom it may be the reason of. */
async function tellAllButLast(
  stream: Readable,
  tell: (line: string) => void,
): Promise<string | undefined> {
  let last: string | undefined;
  for await (const line of createInterface(stream)) {
    if (last !== undefined) tell(last);
    last = line;
  }
  return last;
}
