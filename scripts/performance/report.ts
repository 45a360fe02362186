import { readFileSync, writeFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import type { Toolchain } from "../toolchain/ensure-toolchain.ts";
import { root } from "../workspace.ts";
import { median, type Seconds } from "./timing.ts";

/** One thing that Slipway does, beside what it is measured by. */
export interface Comparison {
  what: string;
  slipway: Seconds;
  measure: string;
  plain: Seconds;
  /** The ratio of the medians that is to be kept; absent where the ratio is for information. */
  atMost?: number;
}

export function ratio({ slipway, plain }: Comparison): number {
  return median(slipway) / median(plain);
}

/** The figures as Markdown, with all that one has to know to repeat them. */
export async function describeFigures(
  comparisons: Comparison[],
  parts: Record<string, number>,
  toolchain: Toolchain,
  loadBefore: number,
): Promise<string> {
  const rows = comparisons.map((each) => [
    each.what,
    spread(each.slipway),
    each.measure,
    spread(each.plain),
    ratio(each).toFixed(2),
    each.atMost?.toFixed(1) ?? "",
  ]);
  const { stdout: engine } = await execa("docker", ["version", "--format", "{{.Server.Version}}"]);
  const versions = toolchain.parts.map(
    ({ name, version, origin }) => `${name} ${version} (${origin})`,
  );
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return [
    ...table(["what", "Slipway", "measured by", "that takes", "ratio", "at most"], rows),
    "",
    `Medians in seconds with the least and the most, of ${comparisons.map(({ slipway }) => slipway.length).join(", ")} interleaved repetitions.`,
    `Parts: ${Object.entries(parts)
      .map(([part, seconds]) => `${part} ${seconds.toFixed(2)} s`)
      .join(", ")}.`,
    "",
    `Measured on ${new Date().toISOString().slice(0, 10)} on ${cpus().length} × ${cpus()[0]?.model}, ${gigabytes} GB, Linux ${release()}, load ${loadBefore.toFixed(1)} before;`,
    `Docker ${engine}, Node ${process.versions.node}, ${versions.join(", ")}.`,
  ].join("\n");
}

function spread(times: Seconds): string {
  const [least, most] = [Math.min(...times), Math.max(...times)];
  return `${median(times).toFixed(2)} (${least.toFixed(2)}–${most.toFixed(2)})`;
}

function table(head: string[], rows: string[][]): string[] {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
}

const [begin, end] = ["<!-- figures: npm run bench -- --write -->", "<!-- end of figures -->"];

/** Puts the figures between their markers in docs/performance.md. */
export function writeFigures(figures: string): void {
  const file = join(root, "docs/performance.md");
  const text = readFileSync(file, "utf8");
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${file} lacks the markers ${begin} and ${end}`);
  writeFileSync(file, `${text.slice(0, from + begin.length)}\n\n${figures}\n\n${text.slice(to)}`);
}
