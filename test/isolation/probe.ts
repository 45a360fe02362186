import { readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";

const script = readFileSync(join(import.meta.dirname, "prober.sh"), "utf8");

/** Makes attempts in a container that runs, as its user or another one; those that succeeded. */
export function probe(container: string, attempts: string[], user?: string): Promise<Set<string>> {
  const as = user === undefined ? [] : ["--user", user];
  return run(["exec", "--interactive", ...as, container], attempts);
}

/** The same in a container of its own. `words` are flags of `docker run` and the image. */
export function probeFrom(words: string[], attempts: string[]): Promise<Set<string>> {
  return run(["run", "--rm", "--interactive", ...words], attempts);
}

async function run(words: string[], attempts: string[]): Promise<Set<string>> {
  const input = `${attempts.join("\n")}\n`;
  const { stdout } = await execa("docker", [...words, "bash", "-c", script], { input });
  return new Set(stdout.split("\n").filter(Boolean));
}
