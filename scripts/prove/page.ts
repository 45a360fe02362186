import { writeFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { k6 } from "../toolchain/versions.ts";
import { root } from "../workspace.ts";
import { picture } from "./picture.ts";
import type { Proof } from "./prove.ts";
import type { Extent } from "./scenarios.ts";
import { partsOn, type Trial } from "./trial.ts";

/**
 * Writes docs/proof.md and, where there were deploys in a row, docs/proof.svg; docs/proof-vps.md and its picture where the
 * stack was on a server.
 */
export async function writePage(
  proof: Proof,
  figures: string,
  extent: Extent,
  { rate, minutes }: { rate: number; minutes: number },
): Promise<void> {
  const docs = (name: string) => join(root, "docs", name);
  const name = extent.hasServer ? "proof-vps" : "proof";
  const shown = figures.replaceAll("(proof.svg)", `(${name}.svg)`);
  const machine = await describeMachine(minutes);
  writeFileSync(docs(`${name}.md`), wholePage(shown, machine, extent, rate));
  const deploys = proof.trials.filter(({ part }) => part === "deploys");
  const [first, last] = [deploys.at(0), deploys.at(-1)];
  if (!first || !last) return;
  const median = deploys.toSorted((a, b) => lasted(a) - lasted(b))[deploys.length >> 1] as Trial;
  const around = { from: median.attempt.from - 2000, to: median.attempt.to + 3000 };
  const all = { from: first.from - 15_000, to: last.to };
  writeFileSync(docs(`${name}.svg`), picture(proof.exchanges, all, around));
}

const beginning = `# Proof

A deploy loses nothing: no request, no order, no tick; and whatever breaks, the environment is on exactly one release.
This page was written by \`npm run prove -- --write\`, which makes a stack of its own, puts load on it, deploys, breaks
things and counts. What it finds on a server, over SSH, stands in [proof-vps.md](proof-vps.md).`;

const beginningOnServer = `# Proof on a server

What [proof.md](proof.md) proves on one machine, here over SSH, and what only a server has. This page was written by
\`npm run prove -- --vps --write\`: the server is Debian with systemd in a container, made ready by the script of
\`npm run prepare-host\`, and images are copied to it.`;

function typed({ parts, deploys, kills, seed, hasServer = false }: Extent, rate: number): string {
  const only = parts.length === partsOn(hasServer).length ? "" : ` --only ${parts.join(",")}`;
  const vps = hasServer ? "--vps " : "";
  return `npm run prove -- ${vps}--deploys ${deploys} --kills ${kills} --seed ${seed}${only}${rate === 100 ? "" : ` --rate ${rate}`}`;
}

function lasted({ attempt }: Trial): number {
  return attempt.to - attempt.from;
}

/** All that one has to know to repeat it elsewhere. */
export async function describeMachine(minutes: number): Promise<string> {
  const { stdout: engine } = await execa("docker", ["version", "--format", "{{.Server.Version}}"]);
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return [
    `Measured in ${minutes} minutes on ${new Date().toISOString().slice(0, 10)} on ${cpus().length} × ${cpus()[0]?.model}, ${gigabytes} GB, Linux ${release()},`,
    `Docker ${engine}; what puts the load on shares these processors with what it asks.`,
  ].join("\n");
}

function wholePage(
  figures: string,
  machine: string,
  extent: Extent,
  requestsPerSecond: number,
): string {
  return `${extent.hasServer ? beginningOnServer : beginning} It is not edited by hand.

The load is [k6](https://k6.io) ${k6.version}: ${requestsPerSecond} requests a second over HTTPS through the edge, on connections that are kept; of a
hundred 70 are GET, 20 POST an order and 10 take 0.8 s, and beside them 10 WebSockets stay open and talk. A request has
failed when it has another status than 200 (201 for an order), none at all, or comes without the header that names the
release; a WebSocket when it ends otherwise than by the server's clean close, is silent for 5 s, or cannot be opened.

${figures}

## To repeat it

    ${typed(extent, requestsPerSecond)}

It leaves nothing behind. \`npm run prove -- --help\` has the options; \`--seed N\` gives the moments of the kills, as
shares of the time that a deploy takes. The exit status is not 0 when a promise was broken. A short form of it is part of \`npm test\`.

${machine}
`;
}
