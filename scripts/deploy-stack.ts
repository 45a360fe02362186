import { execa } from "execa";
import { Failure } from "./failure.ts";
import type { Report } from "./progress.ts";
import type { Toolchain } from "./toolchain/ensure-toolchain.ts";
import { root, stackEnvironment } from "./workspace.ts";

/** Runs `pulumi up` or `destroy` and shows what it is at; a failure shows what the CLI said. */
export async function runPulumi(
  words: ["up" | "destroy", ...string[]],
  stack: string,
  toolchain: Toolchain,
  report: Report,
): Promise<void> {
  const running = execa(
    "pulumi",
    [...words, "--yes", "--skip-preview", "--non-interactive", "--color", "never"],
    {
      cwd: root,
      env: stackEnvironment(stack, toolchain),
      all: true,
      reject: false,
    },
  );
  // The terminal sends Ctrl-C to the CLI as well, which ends what is under way; dying first would kill it half-way.
  const wait = () => report.note("stopping: waiting for what is under way to end");
  process.on("SIGINT", wait);
  for await (const line of running.iterable({ from: "all" })) {
    const shown = line.replaceAll(/\s+/g, " ").trim();
    if (shown && !shown.startsWith("@")) report.detail(shown.slice(0, 90));
  }
  const { failed, all } = await running;
  process.off("SIGINT", wait);
  if (!failed) return;
  if (all.includes("the stack is currently locked")) {
    throw new Failure(
      `another deploy of ${stack} runs, or was killed; if none runs, type: npm run pulumi -- cancel --yes --stack ${stack}`,
    );
  }
  const from = all.indexOf("Diagnostics:");
  throw new Failure(`pulumi ${words[0]} failed:\n${from < 0 ? all : all.slice(from)}`);
}
