import Table from "cli-table3";
import type { Deploy } from "../../infra/history/deploys.ts";
import { shortImage } from "./short-image.ts";

/** A row for each deploy, in the order in which they come. Defaults to the width that the rows need. */
export function releasesTable(deploys: Deploy[], { columns }: { columns?: number } = {}): string {
  const rows = deploys.map((each) => [
    clock(each.begunAt),
    each.release,
    resultWords(each),
    each.endedAt && each.result !== "refused" ? duration(each.begunAt, each.endedAt) : "",
    each.by,
    shortCommit(each.commit),
  ]);
  const head = ["begun", "release", "result", "took", "by", "commit", "what"];
  const taken = head
    .slice(0, -1)
    .map((word, index) => Math.max(word.length, ...rows.map((row) => row[index]?.length ?? 0)) + 3)
    .reduce((sum, each) => sum + each, 1);
  const left = columns === undefined ? undefined : Math.max(24, columns - taken - 1);
  const table = new Table({
    head,
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
    style: columns === undefined ? { head: [], border: [] } : { head: ["bold"], border: ["dim"] },
    colWidths: left === undefined ? [] : [...head.slice(0, -1).map(() => null), left],
    wordWrap: left !== undefined,
  });
  for (const [index, row] of rows.entries()) {
    table.push([...row, whatWords(deploys[index] as Deploy)]);
  }
  return table.toString();
}

function resultWords({ result, liveUntil }: Deploy): string {
  if (result === "live") return "live now";
  return result === "was live" && liveUntil ? `live until ${clock(liveUntil)}` : result;
}

/** Why it failed, and which images it has that the release before did not. */
function whatWords({ reason, result, changedImages }: Deploy): string {
  const images = Object.entries(changedImages).map(([key, image]) => `${key} ${shortImage(image)}`);
  const [why = ""] = reason.split("\n");
  if (images.length === 0 && !why && result !== "refused") return "the same images";
  return [why, ...images].filter(Boolean).join("\n");
}

/** `3f2a91c0`, with a plus where something was not committed. */
function shortCommit(commit: string): string {
  return commit.slice(0, 8) + (commit.endsWith("-dirty") ? "+" : "");
}

/** In the time of the machine that shows it. */
export function clock(date: Date): string {
  return date.toLocaleString("sv-SE", { dateStyle: "short", timeStyle: "short" });
}

function duration(from: Date, to: Date): string {
  const seconds = (to.getTime() - from.getTime()) / 1000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
