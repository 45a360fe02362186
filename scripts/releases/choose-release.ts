import type { Deploy } from "../../infra/history/deploys.ts";
import { Failure } from "../failure.ts";
import type { History } from "./read-history.ts";

/**
 * The deploy of the release to go back to: the one that is asked for, or the one that served before the one that does.
 * Only what once served can be gone back to. Fails with one line that names what there is.
 */
export function chooseRelease(
  { live, deploys }: Pick<History, "live" | "deploys">,
  stack: string,
  wanted?: string,
): Deploy {
  if (live === undefined) {
    throw new Failure(
      `no release is live in ${stack}; type: npm run pulumi -- up --stack ${stack}`,
    );
  }
  if (wanted === live) throw new Failure(`release ${live} serves ${stack} already`);
  const served = deploys.filter(({ liveAt, release }) => liveAt && release !== live);
  const chosen = served.findLast(({ release }) => !wanted || release === wanted);
  if (chosen) return chosen;
  const names = [...new Set(served.map(({ release }) => release))].reverse();
  if (names.length === 0) {
    throw new Failure(`no release served ${stack} before ${live}: there is none to go back to`);
  }
  throw new Failure(
    `no release ${wanted} served ${stack}; there were ${names.join(", ")}; more says: npm run releases -- --stack ${stack}`,
  );
}
