import { type Command, readCommandLine } from "../command-line.ts";
import { Failure } from "../failure.ts";
import { countFailures, latencies, percentile, within } from "./exchanges.ts";
import { prove } from "./prove.ts";
import { type Part, parts } from "./trial.ts";

const command: Command = {
  usage: "npm run prove -- [--deploys N] [--kills N] [--seed N] [--only PART,...] [--write]",
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
  const proof = await prove({
    parts: chosen as Part[],
    deploys: number(values.deploys, "deploys"),
    kills: number(values.kills, "kills"),
    seed: number(values.seed, "seed"),
  });
  for (const t of proof.trials) {
    const ex = within(proof.exchanges, t);
    const l = latencies(ex);
    console.log(
      t.title,
      "|",
      t.ended,
      ((t.attempt.to - t.attempt.from) / 1000).toFixed(1),
      "s",
      ex.length,
      countFailures(ex),
      percentile(l, 0.5),
      percentile(l, 0.99),
      t.broken,
    );
  }
  console.log(
    proof.summary,
    proof.exchanges.length,
    countFailures(proof.exchanges),
    proof.ledger,
    proof.rhythm,
  );
}

function number(text: string | boolean | undefined, name: string): number {
  if (/^[1-9]\d{0,5}$/.test(String(text))) return Number(text);
  throw new Failure(`--${name} is a whole number from 1; type: ${command.usage}`);
}
