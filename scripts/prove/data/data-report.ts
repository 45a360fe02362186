import { table } from "../report.ts";
import type { DataTrial } from "./prove-data.ts";

/** What was seen, as Markdown. */
export function describeTrials(trials: DataTrial[]): string {
  const broken = trials.flatMap(({ title, broken }) => broken.map((each) => `- ${title}: ${each}`));
  return [
    ...(broken.length === 0
      ? ["**Every promise was kept.**"]
      : ["**Broken promises:**", "", ...broken]),
    "",
    ...table(
      [
        "what happens",
        "orders acknowledged until then",
        "lost",
        "missing in a restore to the last moment",
        "longest silence",
      ],
      trials.map(({ title, acknowledged, lost, lostByRestore, lostSeconds, silentSeconds }) => [
        ...[title, String(acknowledged)],
        lost === 0 ? "0" : `${lost}, of the last ${lostSeconds.toFixed(0)} s`,
        ...[String(lostByRestore), `${silentSeconds.toFixed(1)} s`],
      ]),
    ),
  ].join("\n");
}

export function wholePage(figures: string, machine: string): string {
  return `# Proof of the data

What was acknowledged is there, whatever happens to the database, to its disks and to its backups. This page was written
by \`npm run prove -- --data --write\`, which makes a stack of its own, places orders over HTTPS one after the other,
lets things happen, and counts: first in the database, then in a restore to the last moment. It is not edited by hand.

When the whole volume with the data is lost, what was written last may not be archived yet: that may be the orders of
the last 60 s. Whatever is damaged in the repository has to be told by the restore, and the next backup has to mend it.

${figures}

## To repeat it

    npm run prove -- --data

It leaves nothing behind. The exit status is not 0 when a promise was broken.

${machine}
`;
}
