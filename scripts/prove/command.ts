import { writeFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { type Command, readCommandLine } from "../command-line.ts";
import { Failure } from "../failure.ts";
import { k6 } from "../toolchain/versions.ts";
import { root } from "../workspace.ts";
import { proveEngine, requireOwnEngine } from "./engine/prove-engine.ts";
import { picture } from "./picture.ts";
import { type Extent, type Proof, prove, scenariosOf, usualPace } from "./prove.ts";
import { describeProof, wholePage } from "./report.ts";
import { type Part, parts, type Trial } from "./trial.ts";
import { problemsOf } from "./verdict.ts";

const command: Command = {
  usage:
    "npm run prove -- [--deploys N] [--kills N] [--seed N] [--rate N] [--only PART,...] [--write]",
  about: "Proves that a deploy loses nothing, with a stack of its own under load.",
  options: {
    deploys: { type: "string", value: "N", default: "50", about: "how many deploys in a row" },
    kills: { type: "string", value: "N", default: "20", about: "how many deploys are killed" },
    seed: {
      type: "string",
      value: "N",
      default: "1",
      about: "what the moments of kills come from",
    },
    rate: { type: "string", value: "N", default: "100", about: "how many requests a second" },
    only: { type: "string", value: "PART,...", about: `of ${parts.join(", ")}` },
    write: { type: "boolean", about: "write docs/proof.md and docs/proof.svg" },
  },
  elsewhere: () => "npm run prove",
};

export async function runProof(): Promise<void> {
  const { values } = readCommandLine(command);
  const chosen = values.only === undefined ? [...parts] : String(values.only).split(",");
  const unknown = chosen.find((each) => !(parts as readonly string[]).includes(each));
  if (unknown) throw new Failure(`there is no part '${unknown}'; type: ${command.usage}`);
  const extent: Extent = {
    parts: chosen as Part[],
    deploys: number(values.deploys, "deploys"),
    kills: number(values.kills, "kills"),
    seed: number(values.seed, "seed"),
  };
  const pace = { ...usualPace, requestsPerSecond: number(values.rate, "rate") };
  if (extent.parts.includes("engine")) requireOwnEngine();
  const proof = await prove(scenariosOf(extent), { seed: extent.seed, pace });
  if (extent.parts.includes("engine")) proof.trials.push(...(await proveEngine(pace)));
  const figures = describeProof(proof, extent.parts);
  console.log(`\n${figures}`);
  if (values.write) await writeProof(proof, figures, extent, pace.requestsPerSecond);
  const problems = problemsOf(proof);
  if (problems.length > 0) throw new Failure(`${problems.length} promises were broken, see above`);
}

async function writeProof(
  proof: Proof,
  figures: string,
  extent: Extent,
  rate: number,
): Promise<void> {
  const docs = (name: string) => join(root, "docs", name);
  writeFileSync(
    docs("proof.md"),
    wholePage(figures, await describeMachine(), typed(extent, rate), rate),
  );
  const deploys = proof.trials.filter(({ part }) => part === "deploys");
  const [first, last] = [deploys.at(0), deploys.at(-1)];
  if (!first || !last) return;
  const shown = deploys.toSorted((a, b) => lasted(a) - lasted(b))[deploys.length >> 1] as Trial;
  const around = { from: shown.attempt.from - 2000, to: shown.attempt.to + 3000 };
  const all = { from: first.from - 15_000, to: last.to };
  writeFileSync(docs("proof.svg"), picture(proof.exchanges, all, around));
}

function typed({ parts: chosen, deploys, kills, seed }: Extent, rate: number): string {
  const only = chosen.length === parts.length ? "" : ` --only ${chosen.join(",")}`;
  return `npm run prove -- --deploys ${deploys} --kills ${kills} --seed ${seed}${only}${rate === 100 ? "" : ` --rate ${rate}`}`;
}

function lasted({ attempt }: Trial): number {
  return attempt.to - attempt.from;
}

async function describeMachine(): Promise<string> {
  const { stdout: engine } = await execa("docker", ["version", "--format", "{{.Server.Version}}"]);
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return [
    `Measured on ${new Date().toISOString().slice(0, 10)} on ${cpus().length} × ${cpus()[0]?.model}, ${gigabytes} GB, Linux ${release()},`,
    `Docker ${engine}, k6 ${k6.version}; the load generator shares these processors with what it asks.`,
  ].join("\n");
}

function number(text: string | boolean | undefined, name: string): number {
  if (/^[1-9]\d{0,5}$/.test(String(text))) return Number(text);
  throw new Failure(`--${name} is a whole number from 1; type: ${command.usage}`);
}
