import { readFileSync, writeFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import type { Toolchain } from "../toolchain/ensure-toolchain.ts";
import { root } from "../workspace.ts";
import type { Comparison, Duration, Figures } from "./figures.ts";
import { median, type Seconds } from "./timing.ts";

/** Figures as Markdown: a table for each kind that there is, and what has to be said of them. */
export function describeFigures(figures: Figures): string {
  const { comparisons = [], durations = [], table: other, notes = [] } = figures;
  const phased = durations.filter(({ phases }) => phases);
  const tables = [
    table(
      ["what", "Slipway", "measured by", "that takes", "ratio", "at most"],
      comparisons.map(beside),
    ),
    table(["what", "seconds", "at most"], durations.map(alone)),
    ...(phased.length > 0 ? [byPhase(phased)] : []),
    ...(other ? [table(other.head, other.rows)] : []),
  ];
  const said = [...method(comparisons, durations), ...notes];
  return [...tables, said]
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

function method(comparisons: Comparison[], durations: Duration[]): string[] {
  const repetitions = [
    ...comparisons.map(({ slipway }) => slipway.length),
    ...durations.map(({ seconds }) => seconds.length),
  ];
  if (repetitions.length === 0) return [];
  const turns = comparisons.length > 0 ? ", both sides of a comparison in turns" : "";
  return [
    `Medians in seconds with the least and the most, of ${repetitions.join(", ")} repetitions${turns}.`,
  ];
}

function beside(comparison: Comparison): string[] {
  const { what, slipway, measure, plain, atMost } = comparison;
  const limit = atMost?.toFixed(1) ?? "";
  return [what, spread(slipway), measure, spread(plain), ratio(comparison).toFixed(2), limit];
}

function alone({ what, seconds, atMost, because }: Duration): string[] {
  const limit = atMost === undefined ? "" : atMost.toFixed(1);
  return [what, spread(seconds), because ? `${limit} (${because})` : limit];
}

/** A row for each phase and a column for each deploy, medians alone. */
function byPhase(durations: Duration[]): string[] {
  const names = [...new Set(durations.flatMap(({ phases = {} }) => Object.keys(phases)))];
  const rows = names.map((name) => [
    name,
    ...durations.map(({ phases = {} }) => (phases[name] ? median(phases[name]).toFixed(2) : "")),
  ]);
  return table(["seconds for", ...durations.map(({ what }) => what)], rows);
}

function ratio({ slipway, plain }: Comparison): number {
  return median(slipway) / median(plain);
}

/** What took longer than it may; empty when all targets are kept. */
export function missedTargets({ comparisons = [], durations = [] }: Figures): string[] {
  const unlimited = Number.POSITIVE_INFINITY;
  return [
    ...comparisons.filter((each) => ratio(each) > (each.atMost ?? unlimited)),
    ...durations.filter(({ seconds, atMost = unlimited }) => median(seconds) > atMost),
  ].map(({ what }) => what);
}

function spread(times: Seconds): string {
  const [least, most] = [Math.min(...times), Math.max(...times)];
  return `${median(times).toFixed(2)} (${least.toFixed(2)}–${most.toFixed(2)})`;
}

/** Nothing without rows. */
function table(head: string[], rows: string[][]): string[] {
  if (rows.length === 0) return [];
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
}

/** All that one has to know to repeat figures elsewhere. */
export async function describeMachine(toolchain: Toolchain): Promise<string> {
  const { stdout: engine } = await execa("docker", ["version", "--format", "{{.Server.Version}}"]);
  const versions = toolchain.parts.map(
    ({ name, version, origin }) => `${name} ${version} (${origin})`,
  );
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return [
    `Measured on ${new Date().toISOString().slice(0, 10)} on ${cpus().length} × ${cpus()[0]?.model}, ${gigabytes} GB, Linux ${release()};`,
    `Docker ${engine}, Node ${process.versions.node}, ${versions.join(", ")}.`,
  ].join("\n");
}

/** Puts figures between the markers of their name in docs/performance.md. */
export function writeFigures(name: string, figures: string): void {
  const file = join(root, "docs/performance.md");
  writeFileSync(file, withFigures(readFileSync(file, "utf8"), name, figures));
}

/** A text with what stands between the markers of `name` replaced. */
export function withFigures(text: string, name: string, figures: string): string {
  const [begin, end] = [`<!-- figures: ${name} -->`, `<!-- end of ${name} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the page lacks the markers ${begin} and ${end}`);
  return `${text.slice(0, from + begin.length)}\n\n${figures}\n\n${text.slice(to)}`;
}
