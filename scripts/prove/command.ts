import { type Command, readCommandLine } from "../command-line.ts";
import { Failure } from "../failure.ts";
import { faultNames, runDataProof } from "./data/command.ts";
import { writePage } from "./page.ts";
import { prove, usualPace } from "./prove.ts";
import { describeProof } from "./report.ts";
import { type Extent, scenariosOf } from "./scenarios.ts";
import { type Part, partsOn } from "./trial.ts";
import { problemsOf } from "./verdict.ts";

const command: Command = {
  usage:
    "npm run prove -- [--vps | --data] [--deploys N] [--kills N] [--seed N] [--rate N] [--only PART,...] [--write]",
  about:
    "Proves that a deploy, or a fault of the data, loses nothing, with a stack of its own under load.",
  options: {
    vps: { type: "boolean", about: "over SSH, on a server in a container" },
    data: { type: "boolean", about: "what happens to data, instead of deploys" },
    deploys: { type: "string", value: "N", default: "50", about: "how many deploys in a row" },
    kills: { type: "string", value: "N", default: "20", about: "how many deploys are killed" },
    seed: {
      type: "string",
      value: "N",
      default: "1",
      about: "what the moments of kills come from",
    },
    rate: { type: "string", value: "N", default: "100", about: "how many requests a second" },
    only: {
      type: "string",
      value: "PART,...",
      about: `of ${partsOn(true).join(", ")}, where the last four take --vps; with --data of ${faultNames}`,
    },
    write: {
      type: "boolean",
      about:
        "write docs/proof.md and docs/proof.svg, with --vps docs/proof-vps.md and docs/proof-vps.svg, with --data docs/proof-data.md",
    },
  },
  elsewhere: () => "npm run prove",
};

export async function runProof(): Promise<void> {
  const started = Date.now();
  const { values } = readCommandLine(command);
  if (values.data) {
    if (values.vps)
      throw new Failure(`--vps and --data exclude each other; type: ${command.usage}`);
    const only = values.only === undefined ? undefined : String(values.only);
    return runDataProof(only, number(values.seed, "seed"), values.write === true);
  }
  const hasServer = values.vps === true;
  const all: string[] = partsOn(hasServer);
  const chosen = values.only === undefined ? all : String(values.only).split(",");
  const unknown = chosen.find((each) => !all.includes(each));
  if (unknown)
    throw new Failure(
      (partsOn(true) as string[]).includes(unknown)
        ? `the part '${unknown}' takes a server; add --vps`
        : `there is no part '${unknown}'; type: ${command.usage}`,
    );
  const extent: Extent = {
    parts: chosen as Part[],
    deploys: number(values.deploys, "deploys"),
    kills: number(values.kills, "kills"),
    seed: number(values.seed, "seed"),
    hasServer,
  };
  const pace = { ...usualPace, requestsPerSecond: number(values.rate, "rate") };
  const proof = await prove(scenariosOf(extent), { seed: extent.seed, pace, hasServer });
  const figures = describeProof(proof, extent.parts);
  console.log(`\n${figures}`);
  if (values.write) {
    const minutes = Math.round((Date.now() - started) / 60_000);
    await writePage(proof, figures, extent, { rate: pace.requestsPerSecond, minutes });
  }
  const problems = problemsOf(proof);
  if (problems.length > 0) throw new Failure(`${problems.length} promises were broken, see above`);
}

function number(text: string | boolean | undefined, name: string): number {
  if (/^[1-9]\d{0,5}$/.test(String(text))) return Number(text);
  throw new Failure(`--${name} is a whole number from 1; type: ${command.usage}`);
}
